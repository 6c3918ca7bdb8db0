import type { ToolName } from '../io/tools/releases.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { CommandContext, Option } from './command.ts';
import { isOn, textOf } from './option-values.ts';

/** Where the tools come from, for the commands that bring a runner along. */
export const TOOL_OPTIONS = {
  terraform: { type: 'string', value: 'PATH', description: 'The terraform or tofu to use (that on the PATH).' },
  'no-downloads': { type: 'boolean', description: 'Never download a tool.' },
  'terraform-releases': { type: 'string', value: 'URL', description: 'A mirror of the releases of Terraform.' },
  'opentofu-releases': { type: 'string', value: 'URL', description: 'A mirror of the releases of OpenTofu.' },
} as const satisfies Record<string, Option>;

export interface ToolChoice {
  terraformPath: string | null;
  /** Null: nothing is downloaded. */
  releasesUrl: Partial<Record<ToolName, string>> | null;
}

export const readToolChoice = (options: CommandContext['options'], command: string): ToolChoice => {
  const mirror = (name: 'terraform-releases' | 'opentofu-releases'): string | undefined => {
    const url = textOf(options, name);
    if (url === undefined || ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) return url;
    throw new SignalboxError('USAGE', { problem: `\`--${name}\` takes an http address, not \`${url}\``, command });
  };
  const terraform = mirror('terraform-releases');
  const tofu = mirror('opentofu-releases');
  return {
    terraformPath: textOf(options, 'terraform') ?? null,
    releasesUrl: isOn(options, 'no-downloads')
      ? null
      : { ...(terraform !== undefined && { terraform }), ...(tofu !== undefined && { tofu }) },
  };
};
