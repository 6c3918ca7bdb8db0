/** `text` of a string is null where it is a template. `other` is any character that we do not care about. */
export interface Token {
  kind: 'word' | 'string' | 'newline' | '{' | '}' | '[' | ']' | '(' | ')' | '=' | 'other';
  text: string | null;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const isMark = (char: string): char is '{' | '}' | '[' | ']' | '(' | ')' => '{}[]()'.includes(char);

/** From behind `${` or `%{` to behind its closing brace; strings inside may hold braces and templates of their own. */
const skipTemplate = (text: string, start: number): number => {
  let depth = 1;
  let at = start;
  while (at < text.length && depth > 0) {
    const char = text[at];
    if (char === '"') at = readString(text, at + 1).end;
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  return at;
};

/** From behind the opening quote to behind the closing one; an unclosed string ends with its line. */
function readString(text: string, start: number): { value: string | null; end: number } {
  let value: string | null = '';
  let at = start;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') {
    const char = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (text.startsWith('$${', at) || text.startsWith('%%{', at)) {
      if (value !== null) value += text.slice(at + 1, at + 3);
      at += 3;
    } else if (two === '${' || two === '%{') {
      value = null;
      at = skipTemplate(text, at + 2);
    } else if (char === '\\') {
      const escaped: string = text[at + 1] ?? '';
      if (value !== null) value += ESCAPES[escaped] ?? `\\${escaped}`;
      at += 2;
    } else {
      if (value !== null) value += char;
      at += 1;
    }
  }
  return { value, end: at + (text[at] === '"' ? 1 : 0) };
}

/** The end of a heredoc that begins at `start`; null: there is none. */
const skipHeredoc = (text: string, start: number): number | null => {
  const opening = /^<<-?([\p{L}_][\p{L}\p{N}_-]*)[^\S\n]*\n/u.exec(text.slice(start, start + 300));
  if (!opening) return null;
  let at = start + opening[0].length;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end);
    // The line break behind the mark ends the expression, too.
    if (line.trim() === opening[1]) return at + line.length;
    if (end < 0) break;
    at = end + 1;
  }
  return text.length;
};

const WORD = /[\p{L}_][\p{L}\p{N}_-]*/uy;

/** HCL text → tokens, without comments. */
export const tokenizeHcl = (text: string): Token[] => {
  const tokens: Token[] = [];
  const push = (kind: Token['kind'], value: string | null = null) => tokens.push({ kind, text: value });
  let at = 0;
  const to = (mark: string, from: number, behind: number): number => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found + behind;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    const heredoc = char === '<' ? skipHeredoc(text, at) : null;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (char === '#' || text.startsWith('//', at)) at = to('\n', at, 0);
    else if (text.startsWith('/*', at)) at = to('*/', at + 2, 2);
    else if (char === '"') {
      const { value, end } = readString(text, at + 1);
      push('string', value);
      at = end;
    } else if (heredoc !== null) {
      push('string');
      at = heredoc;
    } else if (word !== undefined) {
      push('word', word);
      at += word.length;
    } else {
      if (char === '\n') push('newline');
      else if (isMark(char)) push(char);
      else if (char === '=' && !/[=>]/.test(text[at + 1] ?? '') && !/[=!<>]/.test(text[at - 1] ?? '')) push('=');
      else if (char.trim() !== '') push('other', char);
      at += 1;
    }
  }
  return tokens;
};
