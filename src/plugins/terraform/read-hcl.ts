import { tokenizeHcl, type Token } from './tokenize-hcl.ts';

export interface Block {
  type: string;
  labels: string[];
  body: Body;
}
/** An attribute is its text where it is one plain string, else null: an expression that we do not evaluate. */
export interface Body {
  attributes: Record<string, string | null>;
  blocks: Block[];
}

const OPENING = new Set(['{', '[', '(']);
const CLOSING = new Set(['}', ']', ')']);

/** HCL text → its blocks and attributes. Tolerant: an unclosed block ends with the file, a stray token is passed over. */
export const readHcl = (text: string): Body => {
  const tokens = tokenizeHcl(text);
  let position = 0;

  /** The tokens of an expression, to the end of its line outside all brackets. */
  const readExpression = (): string | null => {
    const parts: Token[] = [];
    let depth = 0;
    for (; position < tokens.length; position += 1) {
      const token = tokens[position];
      if (!token || (depth === 0 && (token.kind === 'newline' || token.kind === '}'))) break;
      if (OPENING.has(token.kind)) depth += 1;
      else if (CLOSING.has(token.kind)) depth -= 1;
      if (token.kind !== 'newline') parts.push(token);
    }
    const [only] = parts;
    return parts.length === 1 && only?.kind === 'string' ? only.text : null;
  };

  const readBody = (): Body => {
    const body: Body = { attributes: {}, blocks: [] };
    while (position < tokens.length) {
      const token = tokens[position];
      position += 1;
      if (!token || token.kind === '}') break;
      if (token.kind !== 'word') continue;
      const labels: string[] = [];
      let next = tokens[position];
      while (next && (next.kind === 'word' || next.kind === 'string')) {
        labels.push(next.text ?? '');
        position += 1;
        next = tokens[position];
      }
      if (next?.kind === '{') {
        position += 1;
        body.blocks.push({ type: token.text ?? '', labels, body: readBody() });
      } else if (next?.kind === '=' && labels.length === 0) {
        position += 1;
        body.attributes[token.text ?? ''] = readExpression();
      }
    }
    return body;
  };

  const whole: Body = { attributes: {}, blocks: [] };
  // A stray closing brace ends a body early; reading goes on behind it.
  while (position < tokens.length) {
    const { attributes, blocks } = readBody();
    Object.assign(whole.attributes, attributes);
    whole.blocks.push(...blocks);
  }
  return whole;
};
