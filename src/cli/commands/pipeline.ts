import { SignalboxError } from '../../protocol/errors.ts';
import { ResolveAs } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Command, CommandContext } from '../command.ts';
import { toMoment, toTable } from '../operator/to-table.ts';
import { withOperator } from '../operator/with-operator.ts';
import { isOn, numberOf, textOf } from '../option-values.ts';
import { toEvidenceLines } from '../pipeline/evidence-lines.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { pickJob } from '../pipeline/pick-job.ts';
import { toPipelineLines, toSettledLine } from '../pipeline/pipeline-lines.ts';

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'pipeline' });
const HEAD = ['ID', 'PIPELINE', 'WORKFLOW', 'STATUS', 'CREATED'];

const list = (context: CommandContext): Promise<number> => {
  const { options, output } = context;
  const limit = numberOf(options, 'limit', { otherwise: 20, min: 1, max: 200, command: 'pipeline' });
  const name = textOf(options, 'architecture');
  return withOperator(context, async (operator) => {
    const architecture = name === undefined ? undefined : await operator.findArchitecture(name);
    if (architecture === null) throw new SignalboxError('ARCHITECTURE_UNKNOWN', { name: name ?? '' });
    const pipelines = await operator.listPipelines(limit, architecture?.id);
    for (const pipeline of pipelines) output.event({ type: 'pipeline', ...pipeline });
    const rows = pipelines.map(({ id, number, architecture: of, workflow, status, createdAt }) => [
      id,
      `${of.name}/${number}`,
      workflow,
      status,
      toMoment(createdAt),
    ]);
    if (rows.length === 0) output.say('There are no pipelines. `signalbox run DIR` starts one.');
    else for (const line of toTable([HEAD, ...rows])) output.say(line);
    return 0;
  });
};

type Act = (operator: OperatorClient, id: string, context: CommandContext) => Promise<void>;

const show: Act = async (operator, id, { output }) => {
  const view = await findPipeline(operator, id);
  output.event({ type: 'pipeline', ...view });
  for (const line of toPipelineLines(view)) output.say(line);
};

const stop: Act = async (operator, named, { options, output }) => {
  const { id } = await findPipeline(operator, named);
  const [reason, force] = [textOf(options, 'reason'), isOn(options, 'force')];
  await operator.stopPipeline(id, { force, ...(reason !== undefined && { reason }) });
  const view = await operator.readPipeline(id, 0, 0);
  output.event({ type: 'stopped', force, ...view });
  const runs = view.jobs.some(({ status }) => status === 'running');
  const what = force ? 'What runs is killed.' : 'What runs is asked to end, and an apply finishes what it has begun.';
  output.say(
    runs ? `Pipeline ${view.number} starts nothing any more. ${what}` : `Pipeline ${view.number} is ${view.status}.`,
  );
};

const evidence: Act = async (operator, id, { output }) => {
  const pipeline = await findPipeline(operator, id);
  const view = await operator.readEvidence(pickJob(pipeline).id);
  output.event({ type: 'evidence', ...view });
  for (const line of toEvidenceLines(view)) output.say(line);
};

const resolve: Act = async (operator, named, { options, output }) => {
  const as = ResolveAs.safeParse(textOf(options, 'as')).data;
  if (as === undefined) throw usage('`pipeline resolve` takes `--as accept`, `import`, `push` or `discard`');
  if (as !== 'push' && textOf(options, 'evidence') !== undefined) throw usage('`--evidence` belongs to `--as push`');
  const { id } = await findPipeline(operator, named);
  const view = await operator.resolvePipeline(id, {
    as,
    reason: textOf(options, 'reason') ?? '',
    evidence: textOf(options, 'evidence') ?? null,
  });
  const resolution = view.jobs.find(({ reconciliation }) => reconciliation?.resolution)?.reconciliation?.resolution;
  output.event({ type: 'resolved', pipeline: id, resolution: resolution ?? null });
  if (!resolution) return;
  output.say(toSettledLine(resolution));
  output.say(
    resolution.pipeline === null
      ? `${view.architecture.name} may be changed again.`
      : `${view.architecture.name} may be changed again once that pipeline has succeeded: \`signalbox pipeline show ${resolution.pipeline}\`.`,
  );
};

