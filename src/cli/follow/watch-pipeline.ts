import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import type { Patience } from './patience.ts';

/** The newest view of a pipeline, from its start to its end. */
export interface PipelineWatch {
  view(): PipelineView;
  /** Resolves with the first view of which it is true, or with the last one. */
  until(isTrue: (view: PipelineView) => boolean): Promise<PipelineView>;
  /** Settles when the pipeline is over, or cannot be read. */
  over: Promise<PipelineView>;
}

const HOLD_MS = 20_000;

/** Reads a pipeline whenever it has changed; `onChange` hears of each view, the first one too. */
export const watchPipeline = (options: {
  operator: Pick<OperatorClient, 'readPipeline'>;
  pipeline: PipelineView;
  patience: Patience;
  onChange: (view: PipelineView) => void;
}): PipelineWatch => {
  const { operator, patience, onChange } = options;
  let view = options.pipeline;
  const waiting = new Set<() => void>();

  const watch = async (): Promise<PipelineView> => {
    onChange(view);
    while (view.finishedAt === null) {
      view = await patience(() => operator.readPipeline(view.id, view.version, HOLD_MS));
      onChange(view);
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    }
    return view;
  };
  return {
    view: () => view,
    until: async (isTrue) => {
      while (!isTrue(view) && view.finishedAt === null) await new Promise<void>((resolve) => waiting.add(resolve));
      return view;
    },
    over: watch(),
  };
};
