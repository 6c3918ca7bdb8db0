import type { RunnerView } from '../../protocol/rest.ts';
import { getRunners } from '../live/api.ts';
import { useLive } from '../live/use-live.ts';

const PAUSE_MS = 5000;

const count = (runners: readonly RunnerView[], status: RunnerView['status']): number =>
  runners.filter((runner) => runner.status === status).length;

/** How many runners there are to take jobs, and in words why one that lives takes none. */
export const RunnerProblems = () => {
  const { value } = useLive<RunnerView[]>('runners', async (_, aborted) => ({
    value: await getRunners(aborted),
    pauseMs: PAUSE_MS,
  }));
  const runners = value.value;
  if (runners === null) return null;
  const [online, draining, offline] = (['online', 'draining', 'offline'] as const).map((one) => count(runners, one));
  const troubled = runners.filter(({ problem, status }) => problem !== null && status !== 'revoked');
  return (
    <section class="runners" aria-label="Runners">
      <p class="hint number">
        {online} {online === 1 ? 'runner' : 'runners'} online
        {draining === 0 ? '' : `, ${draining} draining`}
        {offline === 0 ? '' : `, ${offline} offline`}
      </p>
      {troubled.map(({ id, name, problem }) => (
        <p key={id} class="runner-problem" role="status">
          <strong title={id}>{name ?? id} takes nothing new.</strong> {problem?.message} {problem?.hint}{' '}
          <code>{problem?.code}</code>
        </p>
      ))}
    </section>
  );
};
