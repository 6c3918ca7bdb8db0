import type { Resolution } from '../../protocol/rest.ts';
import { Ago } from '../parts/elapsed.tsx';
import { toAddress, toPipelineRoute } from '../route.ts';

const WORDS: Record<Resolution['as'], string> = {
  accept: 'The state was accepted as it is',
  import: 'What the state lacks was handed to an import',
  push: 'A captured state was made the newest version',
  discard: 'It was discarded',
};

/** Who settled it, how and when; while an import still runs, that the block stands until it has succeeded. */
export const Resolved = ({ resolution, isOpen }: { resolution: Resolution; isOpen: boolean }) => (
  <p class="resolved" role="status">
    {WORDS[resolution.as]} by <strong>{resolution.by}</strong>, <Ago at={resolution.at} />.{' '}
    {resolution.reason === '' ? null : <q>{resolution.reason}</q>}{' '}
    {resolution.pipeline === null ? null : (
      <>
        <a href={toAddress(toPipelineRoute(resolution.pipeline))}>The pipeline that imports</a>
        {isOpen ? ' must succeed first; if it fails, settle it here again.' : ' has succeeded.'}
      </>
    )}
  </p>
);
