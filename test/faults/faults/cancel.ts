import type { Fault } from './fault.ts';

/** A person stops one of the pipelines. */
export const cancel: Fault = async ({ box, pipeline }) => {
  await box.operator.call('POST', `/api/pipelines/${pipeline}/stop`, {});
};
