import { SignalboxError } from '../../protocol/errors.ts';
import type { ArchitectureView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { readStateFile } from '../state/read-state-file.ts';
import type { Code } from './read-code.ts';
import type { RunRequest } from './read-request.ts';

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'run' });

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
  if (wish === 'import') {
    if (code.localState === null) throw usage('`--import-state` finds no state file beside the code');
    if (state !== null)
      throw usage(`${name} has a state already (serial ${state.serial}); \`signalbox state push\` stores a newer one`);
    const { head, bytes } = await readStateFile(code.localState);
    await operator.pushState(architecture.id, head, bytes);
    return `The state ${code.localState} was taken over, serial ${head.serial}. The file is not used any more.`;
  }
  if (code.localState === null || state !== null) return null;
  if (wish === 'ignore') return `The state ${code.localState} is ignored.`;
  throw new SignalboxError('LOCAL_STATE_FOUND', { path: code.localState, architecture: name });
};
