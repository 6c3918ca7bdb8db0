import { createClock } from '../../io/clock.ts';
import { toReason } from '../../protocol/errors.ts';
import type { ArchitectureView, PipelineView } from '../../protocol/rest.ts';
import type { CommandContext } from '../command.ts';
import { withOwnTools } from '../compose/own-tools.ts';
import { toPageUrl } from '../client/page-url.ts';
import { followPipeline } from '../follow/follow-pipeline.ts';
import { createPatience } from '../follow/patience.ts';
import type { PackedSource } from '../pack/pack-source.ts';
import { createApproval } from './ask-approval.ts';
import { chooseArchitecture } from './choose-architecture.ts';
import { chooseKind } from './choose-kind.ts';
import type { Box } from './open-box.ts';
import type { Code } from './read-code.ts';
import type { RunRequest } from './read-request.ts';
import { requireSettled, settleState } from './settle-state.ts';
import { startPipeline } from './start-pipeline.ts';
import { tellInterruption } from './tell-interruption.ts';
import { toWorkflow } from './to-workflow.ts';

/** The tool that the own runner will use, so that what is missing is said at once, and a download is seen. */
const findTool = (context: CommandContext, request: RunRequest, { name, kind, toolVersion }: ArchitectureView) =>
  withOwnTools({ ...context, tools: request.tools }, async (tools) => {
    if (kind !== 'script') await tools.find({ kind, constraint: toolVersion, architecture: name });
  });

/** Runs the code as asked, and shows it. Null: interrupted before anything was started. */
export const runCode = async (
  context: CommandContext,
  request: RunRequest,
  { code, packed, box }: { code: Code; packed: PackedSource; box: Box },
): Promise<PipelineView | null> => {
  const { output, interrupted } = context;
  const { operator } = box;
  const note = (message: string) => {
    output.say(message);
    output.event({ type: 'note', level: 'info', message });
  };
  const { architecture, notes } = await chooseArchitecture({
    operator,
    directory: code.directory,
    shown: request.directory,
    request,
    chooseKind: () => chooseKind(context, request),
    beforeNew: (name) => requireSettled(code, request, name),
  });
  for (const message of notes) note(message);
  const settled = await settleState({ operator, architecture, code, wish: request.localState });
  if (settled !== null) note(settled);
  if (box.runner !== null) await findTool(context, request, architecture);
  if (interrupted.aborted) return null;

  const before = await operator.readArchitecture(architecture.id);
  const { variables, secrets, target } = request;
  const workflow = toWorkflow(architecture.kind, request);
  const pipeline = await startPipeline({
    operator,
    architecture: architecture.id,
    packed,
    workflow,
    variables,
    secrets,
    target,
  });
  output.say(`Pipeline ${pipeline.number} of ${architecture.name}: ${toPageUrl(operator, pipeline)}`);

  const clock = createClock();
  const patience = createPatience({ clock, tell: note, isHurried: () => interrupted.aborted });
  const stop = () => {
    output.say('Interrupted: the pipeline is stopped, and what runs ends gracefully. Ctrl-C again leaves it at once.');
    patience(() => operator.stopPipeline(pipeline.id)).catch((error: unknown) => {
      output.say(`The pipeline could not be stopped: ${toReason(error).message}`);
    });
  };
  if (interrupted.aborted) stop();
  else interrupted.addEventListener('abort', stop, { once: true });
  try {
    const follow = followPipeline({
      operator,
      pipeline,
      output,
      clock,
      patience,
      onManual: createApproval({ operator, output, interrupted }),
    });
    const view = await (box.runner === null ? follow : Promise.race([follow, box.runner.failure]));
    if (interrupted.aborted) {
      const after = await operator.readArchitecture(architecture.id);
      const { backend } = code.settings;
      const isRemote = backend !== null && backend.type !== 'local';
      note(tellInterruption({ before: before.state, after: after.state, view, isRemote }));
    }
    return view;
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
};
