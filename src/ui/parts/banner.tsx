import { connection } from '../live/watch.ts';

/** One line above everything while the control plane does not answer; what is shown stays. */
export const Banner = () => {
  if (connection.value === 'ok') return null;
  return (
    <div class={`banner banner-${connection.value}`} role="status">
      {connection.value === 'lost' ? (
        'Connection lost, retrying. What you see may be out of date.'
      ) : (
        <>
          This browser is not signed in. Open the link that <code>signalbox up</code> prints, or make a new one with{' '}
          <code>signalbox token link</code>.
        </>
      )}
    </div>
  );
};
