import { findPlugin } from '../../plugins/registry.ts';
import { MAX_IMPORTS } from '../../plugins/terraform/options.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import { Task } from '../../protocol/job.ts';
import type { ServerContext } from '../context.ts';
import type { Caller } from '../http.ts';
import { insertPipeline } from '../pipelines/insert-pipeline.ts';
import { findNewestState } from '../state/newest-state.ts';
import type { Tx } from '../store/store.ts';
import type { toEvidence } from './evidence-view.ts';
import type { Unsettled } from './find-unsettled.ts';
import { toImports } from './find-unrecorded.ts';

type Found = Awaited<ReturnType<typeof toEvidence>>;

/** What an import can bring in; else a sentence says why it cannot. */
const findProblem = ({ unrecorded, view }: Found, { kind }: Unsettled, newest: string | null): string | null => {
  if (kind === 'script') return 'a script has no state to import into';
  if ((view.state.after?.sha256 ?? null) !== newest) return 'the state has changed meanwhile; try again';
  if (unrecorded.length === 0) return 'the state lacks nothing that the ledger shows';
  const imports = toImports(unrecorded);
  if (imports.length > MAX_IMPORTS)
    return `${imports.length} resources are to be imported, and at most ${MAX_IMPORTS} at once`;
  const taken = unrecorded.filter(({ isTaken }) => isTaken).map(({ address }) => address);
  if (taken.length > 0) return `the state holds another object at ${taken.join(', ')}, which is to be removed first`;
  return imports.length === 0 ? 'the ledger tells no id of what the state lacks' : null;
};

/** Makes the pipeline that imports: the same source, variables and secrets (which stay sealed), and one task. */
export const startImport = async (
  tx: Tx,
  context: ServerContext,
  { caller, job, found }: { caller: Caller; job: Unsettled; found: Found },
): Promise<{ id: PipelineId; imports: { address: string; id: string }[] }> => {
  const newest = await findNewestState(tx, job.architecture);
  const problem = findProblem(found, job, newest?.sha256 ?? null);
  if (problem !== null) throw new SignalboxError('RESOLUTION_REFUSED', { pipeline: job.pipeline, problem });
  const imports = toImports(found.unrecorded);
  const task = Task.parse({ key: 'import', title: 'Import', kind: job.kind, options: { action: 'import', imports } });
  findPlugin(task.kind).check(task);
  const from = await tx
    .selectFrom('pipeline')
    .select(['source', 'variables', 'var_files', 'secrets', 'number'])
    .where('id', '=', job.pipeline)
    .executeTakeFirstOrThrow();
  const id = context.ids.create('pip');
  await insertPipeline(tx, context, {
    id,
    organisation: caller.organisation,
    architecture: job.architecture,
    workflowName: `Import what pipeline ${from.number} left`,
    stages: [[task]],
    source: from.source,
    variables: from.variables,
    varFiles: from.var_files,
    secrets: from.secrets,
    target: null,
    idempotencyKey: null,
    actor: caller.actor,
    about: { reconciles: job.pipeline },
  });
  return { id, imports };
};
