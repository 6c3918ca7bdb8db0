import type { JobView } from '../../protocol/rest.ts';
import { approveJob, rejectJob } from '../live/api.ts';
import { useSignal } from '../preact.ts';
import { Act } from './act.tsx';

/** What a person decides, beside what they decide about. */
export const ApprovalBox = ({ job }: { job: JobView }) => {
  const comment = useSignal('');
  return (
    <div class="approval">
      <strong>{job.title} waits for approval.</strong>
      <label>
        Comment (may be empty)
        <input
          type="text"
          maxLength={1000}
          value={comment.value}
          onInput={(event) => (comment.value = event.currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <Act kind="primary" act={() => approveJob(job.id, comment.value)}>
          Approve {job.title}
        </Act>
        <Act act={() => rejectJob(job.id, comment.value)}>Reject {job.title}</Act>
      </div>
    </div>
  );
};
