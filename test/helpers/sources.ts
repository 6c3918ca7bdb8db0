import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');

/** A part of the syntax tree, as the parser gives it (ESTree with TypeScript). */
export interface SyntaxNode {
  type: string;
  start: number;
  [key: string]: unknown;
}

export interface Source {
  /** From the root of the repository. */
  path: string;
  text: string;
  program: SyntaxNode;
}

/** Every file under `folder` (from the root of the repository) whose name ends so, its path from there. */
export const listFiles = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .toSorted();

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const parseSource = (path: string, text: string): Source => {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  return { path, text, program: program as unknown as SyntaxNode };
};

/** The TypeScript under a folder, parsed: for laws about code rather than about its comments. */
export const readSources = (folder: string): Source[] =>
  listFiles(folder, /\.tsx?$/).map((path) => parseSource(path, readText(path)));

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Calls `see` with every node under `node`, and the node around it. */
export const walk = (
  node: SyntaxNode,
  see: (node: SyntaxNode, parent: SyntaxNode | null) => void,
  parent: SyntaxNode | null = null,
): void => {
  see(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, see, node);
  }
};

/** `src/a/b.ts:12`, to click on. */
export const toPlace = ({ path, text }: Source, node: SyntaxNode): string =>
  `${path}:${text.slice(0, node.start).split('\n').length}`;
