import { SignalboxError } from '../../protocol/errors.ts';
import type { ArchitectureView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { readStateFile } from '../state/read-state-file.ts';
import type { Code } from './read-code.ts';
import type { RunRequest } from './read-request.ts';

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'run' });

/** Throws where what was asked about a state beside the code cannot be: of a new architecture (`name`), `LOCAL_STATE_FOUND`. */
export const requireSettled = ({ localState }: Code, request: Pick<RunRequest, 'localState'>, name?: string): void => {
  if (request.localState === 'import' && localState === null)
    throw usage('`--import-state` finds no state file beside the code');
  if (request.localState === null && localState !== null && name !== undefined)
    throw new SignalboxError('LOCAL_STATE_FOUND', { path: localState, architecture: name });
};

/**
 * A state that lies beside the code while the control plane has none: taken over or passed by as asked, never by itself.
 * Returns the sentence to tell; null: there was nothing to settle. Throws `LOCAL_STATE_FOUND`.
 */
export const settleState = async (options: {
  operator: Pick<OperatorClient, 'pushState'>;
  architecture: ArchitectureView;
  code: Code;
  wish: RunRequest['localState'];
}): Promise<string | null> => {
  const { operator, architecture, code, wish } = options;
  const { name, state } = architecture;
  const { localState } = code;
  if (localState === null) return null;
  if (wish === 'import') {
    if (state !== null)
      throw usage(`${name} has a state already (serial ${state.serial}); \`signalbox state push\` stores a newer one`);
    const { head, bytes } = await readStateFile(localState);
    await operator.pushState(architecture.id, head, bytes);
    return `The state ${localState} was taken over, serial ${head.serial}. The file is not used any more.`;
  }
  if (state !== null) return null;
  requireSettled(code, { localState: wish }, name);
  return `The state ${localState} is ignored.`;
};
