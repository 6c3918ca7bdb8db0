import { SignalboxError } from '../protocol/errors.ts';
import { TRACE_VERSION, TraceEntry, type TraceEvent, type TraceHeader, type TraceMark } from '../protocol/trace.ts';

/** One runner process's part of a trace. */
export interface Life {
  header: TraceHeader;
  entries: (TraceEvent | TraceMark)[];
}

/** A trace's text → its lives. A torn last line is dropped; anything else that does not parse is `TRACE_UNREADABLE`. */
export const readTrace = (text: string, path: string): Life[] => {
  const lines = text.split('\n');
  lines.pop(); // what follows the last newline: nothing, or a line that was being written
  const lives: Life[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const fail = (problem: string) => new SignalboxError('TRACE_UNREADABLE', { path, line: index + 1, problem });
    const parsed = TraceEntry.safeParse(parseLine(line, fail));
    if (!parsed.success) throw fail('it is no entry of a trace');
    const entry = parsed.data;
    if (entry.kind === 'life') {
      if (entry.version > TRACE_VERSION)
        throw fail(`it has version ${entry.version}, and this program reads up to ${TRACE_VERSION}`);
      lives.push({ header: entry, entries: [] });
    } else {
      const life = lives.at(-1);
      if (!life) throw fail('it does not begin with the header of a life');
      life.entries.push(entry);
    }
  }
  return lives;
};

const parseLine = (line: string, fail: (problem: string) => SignalboxError): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    throw fail('it is not JSON');
  }
};
