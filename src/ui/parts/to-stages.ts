/** Jobs → one list for each stage, in order; a stage without jobs is left out. */
export const toStages = <J extends { stage: number }>(jobs: readonly J[]): J[][] => {
  const stages: J[][] = [];
  for (const job of jobs) (stages[job.stage] ??= []).push(job);
  return stages.filter(Boolean);
};
