import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';

/** How far back a number is looked for. */
const MAX_LISTED = 200;

/** The pipeline that is named: by its id, or as `architecture/number`. Throws `ARCHITECTURE_UNKNOWN`, `NOT_FOUND`. */
export const findPipeline = async (operator: OperatorClient, named: string): Promise<PipelineView> => {
  const [, name, number] = /^(.+)\/(\d{1,9})$/.exec(named) ?? [];
  if (name === undefined) return operator.readPipeline(encodeURIComponent(named), 0, 0);
  const architecture = await operator.findArchitecture(name);
  if (architecture === null) throw new SignalboxError('ARCHITECTURE_UNKNOWN', { name });
  const pipelines = await operator.listPipelines(MAX_LISTED, architecture.id);
  const found = pipelines.find((pipeline) => pipeline.number === Number(number));
  if (!found) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id: named });
  return operator.readPipeline(found.id, 0, 0);
};
