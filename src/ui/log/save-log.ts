import { toLogPath } from '../live/api.ts';

/** Saves the whole log as a file: only a reply to a range is not cut to the size of one page of lines. */
export const saveLog = async (job: string, name: string): Promise<void> => {
  const reply = await fetch(toLogPath(job), { headers: { range: 'bytes=0-' } });
  if (!reply.ok && reply.status !== 416) throw new Error(`The log answered ${reply.status}.`);
  const address = URL.createObjectURL(reply.ok ? await reply.blob() : new Blob([]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};
