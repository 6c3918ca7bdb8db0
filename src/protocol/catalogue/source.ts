import { type Entry, entry } from './entry.ts';

/** The code that a pipeline runs, and the values given to it. */
export const SOURCE_ERRORS = {
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
} as const satisfies Record<string, Entry>;
