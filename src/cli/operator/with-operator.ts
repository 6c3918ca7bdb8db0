import { createClock } from '../../io/clock.ts';
import { findOperator } from '../client/find-operator.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import type { CommandContext } from '../command.ts';
import { openControlPlane } from '../compose/control-plane.ts';

/** Does something as the operator: on the control plane of this user that is up, else on one opened for just that long. */
export const withOperator = async <T>(
  { data, logger }: Pick<CommandContext, 'data' | 'logger'>,
  act: (operator: OperatorClient) => Promise<T>,
): Promise<T> => {
  const live = await findOperator(data);
  if (live !== null) {
    try {
      return await act(live);
    } finally {
      await live.close();
    }
  }
  const controlPlane = await openControlPlane({
    data,
    host: '127.0.0.1',
    port: 0,
    fallbackToFree: false,
    database: null,
    publicUrls: [],
    logger,
  });
  const { url, operatorToken: token } = controlPlane;
  const operator = createOperatorClient({ url, token, clock: createClock() });
  try {
    return await act(operator);
  } finally {
    await operator.close();
    await controlPlane.close();
  }
};
