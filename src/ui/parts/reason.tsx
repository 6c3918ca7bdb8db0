import type { Reason } from '../../protocol/status.ts';

/** Why it ended so: the sentence, the hint, and the code to search for. */
export const ReasonBox = ({ reason, status }: { reason: Reason; status: string }) => (
  <div class={`reason reason-${status}`} role="note">
    <strong>{reason.message}</strong>
    {reason.hint === undefined ? null : <span>{reason.hint}</span>}
    <code>{reason.code}</code>
  </div>
);
