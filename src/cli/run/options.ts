import type { Option } from '../command.ts';
import { TOOL_OPTIONS } from '../tool-options.ts';

/** What `run` takes beside its directory. */
export const RUN_OPTIONS = {
  apply: { type: 'boolean', description: 'Apply the plan, after asking.' },
  'auto-approve': { type: 'boolean', description: 'Apply without asking.' },
  destroy: { type: 'boolean', description: 'Plan the removal of everything; with --apply, remove it.' },
  architecture: { type: 'string', value: 'NAME', description: 'The architecture that this is the code of.' },
  new: { type: 'string', value: 'NAME', description: 'Make an architecture of this name.' },
  tool: { type: 'string', value: 'NAME', description: 'For a new architecture: terraform or opentofu (what is here).' },
  var: { type: 'string', value: 'NAME=VALUE', multiple: true, description: 'A variable; may be repeated.' },
  'var-file': { type: 'string', value: 'FILE', multiple: true, description: 'A file of variables; may be repeated.' },
  'secret-var': {
    type: 'string',
    value: 'NAME',
    multiple: true,
    description: 'A variable whose value comes from the environment variable of this name, and is masked.',
  },
  'secret-env': {
    type: 'string',
    value: 'NAME',
    multiple: true,
    description: 'An environment variable to hand on, masked.',
  },
  target: { type: 'string', value: 'RE', description: 'Only resources whose address matches this regular expression.' },
  root: { type: 'string', value: 'DIR', description: 'How far up local modules may lie (the git repository).' },
  'max-bundle-bytes': { type: 'string', value: 'N', description: 'Largest packed size of the code (100 MiB).' },
  'import-state': { type: 'boolean', description: 'Take over the terraform.tfstate that lies beside the code.' },
  'ignore-local-state': { type: 'boolean', description: 'Start without it.' },
  ...TOOL_OPTIONS,
} as const satisfies Record<string, Option>;
