import type { Option } from './command.ts';

/** What every command takes. */
export const COMMON_OPTIONS = {
  data: {
    type: 'string',
    value: 'DIR',
    description: 'Data directory (one per user, by the convention of the platform).',
  },
  port: { type: 'string', value: 'N', description: 'Port of the control plane (7700; 0: any free one).' },
  json: { type: 'boolean', description: 'One JSON object a line on standard output, for programs.' },
  'log-level': {
    type: 'string',
    value: 'L',
    description: 'Log of the program on standard error: trace, debug, info, warn or error (warn).',
  },
  help: { type: 'boolean', short: 'h', description: 'Explain the command.' },
  version: { type: 'boolean', description: 'Print the version.' },
} as const satisfies Record<string, Option>;
