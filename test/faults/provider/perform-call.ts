import type { Clock } from '../../../src/io/clock.ts';
import type { Call, Cloud } from '../cloud/cloud.ts';
import type { SimObject } from './sim-object.ts';

export interface Performance {
  cloud: Cloud;
  clock: Pick<Clock, 'wait'>;
  /** The provider was asked to stop, or nobody listens any more. */
  stopped: AbortSignal;
}

/** A slow call to the cloud, from its first moment to its last: `act` is what it does at the end of its delay. */
export const performCall = async (
  { cloud, clock, stopped }: Performance,
  call: Exclude<Call['call'], 'read'>,
  object: SimObject,
  act: () => void,
): Promise<Exclude<Call['moment'], 'begun'>> => {
  const end = <M extends Call['moment']>(moment: M): M => {
    cloud.note({ call, moment, id: object.id, name: object.name });
    return moment;
  };
  end('begun');
  const listens = object.stop === 'honour';
  if (object.delay_ms) await clock.wait(object.delay_ms, listens ? stopped : undefined);
  if (listens && stopped.aborted) return end('stopped');
  if (object.fail === call) return end('failed');
  act();
  return end('done');
};
