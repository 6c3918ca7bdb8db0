import { isNode, type Source, type SyntaxNode, toPlace, walk } from './sources.ts';

export interface Use {
  name: string;
  place: string;
}

const MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'Temporal.Now',
  'AbortSignal.timeout',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]);
const GLOBALS = new Set(
  ['Timeout', 'Interval', 'Immediate']
    .flatMap((kind) => [`set${kind}`, `clear${kind}`])
    .concat('requestAnimationFrame'),
);
const MODULES = new Set(['node:timers', 'node:timers/promises', 'nanoid']);
/** Names of modules that are otherwise harmless. */
const NAMES: Record<string, RegExp> = {
  'node:crypto': /^(random\w*|getRandomValues|webcrypto)$/,
  'node:os': /^uptime$/,
  'node:perf_hooks': /^performance$/,
  'node:process': /^(hrtime|uptime)$/,
};
const SQL_CLOCK =
  /\b(now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid)\s*\(|\b(current_(timestamp|date|time)|localtime(stamp)?)\b/i;

const nameOf = (value: unknown): string => (isNode(value) && typeof value['name'] === 'string' ? value['name'] : '');

const readImported = (node: SyntaxNode): string[] => {
  const { source, importKind, specifiers } = node;
  if (importKind === 'type' || !isNode(source)) return [];
  const module = String(source['value']);
  if (MODULES.has(module)) return [module];
  const names = (specifiers as SyntaxNode[])
    .filter((specifier) => specifier['importKind'] !== 'type')
    .map((specifier) => nameOf(specifier['imported']));
  return names.filter((name) => NAMES[module]?.test(name));
};

const isOwnName = (node: SyntaxNode, parent: SyntaxNode | null): boolean => {
  if (!parent) return false;
  if (parent.type === 'MemberExpression' && parent['property'] === node && !parent['computed'])
    return nameOf(parent['object']) !== 'globalThis' && nameOf(parent['object']) !== 'window';
  if (parent['key'] === node && !parent['computed']) return parent['shorthand'] !== true;
  return /^(ImportSpecifier|ExportSpecifier|TS\w+)$/.test(parent.type);
};

/** What a node uses of the host's time and chance. Methods of the same name on our own doors are none. */
const readUse = (node: SyntaxNode, parent: SyntaxNode | null): string[] => {
  switch (node.type) {
    case 'ImportDeclaration':
      return readImported(node);
    case 'MemberExpression':
      return [`${nameOf(node['object'])}.${nameOf(node['property'])}`].filter((name) => MEMBERS.has(name));
    case 'NewExpression':
    case 'CallExpression': {
      const isPresent =
        nameOf(node['callee']) === 'Date' &&
        (node.type === 'CallExpression' || (node['arguments'] as unknown[]).length === 0);
      return isPresent ? ['new Date()'] : [];
    }
    case 'Identifier':
      return GLOBALS.has(nameOf(node)) && !isOwnName(node, parent) ? [nameOf(node)] : [];
    default:
      return [];
  }
};

export const findClockAndChance = (source: Source): Use[] => {
  const found: Use[] = [];
  walk(source.program, (node, parent) => {
    for (const name of readUse(node, parent)) found.push({ name, place: toPlace(source, node) });
  });
  return found;
};

/** Functions of the database that tell its own time or throw its own dice, in any text of a source. */
export const findSqlClock = (source: Source): Use[] => {
  const found: Use[] = [];
  walk(source.program, (node) => {
    const { value } = node;
    const raw = typeof value === 'object' && value !== null && 'raw' in value ? value.raw : value;
    const text = node.type === 'TemplateElement' || node.type === 'Literal' ? raw : null;
    const match = typeof text === 'string' ? SQL_CLOCK.exec(text) : null;
    if (match) found.push({ name: match[0], place: toPlace(source, node) });
  });
  return found;
};
