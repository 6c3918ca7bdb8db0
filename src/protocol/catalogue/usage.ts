import { type Entry, entry } from './entry.ts';

/** How the program was called, and what it was configured with. */
export const USAGE_ERRORS = {
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
  METRICS_LISTEN: entry(
    500,
    2,
    'The runner cannot serve its metrics on {host}, port {port}: {problem}.',
    'Choose another with `metrics.port`, or turn them off with `--no-metrics`.',
  ),
} as const satisfies Record<string, Entry>;
