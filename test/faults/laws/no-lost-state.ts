import type { CloudObject } from '../cloud/cloud.ts';
import type { Facts, RunFacts } from '../facts.ts';
import type { Law, Violation } from './law.ts';

/** Longer than a call at the control plane takes that was let in before a claim and ended after it. */
const RACE_MS = 250;

const toText = ({ id, name, content }: CloudObject): string => `${name} (${id}: ${content})`;

/** Serials rise with time and with the fence, in one lineage; what was stored is what the results name. */
const findInVersions = ({ states, jobs }: RunFacts, { attempts }: Facts): string[] => {
  const wrong: string[] = [];
  const recordOf = (job: string | null, number: number | null) =>
    attempts.find(({ record }) => record.job_id === job && record.number === number)?.record;
  states.forEach((state, index) => {
    const before = states[index - 1];
    const fence = recordOf(state.job_id, state.number)?.fence ?? 0;
    if (before && before.lineage !== state.lineage) wrong.push(`serial ${state.serial} has another lineage`);
    if (before && before.created_at > state.created_at)
      wrong.push(`serial ${state.serial} was stored before serial ${before.serial}`);
    const later = attempts.find(
      ({ record }) =>
        record.architecture_id === state.architecture_id &&
        record.fence > fence &&
        record.claimed_at + RACE_MS < state.created_at,
    );
    if (later)
      wrong.push(
        `serial ${state.serial} of fence ${fence} was stored after ${later.id} had fence ${later.record.fence}`,
      );
  });
  for (const { id, attempt } of jobs) {
    const named = recordOf(id, attempt)?.result?.state;
    if (named && !states.some(({ serial, sha256 }) => serial === named.serial && sha256 === named.sha256))
      wrong.push(`the result of ${id}.${attempt} names serial ${named.serial}, which is not stored`);
  }
  return wrong;
};

const toAddress = (name: string): string => `sim_object.${name.replaceAll('-', '_')}`;

/** What the evidence names, and could not be imported: nobody knew its id, or a full disk kept even its name. */
const findExcused = ({ reconciled, objects, recorded }: RunFacts, { faults }: Facts): Set<string> => {
  if (!reconciled) return new Set();
  if (faults.some(({ name }) => name === 'fill disk'))
    return new Set([...objects, ...recorded].map(({ name }) => name));
  const { inFlight, unrecorded } = reconciled.evidence;
  const named = [...inFlight, ...unrecorded.filter(({ id }) => id === null)].map(({ address }) => address);
  return new Set(objects.map(({ name }) => name).filter((name) => named.includes(toAddress(name))));
};

/** The newest state is what is in the cloud. */
const findInCloud = (run: RunFacts, facts: Facts): string[] => {
  const excused = findExcused(run, facts);
  const [recorded, there] = [run.recorded, run.objects].map(
    (objects) => new Set(objects.filter(({ name }) => !excused.has(name)).map(toText)),
  );
  return [
    ...[...(there ?? [])].filter((text) => !recorded?.has(text)).map((text) => `${text} is there and not in the state`),
    ...[...(recorded ?? [])].filter((text) => !there?.has(text)).map((text) => `${text} is in the state and not there`),
  ];
};

/** No writer of a lower fence is heard after a higher one has begun. */
const findLateWrites = ({ attempts, logWrites }: Facts): Violation[] =>
  attempts.flatMap(({ id, run, record }) => {
    const newer = attempts.filter(({ record: other }) => other.job_id === record.job_id && other.fence > record.fence);
    const takenAt = Math.min(...newer.map(({ record: { claimed_at } }) => claimed_at));
    const late = logWrites.filter(({ attempt, at }) => attempt === id && at > takenAt + RACE_MS);
    return late.length > 0
      ? [{ run, what: `${id} wrote ${late.length} pieces of log after it had lost its fence` }]
      : [];
  });

/** The control plane's states are complete, in order, and true. */
export const noLostState: Law = (facts) => [
  ...facts.runs.flatMap((run) =>
    [...findInVersions(run, facts), ...(run.view === null ? [] : findInCloud(run, facts))].map((what) => ({
      run: run.plan.number,
      what,
    })),
  ),
  ...findLateWrites(facts),
];
