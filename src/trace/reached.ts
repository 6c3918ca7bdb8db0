import type { FoundJob } from '../machines/job.setup.ts';

/** How far a job had come that was in this state: before its steps were known, among them, or behind them. */
export const toReached = (state: string): NonNullable<FoundJob['reached']> => {
  const [top = ''] = state.split('.');
  if (top === 'executing') return 'executing';
  return ['leased', 'preparing', 'retrying'].includes(top) ? 'preparing' : 'concluding';
};
