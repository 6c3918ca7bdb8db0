import type { Logs } from '../context.ts';

const CHUNK_BYTES = 256 * 1024;

/** Bytes `from` to before `to` of an attempt's log, read as the caller takes them. */
export const streamLog = (
  logs: Logs,
  organisation: string,
  attempt: string,
  { from, to }: { from: number; to: number },
): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let next = from;
  return new ReadableStream({
    pull: async (controller) => {
      if (next >= to) return controller.close();
      const bytes = await logs.read(organisation, attempt, next, Math.min(CHUNK_BYTES, to - next));
      if (bytes.byteLength === 0) throw new Error(`the log of ${attempt} ends at ${next}, before ${to}`);
      next += bytes.byteLength;
      controller.enqueue(new Uint8Array(bytes));
      if (next >= to) controller.close();
    },
  });
};
