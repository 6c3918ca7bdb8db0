import { findOperator } from '../compose/find-operator.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { CommandContext } from '../command.ts';
import { openOwnControlPlane } from '../compose/own-control-plane.ts';

/** Does something as the operator: on the control plane of this user that is up, else on one opened for just that long. */
export const withOperator = async <T>(
  { data, logger }: Pick<CommandContext, 'data' | 'logger'>,
  act: (operator: OperatorClient) => Promise<T>,
): Promise<T> => {
  const live = await findOperator(data);
  if (live === null) {
    const own = await openOwnControlPlane({ data, port: 0, logger });
    return act(own.operator).finally(own.close);
  }
  return act(live).finally(live.close);
};
