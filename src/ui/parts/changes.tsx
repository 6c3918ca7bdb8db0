import type { JobView } from '../../protocol/rest.ts';
import { toSize } from '../format.ts';

const Counts = ({ summary }: { summary: NonNullable<JobView['summary']> }) => {
  const counts: [number, string, string][] = [
    [summary.add, '+', 'to add'],
    [summary.change, '~', 'to change'],
    [summary.remove, '−', 'to destroy'],
    [summary.import, '→', 'to import'],
    [summary.outputs, '=', 'outputs change'],
  ];
  const isNothing = counts.every(([count]) => count === 0);
  if (isNothing) return <p>No changes.</p>;
  return (
    <ul class="counts">
      {counts.map(([count, sign, word]) => (
        <li key={word} class={count === 0 ? 'none' : ''}>
          <span class="number">
            {sign}
            {count}
          </span>{' '}
          {word}
        </li>
      ))}
    </ul>
  );
};

/** What the plan would change or the apply changed, what the code puts out, and the files that were kept. */
export const Changes = ({ job }: { job: JobView }) => {
  const outputs = Object.entries(job.outputs);
  if (job.summary === null && outputs.length === 0 && job.artifacts.length === 0) {
    return <p class="empty">Nothing yet: the summary and the outputs come when the job has planned or applied.</p>;
  }
  return (
    <div class="changes">
      {job.summary === null ? null : <Counts summary={job.summary} />}
      {outputs.length === 0 ? null : (
        <table>
          <caption>Outputs</caption>
          <tbody>
            {outputs.map(([name, { value, sensitive }]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {sensitive ? (
                    <em>sensitive, not shown</em>
                  ) : (
                    <code>{JSON.stringify(value, null, 2) ?? 'known after apply'}</code>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {job.artifacts.length === 0 ? null : (
        <table>
          <caption>Artifacts</caption>
          <tbody>
            {job.artifacts.map(({ name, kind, size, sha256 }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {kind}, {toSize(size)}, <code title={sha256}>{sha256.slice(0, 12)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
};
