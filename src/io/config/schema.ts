import * as z from 'zod';
import { duration } from './duration.ts';
import { key } from './key.ts';
import { size } from './size.ts';

const text = z.string().min(1, 'it is empty');
const port = z
  .number()
  .int('it is no whole number')
  .min(1, 'it is not between 1 and 65535')
  .max(65_535, 'it is not between 1 and 65535');
const address = z
  .string()
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'it is no http or https address');
const flag = z.boolean('it is neither `true` nor `false`');
const concurrency = z
  .number('it is no number')
  .int('it is no whole number')
  .min(1, 'it is not between 1 and 255')
  .max(255, 'it is not between 1 and 255');

const log = z.strictObject({
  level: key(
    {
      says: 'How much the runner tells about itself. The output of jobs is not part of it.',
      takes: '`trace`, `debug`, `info`, `warn`, `error`',
      env: { name: 'LOG_LEVEL', wins: 'environment' },
      flag: '--level, -l',
    },
    z.enum(['trace', 'debug', 'info', 'warn', 'error']).prefault('info'),
  ),
  format: key(
    { says: 'One JSON object a line for programs, or plain lines for people.', takes: '`json`, `pretty`' },
    z.enum(['json', 'pretty']).prefault('json'),
  ),
});

const runner = z.strictObject({
  name: key(
    {
      says: 'What the runner is called in lists and in the log of each job.',
      takes: 'a text',
      otherwise: 'the name of the host',
      flag: '--name',
    },
    text.max(200, 'it has more than 200 characters').optional(),
  ),
  token: key(
    {
      says: 'Who the runner is: the token that `signalbox token create` shows once.',
      takes: 'a token',
      otherwise: 'none; it must be given somewhere',
      env: { name: 'RUNNER_TOKEN', wins: 'file' },
      flag: '--token-file',
      danger:
        'Whoever can read it can take jobs, with their secrets. Keep the file to its owner (mode 0600), and give each runner its own.',
    },
    text.optional(),
  ),
  concurrency: key(
    { says: 'How many jobs run at the same time.', takes: 'a number from 1 to 255' },
    concurrency.prefault(4),
  ),
  temporary_dir: key(
    {
      says: 'Where jobs work: one folder each, gone when its job is over.',
      takes: 'a path',
      otherwise: '`/tmp/brainboard-runner`',
      env: { name: 'RUNNER_TEMP_DIR', wins: 'file' },
      danger: 'It must belong to the user of the runner: another owner could exchange the code of a job.',
    },
    text.optional(),
  ),
  poll_interval: key(
    {
      says: 'The longest pause between two questions for work. A question is held open until there is some, so a job does not wait for it.',
      takes: 'a duration',
    },
    duration({ min: '100ms', max: '1h' }).prefault('10s'),
  ),
  max_job_wait_time: key(
    {
      says: 'The longest wait before a job starts. It is read so that published files work, and jobs start at once.',
      takes: 'a duration',
    },
    duration({ min: '100ms', max: '1h' }).prefault('1s'),
  ),
  job_max_execution_time: key(
    {
      says: 'The longest time of a job; then its step is interrupted, once and softly.',
      takes: 'a duration',
      danger: 'An apply that is interrupted stops after the resources it is just making. Leave room.',
    },
    duration({ min: '1s', max: '20d' }).prefault('240m'),
  ),
  state_dir: key(
    {
      says: 'What the runner must not forget when it restarts: the journals of its jobs. One runner process uses it at a time.',
      takes: 'a path',
      otherwise: 'a folder of its own in the data directory',
      danger: 'Where it does not outlive the host, a restart cannot take over the jobs that go on.',
      isOwn: true,
    },
    text.optional(),
  ),
  cache_dir: key(
    {
      says: 'Where downloaded tools and provider plugins are kept for the next job.',
      takes: 'a path',
      otherwise: '`cache` in the data directory',
      isOwn: true,
    },
    text.optional(),
  ),
  stop_grace: key(
    {
      says: 'How long the runner waits for its jobs after the first SIGTERM. What runs longer goes on alone, and the next start takes it over.',
      takes: 'a duration',
      danger:
        'In a container the end of the runner is the end of its jobs: give the container at least as long (`stop_grace_period`).',
      isOwn: true,
    },
    duration({ min: '0s', max: '20d' }).prefault('230s'),
  ),
  min_free_disk: key(
    {
      says: 'With less than this free for state or work, or less than a tenth of a small disk, the runner takes nothing new. What it runs goes on.',
      takes: 'a size, as `64MiB`',
      danger: 'Too little may be used up by the jobs that run already; their journals then wait for room.',
      isOwn: true,
    },
    size().prefault('64MiB'),
  ),
  pass_environment: key(
    {
      says: 'Names of environment variables, or beginnings as `PREFIX_*`, that reach the jobs besides the usual ones.',
      takes: 'a list of names',
      danger: 'Every job of every user of the organisation sees them.',
      isOwn: true,
    },
    z.array(z.string().regex(/^[A-Za-z_]\w*\*?$/, 'it is no name of a variable')).prefault([]),
  ),
});

