import type { EvidenceView } from '../../protocol/rest.ts';
import { Copy } from '../parts/copy.tsx';
import { Ago } from '../parts/elapsed.tsx';
import { toStateWords } from './to-state-words.ts';

type Of<K extends keyof EvidenceView> = { of: EvidenceView[K] };

const Id = ({ id }: { id: string | null }) => (id === null ? <em>no id is known</em> : <code>{id}</code>);

const InFlight = ({ of }: Of<'inFlight'>) => (
  <table>
    <caption>In flight: begun, and no end was told</caption>
    <tbody>
      {of.map(({ address, action, id, at }) => (
        <tr key={`${address} ${at}`}>
          <th scope="row">
            <code>{address}</code>
          </th>
          <td>
            {action}, begun <Ago at={at} />
          </td>
          <td>
            <Id id={id} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Unrecorded = ({ of, importBlocks }: Of<'unrecorded'> & { importBlocks: string }) => (
  <>
    <table>
      <caption>Created, and not in the state</caption>
      <tbody>
        {of.map(({ address, id }) => (
          <tr key={address}>
            <th scope="row">
              <code>{address}</code>
            </th>
            <td>
              <Id id={id} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {importBlocks === '' ? null : <Copy text={importBlocks} of="import blocks" />}
  </>
);

const Captured = ({ of }: Of<'captured'>) => (
  <table>
    <caption>Captured: it came too late or did not fit, and was kept</caption>
    <tbody>
      {of.map(({ id, kind, head, refused, at }) => (
        <tr key={id}>
          <th scope="row" title={id}>
            {kind}
          </th>
          <td>
            {head === null ? '' : `${toStateWords(head)}, `}
            <Ago at={at} />
          </td>
          <td>{refused}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const State = ({ of: { before, after } }: Of<'state'>) => {
  const title = [before, after].map((head) => head?.sha256 ?? 'none').join(' → ');
  const isSame = before?.sha256 === after?.sha256 && before?.serial === after?.serial;
  const words = isSame
    ? `${toStateWords(after)}, as before it began`
    : `${toStateWords(before)} → ${toStateWords(after)}`;
  return <dd title={title}>{words}</dd>;
};

const Lock = ({ of }: Of<'lock'>) =>
  of === null ? (
    <dd>nobody holds it</dd>
  ) : (
    <dd title={`${of.job}, fence ${of.fence}`}>
      held for {of.runner.name} since <Ago at={of.since} />, fence {of.fence}
    </dd>
  );

/** What is known, most telling first. A list that has nothing to say says so in one line. */
export const EvidenceFacts = ({ evidence }: { evidence: EvidenceView }) => (
  <>
    <dl class="facts">
      <dt>State</dt>
      <State of={evidence.state} />
      <dt>Lock</dt>
      <Lock of={evidence.lock} />
      <dt>Attempt</dt>
      <dd>{evidence.attempt.slice(evidence.attempt.lastIndexOf('.') + 1)}</dd>
    </dl>
    {evidence.inFlight.length === 0 ? <p>Nothing was in flight.</p> : <InFlight of={evidence.inFlight} />}
    {evidence.unrecorded.length === 0 ? (
      <p>All that was created is in the state.</p>
    ) : (
      <Unrecorded of={evidence.unrecorded} importBlocks={evidence.importBlocks} />
    )}
    {evidence.captured.length === 0 ? null : <Captured of={evidence.captured} />}
  </>
);
