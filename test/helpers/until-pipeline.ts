import type { PipelineView } from '../../src/protocol/rest.ts';

/** Looks at a pipeline until it is such; between two looks the control plane holds the call until something has changed. */
export const untilPipeline = async (
  get: (path: string) => Promise<PipelineView>,
  { id }: { id: string },
  isTrue: (view: PipelineView) => boolean,
): Promise<PipelineView> => {
  let view = await get(`/api/pipelines/${id}`);
  while (!isTrue(view)) view = await get(`/api/pipelines/${id}?after=${view.version}&waitMs=20000`);
  return view;
};
