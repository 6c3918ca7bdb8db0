import type { StateHead } from '../../protocol/job.ts';
import type { EvidenceView } from '../../protocol/rest.ts';
import { toMoment, toTable } from '../operator/to-table.ts';
import { toSettledLine } from './pipeline-lines.ts';
import { toPlain } from './to-plain.ts';

const STILL_RUNNING =
  'First make sure that its host is gone: one that is only cut off goes on, and what it does afterwards is in no state.';

const toHead = (head: StateHead | null): string => (head === null ? 'none' : `serial ${head.serial}`);

const toStateLine = ({ before, after }: EvidenceView['state']): string =>
  before?.sha256 === after?.sha256
    ? `State    ${toHead(after)}, as before`
    : `State    ${toHead(before)} → ${toHead(after)}`;

const toLockLine = (lock: EvidenceView['lock']): string =>
  lock === null
    ? 'Lock     nobody holds it'
    : `Lock     ${lock.job} on ${lock.runner.name}, fence ${lock.fence}, since ${toMoment(lock.since)}`;

const toSection = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** What can be done next, with its exact command; only what there is something for. */
const toWays = (view: EvidenceView): string[] => {
  const { pipeline, importBlocks, captured, architecture } = view;
  const resolve = (as: string) => `signalbox pipeline resolve ${pipeline} --as ${as}`;
  const hasState = captured.some(({ head }) => head !== null);
  return toTable([
    [resolve('accept'), 'the newest stored state is right as it is'],
    ...(importBlocks === '' ? [] : [[resolve('import'), 'a pipeline imports what the state lacks']]),
    ...(hasState ? [[resolve('push'), 'the captured state becomes the newest one']] : []),
    [resolve("discard --reason 'WHY'"), 'nothing of it matters any more'],
    [`signalbox state push '${architecture.name}' FILE`, 'a state that you have put right by hand'],
  ]);
};

/** The evidence about a job for people at three in the morning. */
export const toEvidenceLines = (view: EvidenceView): string[] => {
  const { reason, resolution, inFlight, unrecorded, importBlocks, captured, open } = view;
  const moments = inFlight.map(({ address, action, at }) => toPlain(`${address}: ${action}, begun ${toMoment(at)}`));
  const lacking = unrecorded.map(({ address, id }) =>
    toPlain(`${address}: ${id === null ? 'no id known' : `id ${id}`}`),
  );
  const kept = captured.map(({ id, kind, head, refused, at }) => [
    id,
    kind,
    head === null ? '-' : `serial ${head.serial}`,
    refused ?? '-',
    toMoment(at),
  ]);
  const isOver = !open && reason.code !== 'RUNNER_LOST';
  return [
    toPlain(reason.message),
    ...(resolution === null ? [] : [toSettledLine(resolution)]),
    '',
    `Job      ${view.attempt}, of ${view.architecture.name}`,
    toStateLine(view.state),
    toLockLine(view.lock),
    ...toSection('In flight when it was last heard:', moments),
    ...toSection('Made, and not in the newest state:', lacking),
    ...toSection('To import them by code:', importBlocks.trimEnd() === '' ? [] : importBlocks.trimEnd().split('\n')),
    ...toSection(
      'Kept, and not used:',
      kept.length === 0 ? [] : toTable([['ID', 'KIND', 'STATE', 'REFUSED AS', 'AT'], ...kept]),
    ),
    ...(isOver || resolution !== null ? [] : toSection('What you can do next:', toWays(view))),
    ...(open && reason.code === 'RUNNER_LOST' ? ['', STILL_RUNNING] : []),
  ];
};
