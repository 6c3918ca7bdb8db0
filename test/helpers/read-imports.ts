import { posix } from 'node:path';
import { isNode, type Source, toPlace, walk } from './sources.ts';

export interface Import {
  from: string;
  /** A path from the root of the repository, or the name of a package. */
  to: string;
  isPackage: boolean;
  /** Nothing of it is there when the program runs. */
  isType: boolean;
  place: string;
}

const isTypeOnly = (node: Record<string, unknown>): boolean => {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const names = node['specifiers'];
  return (
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => name.importKind === 'type' || name.exportKind === 'type')
  );
};

/** Everything that a source imports, re-exports, or names as `import('…')`. */
export const readImports = (source: Source): Import[] => {
  const found: Import[] = [];
  walk(source.program, (node) => {
    if (!/^(Import|Export(Named|All))Declaration$|^ImportExpression$|^TSImportType$/.test(node.type)) return;
    const target = node['source'] ?? node['argument'];
    if (!isNode(target) || typeof target['value'] !== 'string') return;
    const isPackage = !target['value'].startsWith('.');
    const to = isPackage ? target['value'] : posix.join(posix.dirname(source.path), target['value']);
    const isType = node.type === 'TSImportType' || isTypeOnly(node);
    found.push({ from: source.path, to, isPackage, isType, place: toPlace(source, node) });
  });
  return found;
};
