import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toConfigurationPage } from '../../scripts/docs-config.ts';
import { readConfig } from '../../src/io/config.ts';
import { SignalboxError } from '../../src/protocol/errors.ts';

type Given = Partial<Parameters<typeof readConfig>[2]>;
const MINIMAL = 'runner: {name: shop, token: t0ken}\napi: {endpoint: "http://127.0.0.1:7700"}\n';

const read = (text: string, env: Record<string, string> = {}, given: Given = {}) =>
  readConfig(text, env, { file: 'config.yaml', ...given });
const refuse = (text: string, env: Record<string, string> = {}, given: Given = {}): SignalboxError => {
  try {
    read(text, env, given);
  } catch (error) {
    if (error instanceof SignalboxError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('a configuration', () => {
  it('has the published defaults', () => {
    expect(read(MINIMAL)).toEqual({
      log: { level: 'info', format: 'json' },
      name: 'shop',
      token: 't0ken',
      endpoint: 'http://127.0.0.1:7700',
      slots: 4,
      pollIntervalMs: 10_000,
      httpTimeoutMs: 60_000,
      maxExecutionMs: 240 * 60_000,
      stopGraceMs: 230_000,
      minFreeDiskBytes: 64 * 2 ** 20,
      temporaryDirectory: '/tmp/brainboard-runner',
      stateDirectory: null,
      cacheDirectory: null,
      allowsScripts: false,
      passEnvironment: [],
      terraformPath: null,
      releasesUrl: {},
      metrics: { hostname: '0.0.0.0', port: 9090 },
      unused: [],
    });
  });

  it('reads every published key under its name', () => {
    const config = read(`
log: { level: debug, format: pretty }
runner:
  name: my-runner
  token: my-token
  concurrency: 7
  poll_interval: 20s
  max_job_wait_time: 500ms
  job_max_execution_time: 4h
  temporary_dir: /srv/jobs
api: { endpoint: "https://ci.example.org/", http_timeout: 2m }
executor: { docker: { worker_image: "worker:1", ecr_region: eu-west-1 } }
metrics: { enabled: true, hostname: 127.0.0.1, port: 9191 }
`);
    expect(config).toMatchObject({
      log: { level: 'debug', format: 'pretty' },
      name: 'my-runner',
      slots: 7,
      pollIntervalMs: 20_000,
      maxExecutionMs: 4 * 3_600_000,
      temporaryDirectory: '/srv/jobs',
      endpoint: 'https://ci.example.org',
      httpTimeoutMs: 120_000,
      metrics: { hostname: '127.0.0.1', port: 9191 },
      unused: ['executor.docker.worker_image', 'executor.docker.ecr_region'],
    });
  });

  it('counts a key with nothing behind it as not written', () => {
    expect(read(`${MINIMAL}log:\nmetrics: {port: }\n`)).toMatchObject({
      log: { level: 'info' },
      metrics: { port: 9090 },
    });
  });

  it('switches downloads and metrics off', () => {
    expect(read(`${MINIMAL}tools: {downloads: false}\nmetrics: {enabled: false}\n`)).toMatchObject({
      releasesUrl: null,
      metrics: null,
    });
    expect(read(MINIMAL, {}, { flags: { noMetrics: true } }).metrics).toBeNull();
  });

  it('is documented in full: run `npm run docs`', () => {
    expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(toConfigurationPage());
  });
});

describe('who wins', () => {
  it('LOG_LEVEL over the file, and the flag over both', () => {
    const text = `${MINIMAL}log: {level: warn}\n`;
    expect(read(text).log.level).toBe('warn');
    expect(read(text, { LOG_LEVEL: 'ERROR' }).log.level).toBe('error');
    expect(read(text, { LOG_LEVEL: 'error' }, { flags: { level: 'trace' } }).log.level).toBe('trace');
  });

  it('the file over RUNNER_TOKEN and RUNNER_TEMP_DIR, and the token file over both', () => {
    const env = { RUNNER_TOKEN: 'other', RUNNER_TEMP_DIR: '/env' };
    expect(read(MINIMAL, env)).toMatchObject({ token: 't0ken', temporaryDirectory: '/env' });
    expect(read('api: {endpoint: "http://h"}\nrunner: {temporary_dir: /file}', env)).toMatchObject({
      token: 'other',
      temporaryDirectory: '/file',
    });
    expect(read(MINIMAL, env, { flags: { token: 'flag' } }).token).toBe('flag');
  });

  it('flags alone are enough', () => {
    expect(read('', {}, { flags: { endpoint: 'http://127.0.0.1:1', token: 't' } })).toMatchObject({
      endpoint: 'http://127.0.0.1:1',
      token: 't',
    });
  });
});

describe('the control plane', () => {
  it('has no default', () => {
    expect(refuse('runner: {token: t}')).toMatchObject({ code: 'CONFIG_NO_ENDPOINT', exitCode: 2 });
    expect(refuse('runner: {token: t}\napi: {endpoint: ""}').code).toBe('CONFIG_NO_ENDPOINT');
  });

  it.each([
    'https://api.us1.brainboard.co',
    'https://api.apac1.brainboard.co/v1',
    'http://brainboard.co:8080',
    'https://API.Brainboard.CO.',
    'https://user:pw@api.us1.brainboard.co',
    ' https://api.us1.brainboard.co',
  ])('%s is another vendor’s, and is refused before a token is looked for', (endpoint) => {
    expect(refuse(`api: {endpoint: "${endpoint}"}`).code).toBe('CONFIG_FOREIGN_ENDPOINT');
    expect(refuse(MINIMAL, {}, { flags: { endpoint } }).code).toBe('CONFIG_FOREIGN_ENDPOINT');
  });

  it.each(['https://brainboard.co.example.org', 'https://notbrainboard.co'])('%s is not theirs', (endpoint) => {
    expect(read(`runner: {token: t}\napi: {endpoint: "${endpoint}"}`).endpoint).toBe(endpoint);
  });

  it.each([
    ['ftp://h', '`ftp://h` is no http or https address'],
    ['localhost:7700', '`localhost:7700` is no http or https address'],
    ['http://u:p@h', 'it holds a user name or a password'],
    ['http://h/?a', 'it has a query'],
  ])('%s is no address of one', (endpoint, problem) => {
    const error = refuse(`runner: {token: t}\napi: {endpoint: "${endpoint}"}`);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(problem);
  });
});

describe('a mistake', () => {
  it.each([
    [
      'runner: {poll_interval: 10}',
      '`runner.poll_interval`: 10 has no unit: write `10s` for seconds or `10m` for minutes',
    ],
    ['runner: {job_max_execution_time: "240"}', '240 has no unit'],
    ['api: {http_timeout: 1h30m}', '`1h30m` is no duration'],
    ['api: {http_timeout: 0s}', '0s is not between 1s and 1h'],
    ['api: {http_timeout: []}', 'a list is no duration'],
    ['runner: {concurrency: 0}', '`runner.concurrency`: it is not between 1 and 255'],
    ['runner: {concurrency: 256}', '`runner.concurrency`: it is not between 1 and 255'],
    ['runner: {concurrency: 1.5}', '`runner.concurrency`: it is no whole number'],
    ['runner: {concurrency: many}', '`runner.concurrency`: it is no number'],
    ['runner: {name: 12}', '`runner.name`: `12` is no text; put it in quotes'],
    ['runner: {name: ""}', '`runner.name`: it is empty'],
    ['runner: {pass_environment: PATH}', '`runner.pass_environment`: `PATH` is no list'],
    ['runner: {pass_environment: ["A-B"]}', '`runner.pass_environment.0`: it is no name of a variable'],
    ['metrics: {enabled: "yes"}', '`metrics.enabled`: it is neither `true` nor `false`'],
    ['metrics: {port: 70000}', '`metrics.port`: it is not between 1 and 65535'],
    ['log: {level: loud}', '`log.level`: `loud` is none of `trace`, `debug`, `info`, `warn`, `error`'],
    ['log: 5', '`log`: `5` stands where its keys belong'],
    ['tools: {terraform_releases: mirror}', '`tools.terraform_releases`: it is no http or https address'],
    ['runner: {concurency: 3}', 'there is no key `runner.concurency` (the nearest is `runner.concurrency`)'],
    ['endpoint: http://h', 'there is no key `endpoint` (the nearest is `api.endpoint`)'],
    ['zzzzzz: 1', 'there is no key `zzzzzz`'],
    ['level: debug', '`level` is of an older format: it is now `log.level`'],
    ['docker: {registry: r}', '`docker` is of an older format: it is now `executor.docker`'],
    ['- a', 'it is no list of sections'],
    ['just text', 'it is no list of sections'],
    ['a: [1\nb: 2', 'line 2: '],
    ['runner: {name: a}\nrunner: {name: b}', 'line 2: map keys must be unique'],
    ['runner: {token: "a b"}\napi: {endpoint: "http://h"}', 'the token holds characters that no token has'],
    ['api: {endpoint: "http://h"}', 'there is no token: set `runner.token`, RUNNER_TOKEN or `--token-file FILE`'],
  ])('in `%s` is named', (text, problem) => {
    const error = refuse(text);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    expect(error.message).toContain(problem);
    expect(error.message).toMatch(/^The configuration config\.yaml is not usable: [^\n]*[^.]\.$/);
  });

  it('is named together with all others', () => {
    const { message } = refuse('runner: {concurrency: 0, poll_interval: 5}\nmetric: {}');
    for (const part of ['runner.concurrency', 'runner.poll_interval', 'metric'])
      expect(message).toContain(`\`${part}\``);
  });

  it('in LOG_LEVEL is named too', () => {
    expect(refuse(MINIMAL, { LOG_LEVEL: 'loud' }).message).toContain('`loud` is none of');
  });
});
