import { createClock } from '../../io/clock.ts';
import type { Logger } from '../../io/logger.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import type { ControlPlane } from './control-plane.ts';

export interface OwnControlPlane {
  controlPlane: ControlPlane;
  operator: OperatorClient;
  close(): Promise<void>;
}

/** The control plane in this process, on loopback with the embedded database, and the operator's hand on it. */
export const openOwnControlPlane = async (options: {
  data: string;
  port: number;
  logger: Logger;
  output?: Pick<Output, 'progress'>;
}): Promise<OwnControlPlane> => {
  const { output, ...rest } = options;
  // Making a database takes seconds, once.
  output?.progress('Opening the data …');
  const { openControlPlane } = await import('./control-plane.ts');
  const controlPlane = await openControlPlane({
    ...rest,
    host: '127.0.0.1',
    fallbackToFree: true,
    database: null,
    publicUrls: [],
  }).finally(() => output?.progress(null));
  const { url, operatorToken: token } = controlPlane;
  const operator = createOperatorClient({ url, token, clock: createClock() });
  return {
    controlPlane,
    operator,
    close: async () => {
      await operator.close();
      await controlPlane.close();
    },
  };
};
