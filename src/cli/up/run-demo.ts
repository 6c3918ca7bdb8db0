import { createClock } from '../../io/clock.ts';
import { createHttp } from '../../io/http.ts';
import { createTools } from '../../io/tools/tools.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Output } from '../command.ts';
import { startPipeline } from '../run/start-pipeline.ts';
import { toDownloadLine } from '../show/download-line.ts';
import { followPipeline } from '../show/follow-pipeline.ts';
import { helloScript, helloTerraform } from './examples.ts';

/** Imports the example that this host can run, runs its workflow, and shows it. */
export const runDemo = async (options: {
  operator: OperatorClient;
  output: Output;
  cacheDirectory: string;
  terraformPath: string | null;
  path: string;
  onStarted: (pipeline: PipelineView) => void;
}): Promise<PipelineView> => {
  const { operator, output } = options;
  const example = await chooseExample(options);
  const known = await operator.findArchitecture(example.name);
  const architecture = known ?? (await operator.createArchitecture({ name: example.name, kind: example.kind }));
  const pipeline = await startPipeline({ operator, architecture: architecture.id, ...example });
  options.onStarted(pipeline);
  output.say(`Pipeline ${pipeline.number} of ${example.name}: ${operator.url}/pipelines/${pipeline.id}`);
  return followPipeline({ operator, pipeline, output, clock: createClock() });
};

const chooseExample = async (options: Parameters<typeof runDemo>[0]) => {
  const { output } = options;
  const clock = createClock();
  const http = createHttp({ clock });
  try {
    const tools = createTools({
      cacheDir: options.cacheDirectory,
      path: options.terraformPath,
      environmentPath: options.path,
      http,
      clock,
      onProgress: (progress) => output.progress(toDownloadLine(progress)),
    });
    const tool = await tools.findAny('>= 1.4');
    return helloTerraform(tool.name === 'tofu' ? 'opentofu' : 'terraform');
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    output.progress(null);
    output.say(`${error.message} ${error.hint} Until then, here is a pipeline of shell steps.`);
    output.event({ type: 'note', level: 'warning', code: error.code, message: error.message });
    return helloScript();
  } finally {
    output.progress(null);
    await http.close();
  }
};
