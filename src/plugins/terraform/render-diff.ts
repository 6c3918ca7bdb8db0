import { ansi } from './ansi.ts';
import { isShownObject, renderValue, toKey, Veil, type Shown } from './render-value.ts';

const ADD = ansi.green('+');
const DROP = ansi.red('-');
const CHANGE = ansi.yellow('~');
const ARROW = ansi.yellow('->');
const GONE = ansi.grey('-> null');

const isSame = (a: Shown | undefined, b: Shown | undefined): boolean => {
  if (a instanceof Veil && b instanceof Veil) return a.text === b.text && a.identity === b.identity;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (isShownObject(a) && isShownObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
  }
  return a === b;
};
const isAbsent = (value: Shown | undefined): value is null | undefined => value === undefined || value === null;

/** Two texts of several lines: what they share at both ends is left out. */
const diffLines = (before: string, after: string, pad: string): string => {
  const [old, now] = [before.replace(/\n$/, '').split('\n'), after.replace(/\n$/, '').split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const hidden = (count: number) =>
    count > 0 ? [`${pad}    ${ansi.grey(`# (${count} unchanged lines hidden)`)}`] : [];
  return [
    '<<-EOT',
    ...hidden(head),
    ...old.slice(head, old.length - tail).map((line) => `${pad}  ${DROP} ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `${pad}  ${ADD} ${line}`),
    ...hidden(tail),
    `${pad}EOT`,
  ].join('\n');
};

/** `~ name = ` stands before it; `indent` is that of the line it begins on. */
const renderChanged = (before: Shown, after: Shown, indent: number): string => {
  const pad = ' '.repeat(indent);
  if (isShownObject(before) && isShownObject(after)) {
    return ['{', ...renderDiff(before, after, indent + 4), `${pad}}`].join('\n');
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return ['[', ...diffItems(before, after, indent + 4), `${pad}]`].join('\n');
  }
  if (typeof before === 'string' && typeof after === 'string' && `${before}${after}`.includes('\n')) {
    return diffLines(before, after, pad);
  }
  const one = before instanceof Veil && after instanceof Veil && before.text === after.text;
  return one ? before.text : `${renderValue(before, indent)} ${ARROW} ${renderValue(after, indent)}`;
};

/** An entry of an object or a list; `label` is `name = ` or empty, `end` what closes it. */
const renderEntry = (
  label: string,
  before: Shown | undefined,
  after: Shown | undefined,
  indent: number,
  end: string,
): string => {
  const pad = ' '.repeat(indent - 2);
  if (isAbsent(before)) return `${pad}${ADD} ${label}${renderValue(after ?? null, indent)}${end}`;
  if (isAbsent(after)) return `${pad}${DROP} ${label}${renderValue(before, indent)}${end || ` ${GONE}`}`;
  return `${pad}${CHANGE} ${label}${renderChanged(before, after, indent)}${end}`;
};

const toHidden = (count: number, noun: string, indent: number): string[] =>
  count === 0
    ? []
    : [`${' '.repeat(indent)}${ansi.grey(`# (${count} unchanged ${noun}${count > 1 ? 's' : ''} hidden)`)}`];

const diffItems = (before: readonly Shown[], after: readonly Shown[], indent: number): string[] => {
  const lines: string[] = [];
  let same = 0;
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    if (isSame(before[index], after[index])) same += 1;
    else lines.push(renderEntry('', before[index], after[index], indent, ','));
  }
  return [...lines, ...toHidden(same, 'element', indent)];
};

/** The attributes that differ, one entry each, at `indent`; unchanged ones are counted. */
export function renderDiff(before: Record<string, Shown>, after: Record<string, Shown>, indent: number): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const changed = keys.filter(
    (key) => !(isAbsent(before[key]) && isAbsent(after[key])) && !isSame(before[key], after[key]),
  );
  const width = Math.max(0, ...changed.map((key) => toKey(key).length));
  const lines = changed.map((key) =>
    renderEntry(`${toKey(key).padEnd(width)} = `, before[key], after[key], indent, ''),
  );
  const same = keys.filter((key) => !isAbsent(before[key]) && isSame(before[key], after[key])).length;
  return [...lines, ...toHidden(same, 'attribute', indent)];
}
