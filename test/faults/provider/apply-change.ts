import type { Call } from '../cloud/cloud.ts';
import { performCall, type Performance } from './perform-call.ts';
import type { SimObject } from './sim-object.ts';

/** An object to make has the id that the cloud reserved for it; null: there is none before, or after. */
export interface Application {
  prior: SimObject | null;
  planned: SimObject | null;
}

/** What is true afterwards, with the sentence that says why where it is not what was planned. */
export interface Applied {
  state: SimObject | null;
  problem: string | null;
}

export const applyChange = async (at: Performance, { prior, planned }: Application): Promise<Applied> => {
  const { cloud } = at;
  const { call, object } = toCall(prior, planned);
  const act = (): void => {
    if (planned === null) return cloud.remove(object.id);
    const { id, name, content, ...settings } = planned;
    cloud.write({ id, name, content, settings });
  };
  if (call === 'update' && cloud.read(object.id) === null) return { state: null, problem: `${object.id} is gone.` };

  const moment = await performCall(at, call, object, act);
  if (moment === 'done' && call === 'create' && object.fail === 'after-create')
    return { state: planned, problem: `${object.id} was made, and then the call failed, as "fail" asks for.` };
  if (moment === 'done') return { state: planned, problem: null };
  const why = moment === 'stopped' ? 'it was asked to stop, and "stop" honours that' : 'as "fail" asks for';
  return { state: prior, problem: `The ${call} call of ${object.id} did nothing: ${why}.` };
};

const toCall = (
  prior: SimObject | null,
  planned: SimObject | null,
): { call: Exclude<Call['call'], 'read'>; object: SimObject } => {
  if (prior === null && planned !== null) return { call: 'create', object: planned };
  if (prior !== null && planned !== null) return { call: 'update', object: planned };
  if (prior !== null) return { call: 'delete', object: prior };
  throw new Error('nothing was there, and nothing is planned');
};
