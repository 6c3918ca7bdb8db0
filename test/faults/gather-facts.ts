import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Begun } from './begin-run.ts';
import type { Box } from './box/box.ts';
import { findMarked } from './box/find-marked.ts';
import { readCloud, type CloudObject } from './cloud/cloud.ts';
import type { AttemptFacts, Facts, RunFacts, Struck } from './facts.ts';
import type { AttemptRecord } from './processes/read-records.ts';

interface StateText {
  resources?: { type: string; instances?: { attributes?: Partial<CloudObject> }[] }[];
}

const readObjects = (state: Uint8Array): CloudObject[] => {
  const { resources = [] } = JSON.parse(Buffer.from(state).toString()) as StateText;
  return resources
    .filter(({ type }) => type === 'sim_object')
    .flatMap(({ instances = [] }) => instances)
    .map(({ attributes }) => ({
      id: String(attributes?.id),
      name: String(attributes?.name),
      content: String(attributes?.content),
    }));
};

const readText = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

/** What the runners' disks and the control plane have of an attempt. */
const gatherAttempt = async (box: Box, run: number, record: AttemptRecord): Promise<AttemptFacts> => {
  const id = `${record.job_id}.${record.number}`;
  const places = box.runners.map(({ directories: { state, keep } }) => ({
    job: join(state, 'jobs', id),
    kept: join(keep, id),
  }));
  const place = places.find(({ job }) => existsSync(join(job, 'trace.ndjson')));
  const log: Uint8Array[] = [];
  for (let offset = 0; offset < record.log_bytes;) {
    const path = `/api/jobs/${record.job_id}/log?attempt=${record.number}&offset=${offset}`;
    const bytes = await box.operator.bytes('GET', path);
    if (bytes.length === 0) break;
    log.push(bytes);
    offset += bytes.length;
  }
  const trace = place ? readText(join(place.job, 'trace.ndjson')) : null;
  return {
    id,
    run,
    record,
    trace,
    hasBegun: trace?.includes('"kind":"event"') ?? false,
    kept: place && existsSync(place.kept) ? place.kept : null,
    isUnsealed: places.some(({ job }) => existsSync(join(job, 'secrets.json'))),
    log: Buffer.concat(log),
  };
};

const listLeftovers = (box: Box): string[] =>
  box.runners.flatMap(({ index, directories: { work } }) =>
    (existsSync(work) ? readdirSync(work) : []).map((name) => `runner ${index} still has the workspace ${name}`),
  );

/** Everything that the laws want to know, from every place where it stands. */
export const gatherFacts = async (box: Box, begun: readonly Begun[], faults: Struck[]): Promise<Facts> => {
  const pipelines = begun.flatMap(({ pipeline, reconciled }) => [pipeline, reconciled?.importing?.id ?? []].flat());
  const records = await box.controlPlane.records(pipelines);
  const cloud = readCloud(box.cloud);
  const runs: RunFacts[] = [];
  const attempts: AttemptFacts[] = [];
  for (const { plan, pipeline, architecture: id, view, reconciled } of begun) {
    const names = new Set(plan.objects.map(({ name }) => name));
    const states = records.states.filter(({ architecture_id }) => architecture_id === id);
    const newest = states.length > 0 ? await box.operator.bytes('GET', `/api/architectures/${id}/states/latest`) : null;
    const architecture = records.architectures.find((record) => record.id === id);
    if (!architecture) throw new Error(`the control plane has no record of ${id}`);
    runs.push({
      plan,
      pipeline,
      view,
      reconciled,
      jobs: records.jobs.filter(({ architecture_id }) => architecture_id === id),
      architecture,
      states,
      recorded: newest ? readObjects(newest) : [],
      objects: Object.values(cloud.objects).filter(({ name }) => names.has(name)),
      calls: cloud.calls.filter(({ name }) => names.has(name)),
    });
    for (const record of records.attempts.filter(({ architecture_id }) => architecture_id === id))
      attempts.push(await gatherAttempt(box, plan.number, record));
  }
  return {
    runs,
    attempts,
    faults,
    logWrites: box.controlPlane.logWrites,
    orphans: findMarked(box.mark),
    leftovers: listLeftovers(box),
  };
};