const api = z.strictObject({
  endpoint: key(
    {
      says: 'The address of the control plane. There is no default, and the hosts of another vendor are refused before any request.',
      takes: 'an http or https address',
      otherwise: 'none; it must be given somewhere',
      flag: '--endpoint',
      danger: 'Over plain http the token can be read on the way: use https beyond this host.',
    },
    z.string().optional(),
  ),
  http_timeout: key(
    { says: 'How long one call to the control plane may take.', takes: 'a duration' },
    duration({ min: '1s', max: '1h' }).prefault('60s'),
  ),
});

const docker = z.strictObject({
  worker_image: key(
    {
      says: 'The image for jobs in containers. It is read so that published files work, and steps run as processes of this host.',
      takes: 'an image',
      otherwise: 'none',
    },
    text.optional(),
  ),
  ecr_region: key(
    {
      says: 'The region of the registry of that image. It is read, and not used.',
      takes: 'a region',
      otherwise: 'none',
      env: { name: 'AWS_REGION', wins: 'file' },
    },
    text.optional(),
  ),
});

const policy = z.strictObject({
  scripts: key(
    {
      says: 'Whether this runner runs tasks of the kind `script`: any shell command.',
      takes: '`true`, `false`',
      danger: 'Whoever may write a workflow then runs commands on this host, as the user of the runner.',
      isOwn: true,
    },
    flag.prefault(false),
  ),
});

const tools = z.strictObject({
  path: key(
    {
      says: 'The binary to run, Terraform or OpenTofu. It is used for every job, and nothing else is looked for.',
      takes: 'a path',
      otherwise: 'whatever fits on the PATH, then in the cache, then from the releases',
      flag: '--terraform',
      isOwn: true,
    },
    text.optional(),
  ),
  downloads: key(
    {
      says: 'Whether a missing tool may be downloaded. Its digest is checked before anything runs.',
      takes: '`true`, `false`',
      isOwn: true,
    },
    flag.prefault(true),
  ),
  terraform_releases: key(
    {
      says: 'A mirror of the release site of Terraform, in the same layout.',
      takes: 'an http or https address',
      otherwise: 'the release site itself',
      isOwn: true,
    },
    address.optional(),
  ),
  opentofu_releases: key(
    {
      says: 'A mirror of the releases of OpenTofu: folders `vX.Y.Z`, with `api.json` beside them.',
      takes: 'an http or https address',
      otherwise: 'the releases themselves',
      isOwn: true,
    },
    address.optional(),
  ),
});

const metrics = z.strictObject({
  enabled: key(
    {
      says: 'Whether `/metrics` (for Prometheus), `/livez` and `/readyz` are served.',
      takes: '`true`, `false`',
      flag: '--no-metrics',
    },
    flag.prefault(true),
  ),
  hostname: key(
    {
      says: 'The address they are served on.',
      takes: 'an address',
      danger: 'The default is every address of the host. Nothing secret is served there.',
    },
    text.prefault('0.0.0.0'),
  ),
  port: key({ says: 'The port they are served on.', takes: 'a number from 1 to 65535' }, port.prefault(9090)),
});

/** The configuration file of a runner: the published keys under their names, and this program's own. */
export const ConfigFile = z.strictObject({
  log: log.prefault({}),
  runner: runner.prefault({}),
  api: api.prefault({}),
  executor: z.strictObject({ docker: docker.prefault({}) }).prefault({}),
  policy: policy.prefault({}),
  tools: tools.prefault({}),
  metrics: metrics.prefault({}),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
