import type { PipelineView } from '../../protocol/rest.ts';
import type { OperatorClient } from './operator-client.ts';

/** Where a person looks at a pipeline. */
export const toPageUrl = ({ url }: Pick<OperatorClient, 'url'>, { id }: Pick<PipelineView, 'id'>): string =>
  `${url}/pipelines/${id}`;
