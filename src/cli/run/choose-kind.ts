import { SignalboxError } from '../../protocol/errors.ts';
import type { CommandContext } from '../command.ts';
import { withOwnTools } from '../compose/own-tools.ts';
import type { RunRequest } from './read-request.ts';

/** What a new architecture is run with: what was asked for, else what is on this host, Terraform first. */
export const chooseKind = async (
  context: Pick<CommandContext, 'data' | 'env' | 'output'>,
  { kind, tools }: Pick<RunRequest, 'kind' | 'tools'>,
): Promise<'terraform' | 'opentofu'> => {
  if (kind !== null) return kind;
  try {
    const tool = await withOwnTools({ ...context, tools: { ...tools, releasesUrl: null } }, (found) => found.findAny());
    return tool.name === 'tofu' ? 'opentofu' : 'terraform';
  } catch (error) {
    // Neither is here: OpenTofu is the one that is downloaded.
    if (error instanceof SignalboxError && tools.terraformPath === null) return 'opentofu';
    throw error;
  }
};
