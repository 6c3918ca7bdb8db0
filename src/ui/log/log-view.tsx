import type { JobView } from '../../protocol/rest.ts';
import { toSize } from '../format.ts';
import { useKeys } from '../keys.ts';
import { Act } from '../parts/act.tsx';
import { useComputed, useEffect, useRef, useSignal } from '../preact.ts';
import { toAddress, type PipelineRoute } from '../route.ts';
import { goTo } from '../router.ts';
import { createFinder } from './finder.ts';
import { followLog, type FollowedLog } from './follow-log.ts';
import { LogList } from './log-list.tsx';

/** Everything a reader does with the output: follow, find, point at a line, save. Remade for each attempt (by its key). */
export const LogView = ({ job, route }: { job: JobView; route: PipelineRoute }) => {
  const held = useRef<FollowedLog>(null);
  held.current ??= followLog(job.id, job.logBytes);
  const followed = held.current;
  useEffect(() => followed.stop, []);

  const follow = useSignal(route.line === null);
  const query = useSignal(route.find);
  const finder = useComputed(() => createFinder(query.value));
  const hits = useComputed(() => (followed.version.value, [...finder.value(followed.log)]));
  const box = useRef<HTMLInputElement>(null);

  const show = (line: number | null): void => goTo({ ...route, job: job.key, line, find: query.value }, 'replace');
  const move = (step: 1 | -1): void => {
    const at = route.line ?? (step === 1 ? 0 : Number.MAX_SAFE_INTEGER);
    const next = step === 1 ? hits.value.find((hit) => hit > at) : hits.value.findLast((hit) => hit < at);
    const wrapped = step === 1 ? hits.value[0] : hits.value.at(-1);
    const line = next ?? wrapped;
    if (line === undefined) return;
    follow.value = false;
    show(line);
  };
  const toggle = (): void => {
    follow.value = !follow.value;
    if (follow.value && route.line !== null) show(null);
  };
  useKeys({ f: toggle, '/': () => box.current?.focus(), n: () => move(1), N: () => move(-1) });

  const type = (event: { key: string; shiftKey: boolean }): void => {
    if (event.key === 'Enter') move(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') box.current?.blur();
  };
  const position = hits.value.indexOf(route.line ?? -1);
  const counted = query.value === '' ? '' : `${position < 0 ? '' : `${position + 1} of `}${hits.value.length}`;
  const { log } = followed;
  return (
    <div class="log">
      <div class="log-bar">
        <input
          ref={box}
          type="search"
          placeholder="Find  /"
          aria-label="Find in the output"
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
          onKeyDown={type}
          onBlur={() => show(route.line)}
        />
        <span class="hint number" role="status">
          {counted}
        </span>
        <span class="spring" />
        <button type="button" class="quiet" aria-pressed={follow.value} onClick={toggle}>
          {follow.value ? 'Following' : 'Follow'} <kbd>f</kbd>
        </button>
        <Act act={async () => (await import('./save-log.ts')).saveLog(job.id, `${job.key}.log`)}>Save</Act>
      </div>
      {followed.skippedBytes + log.dropped === 0 ? null : (
        <p class="hint log-note">
          {followed.skippedBytes > 0
            ? `The first ${toSize(followed.skippedBytes)} are`
            : `The first ${log.dropped} lines are`}{' '}
          not shown here; Save has the whole output.
        </p>
      )}
      {followed.problem.value === '' ? null : <p class="problem log-note">{followed.problem.value}</p>}
      {followed.version.value === 0 ? <p class="empty">{toSilence(job, followed.isComplete.value)}</p> : null}
      <LogList
        log={log}
        version={followed.version.value}
        follow={follow}
        line={route.line}
        hits={new Set(hits.value)}
        toHref={(line) => toAddress({ ...route, job: job.key, line })}
      />
    </div>
  );
};

const toSilence = (job: JobView, isComplete: boolean): string => {
  if (isComplete) return 'This job wrote no output.';
  return job.waitsFor === null ? 'No output yet.' : `No output yet. ${job.waitsFor}`;
};
