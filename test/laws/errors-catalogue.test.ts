import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/protocol/catalogue.ts';
import { isNode, readSources, readText, type Source, type SyntaxNode, toPlace, walk } from '../helpers/sources.ts';

const CODES = Object.entries(CATALOGUE);
const sources = readSources('src').filter(({ path }) => !path.startsWith('src/protocol/catalogue'));
const placeholdersOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

interface Making {
  source: Source;
  node: SyntaxNode;
  code: keyof typeof CATALOGUE;
  /** Null: only known when the program runs. */
  details: string[] | null;
}

const readDetails = (node: unknown): string[] | null => {
  if (node === undefined) return [];
  if (!isNode(node) || node.type !== 'ObjectExpression') return null;
  const keys = (node['properties'] as SyntaxNode[]).map(({ type, key }) =>
    type === 'Property' && isNode(key) ? String(key['name'] ?? key['value']) : null,
  );
  return keys.every((key) => key !== null) ? keys : null;
};

/** Every `new SignalboxError('CODE', {…})` of a source. */
const findMakings = (source: Source): Making[] => {
  const found: Making[] = [];
  walk(source.program, (node) => {
    if (node.type !== 'NewExpression' || !isNode(node['callee']) || node['callee']['name'] !== 'SignalboxError') return;
    const [first, second] = node['arguments'] as SyntaxNode[];
    const code = String(first?.['value'] ?? '');
    if (code in CATALOGUE)
      found.push({ source, node, code: code as keyof typeof CATALOGUE, details: readDetails(second) });
  });
  return found;
};

describe('the catalogue of errors', () => {
  const page = readText('docs/errors.md');

  it('is told in full by docs/errors.md: run `npm run docs`', async () => {
    const { toErrorsPage } = await import('../../scripts/docs/to-errors-page.ts');
    expect(page).toBe(toErrorsPage());
  });

  it('has a row in docs/errors.md for each code, and no other rows', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code ?? '');
    expect(rows.toSorted()).toEqual(CODES.map(([code]) => code).toSorted());
    expect(page).toContain(`${rows.length} codes`);
  });

  it('has no code that nothing uses', () => {
    const used = new Set<unknown>();
    for (const { program } of sources)
      walk(program, (node) => {
        if (node.type === 'Literal') used.add(node['value']);
      });
    expect(CODES.map(([code]) => code).filter((code) => !used.has(code))).toEqual([]);
  });

  it('gives every placeholder of a sentence and a hint where the error is made', () => {
    const makings = sources.flatMap(findMakings);
    expect(makings.length).toBeGreaterThan(50);
    const wrong = makings.flatMap(({ source, node, code, details }) => {
      const { sentence, hint } = CATALOGUE[code];
      const missing = placeholdersOf(sentence + hint).filter((name) => details !== null && !details.includes(name));
      return missing.map((name) => `${toPlace(source, node)} makes ${code} without ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('every code', () => {
  /** The codes whose texts break a rule. */
  const breaking = (holds: (text: string) => boolean): string[] =>
    CODES.filter(([, { sentence, hint }]) => ![sentence, hint].every(holds)).map(([code]) => code);

  it('is AREA_PROBLEM in capitals', () => {
    expect(CODES.map(([code]) => code).filter((code) => !/^[A-Z]+(_[A-Z]+)*$/.test(code))).toEqual([]);
  });

  it('says what happened and what to do in whole sentences', () => {
    expect(breaking((text) => /^[A-Z`{][^]*\.$/.test(text))).toEqual([]);
  });

  it('is calm, and stays on one line', () => {
    expect(breaking((text) => !/\s{2}|\n|!/.test(text))).toEqual([]);
  });

  it('has placeholders that are plain names in closed braces', () => {
    expect(breaking((text) => !/[{}]/.test(text.replace(/\{[a-z]\w*\}/g, '')))).toEqual([]);
  });

  it('travels under the status of an error, and ends a command with 1 or 2', () => {
    const wrong = CODES.filter(([, { http, exit }]) => http < 400 || http > 599 || ![1, 2].includes(exit));
    expect(wrong.map(([code]) => code)).toEqual([]);
  });
});
