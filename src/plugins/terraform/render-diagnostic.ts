import { ansi } from './ansi.ts';
import type { Diagnostic } from './message.ts';

const WIDTH = 76;

/** Breaks long lines at spaces; indented lines stay as they are, as the tools do it. */
const wrap = (line: string): string[] => {
  if (line.startsWith(' ')) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
};

/** The snippet's code with the part at fault underlined. Offsets count bytes. */
const highlight = (code: string, start: number, end: number): string => {
  const bytes = new TextEncoder().encode(code);
  const text = (from: number, to?: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  const marked = text(start, end)
    .split('\n')
    .map((part) => (part === '' ? '' : ansi.underline(part)));
  return text(0, start) + marked.join('\n') + text(end);
};

const renderPlace = ({ address, range, snippet }: Diagnostic): string[] => {
  const lines: string[] = [];
  if (address !== undefined) lines.push(`  with ${address}${range ? ',' : ''}`);
  if (!range) return lines;
  const inside = snippet?.context ? `, in ${snippet.context}` : '';
  lines.push(`  on ${range.filename} line ${range.start.line}${inside}:`);
  if (!snippet) return [...lines, '  (source code not available)'];
  const code = highlight(snippet.code, snippet.highlight_start_offset, snippet.highlight_end_offset);
  for (const [index, line] of code.split('\n').entries()) {
    lines.push(`${String(snippet.start_line + index).padStart(4)}: ${line}`);
  }
  const values = snippet.values ?? [];
  if (values.length > 0) lines.push(`    ${ansi.grey(`├${'─'.repeat(16)}`)}`);
  for (const value of values) lines.push(`    ${ansi.grey('│')} ${ansi.bold(value.traversal)} ${value.statement}`);
  return lines;
};

/** The box that the tools draw around an error or a warning: place, snippet, and why. */
export const renderDiagnostic = (diagnostic: Diagnostic): string => {
  const error = diagnostic.severity === 'error';
  const paint = error ? ansi.red : ansi.yellow;
  const place = renderPlace(diagnostic);
  const detail = diagnostic.detail.trimEnd();
  const body = [
    ansi.bold(paint(error ? 'Error: ' : 'Warning: ')) + ansi.bold(diagnostic.summary),
    ...(place.length > 0 ? ['', ...place] : []),
    ...(detail === '' ? [] : ['', ...detail.split('\n').flatMap(wrap)]),
  ];
  return [paint('╷'), ...body.map((line) => `${paint('│')} ${line}`), paint('╵'), ''].join('\n');
};
