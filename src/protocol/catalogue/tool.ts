import { type Entry, entry } from './entry.ts';

/** Tools, their downloads, and what a task asks of them. */
export const TOOL_ERRORS = {
  TOOL_MISSING: entry(
    424,
    2,
    '{tool} is not on the PATH and could not be had: {problem}.',
    'Install {tool}, or name it with `--terraform PATH`.',
  ),
  TOOL_UNREACHABLE: entry(
    424,
    2,
    '{tool} is not here, and could not be downloaded: {problem}.',
    'Check the network on the way, or install {tool}; the download is tried again by itself.',
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
} as const satisfies Record<string, Entry>;
