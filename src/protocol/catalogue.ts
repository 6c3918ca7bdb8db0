/**
 * Every expected failure: a stable code, a sentence (what happened, to which thing), a hint (what to do), the HTTP status
 * it travels under, and the exit code of the command line it ends. Codes are never reused. `docs/errors.md` lists them.
 */
interface Entry {
  readonly sentence: string;
  readonly hint: string;
  readonly http: number;
  readonly exit: 1 | 2;
}
const entry = (http: number, exit: 1 | 2, sentence: string, hint: string): Entry => ({ sentence, hint, http, exit });

export const CATALOGUE = {
  UNEXPECTED: entry(
    500,
    1,
    'Something unexpected happened: {problem}.',
    'This is a defect of Signalbox; please report it with the log.',
  ),
  USAGE: entry(400, 2, '{problem}.', 'Run `signalbox {command} --help` to see what it takes.'),
  CONFIG_INVALID: entry(
    400,
    2,
    'The configuration {file} is not usable: {problem}.',
    'See docs/configuration.md for every key with its unit.',
  ),
  CONFIG_FOREIGN_ENDPOINT: entry(
    400,
    2,
    'The endpoint {endpoint} belongs to another vendor, and no token of ours is sent there.',
    'Set `api.endpoint` to the address of your own control plane.',
  ),
  CONFIG_NO_ENDPOINT: entry(
    400,
    2,
    'No control plane is configured.',
    'Set `api.endpoint` (or `--endpoint URL`) to the address of your control plane.',
  ),

  DATA_UNWRITABLE: entry(
    500,
    2,
    'The data directory {path} cannot be written: {problem}.',
    'Choose another with `--data DIR`, or give this user the right to write there.',
  ),
  DATA_IN_USE: entry(
    409,
    2,
    'The data directory {path} is in use by process {pid}.',
    'Stop that process, or choose another directory with `--data DIR`.',
  ),
  DATA_DAMAGED: entry(
    500,
    2,
    'The data directory {path} is damaged: {problem}.',
    'Restore it from a backup, or move it away to start afresh.',
  ),
  KEY_MISSING: entry(
    500,
    2,
    'The encryption key {path} is missing, and the data needs it.',
    'Restore the key file from where you keep it; without it nothing at rest can be read.',
  ),
  DATABASE_UNREACHABLE: entry(
    503,
    2,
    'The database cannot be reached: {problem}.',
    'Check `--database URL` and that PostgreSQL is running.',
  ),
  PORT_TAKEN: entry(409, 2, 'Port {port} is taken.', 'Choose another with `--port N`; 0 takes any free one.'),
  LISTEN_FAILED: entry(500, 2, 'The control plane cannot listen on {host}, port {port}: {problem}.', 'Choose another address with `--host`, or another port with `--port`.'),
  DISK_FULL: entry(
    507,
    1,
    'The disk that holds {path} is full.',
    'Free some space; running steps go on, and nothing new is taken until there is room.',
  ),
  STATE_DIR_IN_USE: entry(
    409,
    2,
    'The state directory {path} is in use by runner process {pid}.',
    'One runner process owns a state directory; give the second one its own.',
  ),

  UNAUTHENTICATED: entry(
    401,
    2,
    'The call carries no valid token.',
    'Send `Authorization: Bearer TOKEN`; for the browser, open a fresh link from `signalbox up`.',
  ),
  RATE_LIMITED: entry(
    429,
    1,
    'Too many calls from {address} carried no valid token.',
    'Wait {seconds} s, then send a valid one.',
  ),
  FORBIDDEN_HOST: entry(
    403,
    2,
    'The request names the host {host}, which this control plane does not serve.',
    'Open it under the address that it printed, or allow the name with `--public-url`.',
  ),
  FORBIDDEN_ORIGIN: entry(
    403,
    2,
    'The request comes from the page of another origin, {origin}.',
    'Only pages of this control plane may call it.',
  ),
  RUNNER_TOKEN_UNKNOWN: entry(
    401,
    2,
    'The runner token is not known here.',
    'Make one with `signalbox token create` and give it to this runner.',
  ),
  RUNNER_TOKEN_REVOKED: entry(401, 2, 'The runner token was revoked.', 'Make a new one with `signalbox token create`.'),
  RUNNER_TOKEN_IN_USE: entry(
    409,
    2,
    'The runner token is in use by another live runner, {holder}, since {since}.',
    'One token serves one runner; make another with `signalbox token create`.',
  ),
  SESSION_OVER: entry(401, 1, 'The runner session is over: {problem}.', 'The runner opens a new one by itself.'),
  PROTOCOL_VERSION: entry(
    426,
    2,
    'The runner speaks protocol {runner}, the control plane {server}.',
    'Upgrade the older of the two.',
  ),
  REQUEST_INVALID: entry(400, 2, 'The request is not valid: {problem}.', 'See docs/protocol.md for the message.'),
  NOT_FOUND: entry(
    404,
    2,
    'There is no {thing} {id}.',
    'Check the id; ids of another organisation are not found either.',
  ),
  TOO_LARGE: entry(
    413,
    2,
    '{thing} has {size} bytes; the limit is {limit}.',
    'Make it smaller, or raise the limit where it is configured.',
  ),
  DIGEST_MISMATCH: entry(
    412,
    1,
    'The bytes of {thing} do not have the digest they were sent under.',
    'Send them again.',
  ),

  CONTROL_PLANE_UNREACHABLE: entry(
    503,
    1,
    'The control plane at {endpoint} cannot be reached: {problem}.',
    'Check that it is running and that this host may connect to it; the runner keeps trying.',
  ),
  OFFER_TAKEN: entry(409, 1, 'The job {job} was claimed by another runner.', 'Nothing to do.'),
  OFFER_WITHDRAWN: entry(410, 1, 'The offer of {job} was withdrawn.', 'Nothing to do.'),
  FENCED: entry(
    409,
    1,
    'The attempt {attempt} carries fence {fence}, and a newer one holds {current}.',
    'Its late results are kept as evidence.',
  ),
  ATTEMPT_OVER: entry(410, 1, 'The attempt {attempt} is over.', 'Nothing to do.'),
  LEASE_LOST: entry(410, 1, 'The lease of {attempt} was lost.', 'Look at the pipeline page for what became of it.'),
  EVENTS_GAP: entry(409, 1, 'Events of {attempt} skip from {expected} to {got}.', 'Send from the expected one.'),
  PIPELINE_STOPPED: entry(409, 1, 'The pipeline was stopped: {problem}.', 'Run it again when you want to go on.'),
  PERMIT_REFUSED: entry(
    409,
    1,
    'The step {step} was not permitted: {problem}.',
    'Start the pipeline again when the cause is gone.',
  ),

  NOT_A_DIRECTORY: entry(400, 2, '{path} is not a directory.', 'Name the directory that holds your Terraform code.'),
  NO_TERRAFORM_FILES: entry(400, 2, '{path} holds no .tf or .tf.json files.', 'Name the directory of the root module.'),
  CLOUD_BLOCK: entry(
    400,
    2,
    'The code has a `cloud` block ({file}), which hands runs and state to another service.',
    'Remove the block, or use a `backend` block instead; see docs/state.md.',
  ),
  BUNDLE_TOO_LARGE: entry(
    413,
    2,
    'The code packs to {size} bytes; the limit is {limit}.',
    'Name what is not needed in .terraformignore, or raise `--max-bundle-bytes`. The largest: {largest}.',
  ),
  LINK_OUTSIDE: entry(
    400,
    2,
    'The link {path} points outside {root}.',
    'Replace it by the files themselves, or widen `--root`.',
  ),
  MODULE_OUTSIDE: entry(
    400,
    2,
    'The module source {module} ({file}) lies outside {root}.',
    'Name a higher directory with `--root DIR`.',
  ),
  ARCHITECTURE_EXISTS: entry(
    409,
    2,
    'An architecture named {name} exists already, and {path} is not linked to it.',
    'Use `--architecture {name}` if this is its code, or `--new NAME` to make another.',
  ),
  ARCHITECTURE_UNKNOWN: entry(
    404,
    2,
    'There is no architecture {name}.',
    'List them with `signalbox state list`, or make one with `--new {name}`.',
  ),
  LOCAL_STATE_FOUND: entry(
    409,
    2,
    '{path} holds a state file, and the control plane has none for {architecture}.',
    'Add `--import-state` to take it over, or `--ignore-local-state` to start without it.',
  ),
  APPROVAL_NEEDED: entry(
    400,
    2,
    '`--apply` asks before it changes anything, and there is no terminal to ask on.',
    'Add `--auto-approve` to apply without asking.',
  ),
  VARIABLE_FILE: entry(
    400,
    2,
    'The variable file {path} cannot be read: {problem}.',
    'Check the path after `--var-file`.',
  ),
  SECRET_MISSING: entry(
    400,
    2,
    'The secret {name} has no value: no such environment variable.',
    'Set {name} in the environment of this command.',
  ),

  TOOL_MISSING: entry(
    424,
    2,
    '{tool} is not on the PATH and could not be had: {problem}.',
    'Install {tool}, or name it with `--terraform PATH`.',
  ),
  TOOL_VERSION: entry(
    424,
    2,
    '{path} is version {version}, and {architecture} asks for {constraint}.',
    'Install a version that fits, or change the constraint.',
  ),
  TOOL_CHECKSUM: entry(
    424,
    2,
    'The download {url} does not have the digest that the release announces.',
    'Nothing was installed. Try again; if it stays, the mirror is damaged or hostile.',
  ),
  TOOL_ARCHIVE: entry(
    424,
    2,
    'The download {url} is not a usable archive: {problem}.',
    'Nothing was installed. Try again, or install the tool by hand.',
  ),
  CONSTRAINT_INVALID: entry(
    400,
    2,
    'The version constraint {constraint} cannot be read: {problem}.',
    'Write it as Terraform does: `~> 1.11`, or `>= 1.5.0, < 2.0.0`.',
  ),
  ARCHIVE_REFUSED: entry(
    400,
    1,
    'The archive {archive} was not unpacked: {problem}.',
    'It is damaged, or was not made by Signalbox.',
  ),
  TASK_OPTIONS: entry(400, 2, 'The options of task {task} are not valid: {problem}.', 'Correct them in the workflow.'),
  TASK_KIND: entry(400, 2, 'This runner knows no task of kind {kind}.', 'Upgrade the runner.'),
  SCRIPT_REFUSED: entry(
    403,
    2,
    'This runner does not run scripts.',
    "Allow it in the runner's own configuration: `policy.scripts: true`.",
  ),
  TARGET_NO_MATCH: entry(
    400,
    1,
    'No resource address matches the target {target}.',
    'Addresses that exist: {addresses}.',
  ),
  TARGET_INVALID: entry(
    400,
    2,
    'The target {target} is not a regular expression: {problem}.',
    'Escape brackets and dots: `aws_instance\\.web\\[0\\]`.',
  ),

  STATE_PATH: entry(400, 2, 'The path of the local backend, {path}, leaves the workspace.', 'Use a path inside the module, or leave `path` out.'),
  STATE_UNREADABLE: entry(
    400,
    1,
    'The state file {path} is not whole: {problem}.',
    'The last whole version is kept; look at what wrote it.',
  ),
  STATE_LINEAGE: entry(
    409,
    1,
    'The state has lineage {lineage}, and {architecture} has {current}.',
    'It belongs to other resources; it was kept as evidence and not stored.',
  ),
  STATE_SERIAL: entry(
    409,
    1,
    'The state has serial {serial}, and {architecture} is at {current}.',
    'Pull the newer state first; this one was kept as evidence and not stored.',
  ),
  STATE_NOT_HELD: entry(
    409,
    1,
    'The attempt {attempt} does not hold {architecture}, so its state was not stored.',
    'It was kept as evidence.',
  ),
  ARCHITECTURE_LOCKED: entry(
    409,
    1,
    'The architecture {architecture} is held by {holder}.',
    'Wait until that job is over.',
  ),
  NOT_WAITING: entry(
    409,
    1,
    'The job {job} does not wait for approval: it is {status}.',
    'Look at its pipeline; somebody may have decided already.',
  ),
  PLAN_MOVED: entry(
    409,
    1,
    'The saved plan no longer fits: {moved}.',
    'Nothing was started. Plan again and apply that plan.',
  ),
  TOOL_EVIDENCE: entry(
    500,
    1,
    'Step `{step}` ended with exit code {exitCode}, and its own messages say otherwise: {problem}.',
    'Look at its output, and at the state, before running again.',
  ),
  PLAN_EVIDENCE: entry(
    500,
    1,
    'The tool ended with exit code {exitCode}, and its plan says otherwise: {problem}.',
    'The plan was not used. Look at the output of the step.',
  ),

  STEP_FAILED: entry(500, 1, 'Step `{step}` ended with exit code {exitCode}.', 'Its output says why.'),
  STEP_SIGNALLED: entry(
    500,
    1,
    'Step `{step}` was ended by {signal}.',
    "Look at the host: memory, or somebody's kill.",
  ),
  STEP_TIMED_OUT: entry(
    500,
    1,
    'Step `{step}` ran longer than {limitMs} ms and was interrupted.',
    'Raise the limit, or make the step faster.',
  ),
  STEP_CANCELLED: entry(500, 1, 'Step `{step}` was interrupted on request.', 'Nothing to do.'),
  STEP_NOT_STARTED: entry(
    500,
    1,
    'Step `{step}` could not be started: {problem}.',
    'Check that the program exists and may be run.',
  ),
  STEP_LOST: entry(
    500,
    1,
    'Step `{step}` ended without telling its exit code.',
    'Its supervisor was killed; look at the state before running again.',
  ),
  HOST_LACKS: entry(
    424,
    2,
    'This host lacks {program}, which steps are started with: {problem}.',
    'Install util-linux and coreutils (8.31 or newer), or run in the image of the runner.',
  ),
  JOB_TIMED_OUT: entry(
    500,
    1,
    'The job ran longer than {limitMs} ms and was interrupted.',
    'Raise `job_max_execution_time`, or split the job.',
  ),
  JOURNAL_FAILED: entry(
    500,
    1,
    'The journal {path} cannot be written: {problem}.',
    'Free some space; nothing that was acknowledged is lost.',
  ),
  TRACE_UNREADABLE: entry(400, 2, '{path}, line {line}: {problem}.', 'It is no trace, or one of another version.'),
  TRACE_DIVERGES: entry(400, 1, '{path}: {divergence}.', 'A machine changed in a way that breaks recorded jobs.'),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof CATALOGUE;
