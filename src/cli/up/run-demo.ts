import { createClock } from '../../io/clock.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { ArchitectureView, PipelineView } from '../../protocol/rest.ts';
import { toPageUrl } from '../client/page-url.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { CommandContext } from '../command.ts';
import { withOwnTools } from '../compose/own-tools.ts';
import { followPipeline } from '../follow/follow-pipeline.ts';
import { createPatience } from '../follow/patience.ts';
import { startPipeline } from '../run/start-pipeline.ts';
import { withPacked } from '../run/with-packed.ts';
import type { ToolChoice } from '../tool-options.ts';
import { helloScript, helloTerraform } from './examples.ts';

const CONSTRAINT = '>= 1.4';

type DemoOptions = Pick<CommandContext, 'data' | 'env' | 'output' | 'interrupted'> & {
  operator: OperatorClient;
  tools: ToolChoice;
};

/** Imports the example that this host can run, runs its workflow, and shows it. */
export const runDemo = async (options: DemoOptions): Promise<PipelineView> => {
  const { operator, output } = options;
  const example = await chooseExample(options, await operator.findArchitecture('hello-terraform'));
  const known = await operator.findArchitecture(example.name);
  const architecture = known ?? (await operator.createArchitecture({ name: example.name, kind: example.kind }));
  const { directory, needsTerraform, workflow } = example;
  const pipeline = await withPacked(directory, { root: null, varFiles: [], needsTerraform }, (packed) =>
    startPipeline({ operator, architecture: architecture.id, packed, workflow }),
  );
  const clock = createClock();
  const patience = createPatience({ clock, tell: output.say, isHurried: () => options.interrupted.aborted });
  output.say(`Pipeline ${pipeline.number} of ${example.name}: ${toPageUrl(operator, pipeline)}`);
  return followPipeline({ operator, pipeline, output, clock, patience });
};

/** Terraform or OpenTofu, whichever is there; shell steps where neither can be had, and nothing else is called Terraform. */
const chooseExample = async (options: DemoOptions, known: ArchitectureView | null) => {
  const { output } = options;
  try {
    return await withOwnTools(options, async (tools) => {
      if (known === null || known.kind === 'script') {
        const { name } = await tools.findAny(CONSTRAINT);
        return helloTerraform(name === 'tofu' ? 'opentofu' : 'terraform');
      }
      await tools.find({ kind: known.kind, constraint: CONSTRAINT, architecture: known.name });
      return helloTerraform(known.kind);
    });
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    const message = `${error.message} ${error.hint} Until then, a pipeline of shell steps shows how it works.`;
    output.say(message);
    output.event({ type: 'note', level: 'warning', code: error.code, message });
    return helloScript();
  }
};
