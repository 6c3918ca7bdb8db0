import { createHash } from 'node:crypto';
import * as z from 'zod';
import { SignalboxError } from '../protocol/errors.ts';
import { TRACE_VERSION, TraceEntry, type TraceEvent, type TraceHeader, type TraceMark } from '../protocol/trace.ts';

/** One runner process's part of a trace. */
export interface Life {
  header: TraceHeader;
  entries: (TraceEvent | TraceMark)[];
  /** The digest in its `sealed` mark, null where that has none, and the one of the bytes before it; null: not sealed. */
  seal: { told: string | null; found: string } | null;
}

const AnyHeader = z.looseObject({ kind: z.literal('life'), version: z.number().int() });
const Sealed = z.object({ sha256: z.string() });

/**
 * A trace's text → its lives. A torn last line is dropped; a format from the future is `TRACE_TOO_NEW`, anything else that does not
 * parse `TRACE_UNREADABLE`.
 */
export const readTrace = (text: string, path: string): Life[] => {
  const lines = text.split('\n');
  lines.pop(); // what follows the last newline: nothing, or a line that was being written
  const lives: Life[] = [];
  let at = 0;
  for (const [index, line] of lines.entries()) {
    const fail = (problem: string) => new SignalboxError('TRACE_UNREADABLE', { path, line: index + 1, problem });
    const entry = readEntry(line, path, fail);
    if (entry.kind === 'life') {
      lives.push({ header: entry, entries: [], seal: null });
    } else {
      const life = lives.at(-1);
      if (!life) throw fail('it does not begin with the header of a life');
      life.entries.push(entry);
      if (entry.kind === 'mark' && entry.mark === 'sealed') {
        const told = Sealed.safeParse(entry.data).data?.sha256 ?? null;
        life.seal = { told, found: createHash('sha256').update(text.slice(0, at)).digest('hex') };
      }
    }
    at += line.length + 1;
  }
  return lives;
};

const readEntry = (line: string, path: string, fail: (problem: string) => SignalboxError): TraceEntry => {
  const value = parseLine(line, fail);
  const header = AnyHeader.safeParse(value);
  if (header.success && header.data.version > TRACE_VERSION) {
    throw new SignalboxError('TRACE_TOO_NEW', { path, version: header.data.version, known: TRACE_VERSION });
  }
  const parsed = TraceEntry.safeParse(value);
  if (!parsed.success) throw fail('it is no entry of a trace');
  return parsed.data;
};

const parseLine = (line: string, fail: (problem: string) => SignalboxError): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    throw fail('it is not JSON');
  }
};