const ACTS: Record<string, Act> = { show, stop, evidence, resolve };
/** Which verbs take which options. */
const TAKEN: Record<string, readonly string[]> = {
  limit: ['list'],
  architecture: ['list'],
  reason: ['stop', 'resolve'],
  force: ['stop'],
  as: ['resolve'],
  evidence: ['resolve'],
};

export const pipelineCommand: Command = {
  name: 'pipeline',
  summary: 'List, show and stop pipelines; look at what was lost, and settle it.',
  usage: 'pipeline list | pipeline show|stop|evidence ID | pipeline resolve ID --as WAY',
  description: `ID is the id of a pipeline, or ARCHITECTURE/NUMBER. \`pipeline stop\` starts nothing any more and asks what runs to end: an
apply finishes the resource it has begun. With \`--force\` everything is killed at once; of a change that was under way nobody
knows then how far it came.

That is also so where a runner's host is lost in the middle of a change. Such a job needs reconciliation, and its architecture is
not changed before somebody has settled it. \`pipeline evidence\` shows what is known: the state before and after, what was in
flight, what was made and is not in the state, and what came too late.

\`pipeline resolve --as accept\` takes the newest stored state as it is. \`--as import\` starts a pipeline that imports what the state
lacks. \`--as push\` makes a captured state the newest one. \`--as discard\` says that none of it matters, and needs a reason.

It speaks to the control plane of this user that is up; where none is, it opens the data directory itself for a moment.`,
  options: {
    limit: { type: 'string', value: 'N', description: 'How many `list` shows, the newest first (20).' },
    architecture: { type: 'string', value: 'NAME', description: 'Of which architecture `list` shows pipelines (all).' },
    reason: { type: 'string', value: 'TEXT', description: 'Why it is stopped or settled so; kept, and audited.' },
    force: { type: 'boolean', description: 'Kill what runs, an apply too, which then needs reconciliation.' },
    as: { type: 'string', value: 'WAY', description: 'How it is settled: accept, import, push or discard.' },
    evidence: {
      type: 'string',
      value: 'ID',
      description: 'Which captured state `--as push` takes (the one with the highest serial).',
    },
  },
  examples: [
    { line: 'signalbox pipeline list --architecture shop', says: 'the newest pipelines of shop' },
    { line: 'signalbox pipeline show shop/42', says: 'its jobs, and what they wait for' },
    { line: 'signalbox pipeline stop shop/42 --reason mistake', says: 'end it in an orderly way' },
    { line: 'signalbox pipeline evidence shop/42', says: 'what is known about a change that was lost' },
    { line: 'signalbox pipeline resolve shop/42 --as accept', says: 'the stored state is right' },
  ],
  run: async (context) => {
    const [verb, id, ...rest] = context.positionals;
    const act = verb === undefined ? undefined : ACTS[verb];
    if (verb === undefined || (act === undefined && verb !== 'list')) {
      const other = verb === undefined ? '' : `, not \`${verb}\``;
      throw usage(`\`pipeline\` takes \`list\`, \`show\`, \`stop\`, \`evidence\` or \`resolve\`${other}`);
    }
    const extra = act === undefined ? id : rest[0];
    if (extra !== undefined) throw usage(`\`pipeline ${verb}\` does not take \`${extra}\``);
    const misplaced = Object.keys(TAKEN).find(
      (name) => context.options[name] !== undefined && TAKEN[name]?.includes(verb) !== true,
    );
    if (misplaced !== undefined) throw usage(`\`pipeline ${verb}\` takes no \`--${misplaced}\``);
    if (act === undefined) return list(context);
    if (id === undefined) throw usage(`\`pipeline ${verb}\` takes the id of a pipeline, which \`pipeline list\` shows`);
    return withOperator(context, async (operator) => {
      await act(operator, id, context);
      return 0;
    });
  },
};
