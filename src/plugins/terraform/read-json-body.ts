import type { Block, Body } from './read-hcl.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const toList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Blocks that we look for, with the number of their labels; everything else counts as an attribute. */
const LABELS: Record<string, number> = { terraform: 0, module: 1, variable: 1, backend: 1, cloud: 0 };

const toBlocks = (type: string, value: unknown, labels: string[], missing: number): Block[] =>
  toList(value).flatMap((item) => {
    if (!isObject(item)) return [];
    if (missing === 0) return [{ type, labels, body: toBody(item) }];
    return Object.entries(item).flatMap(([label, inner]) => toBlocks(type, inner, [...labels, label], missing - 1));
  });

function toBody(object: Record<string, unknown>): Body {
  const body: Body = { attributes: {}, blocks: [] };
  for (const [key, value] of Object.entries(object)) {
    const labels = LABELS[key];
    if (labels !== undefined) body.blocks.push(...toBlocks(key, value, [], labels));
    else body.attributes[key] = typeof value === 'string' && !/[$%]\{/.test(value) ? value : null;
  }
  return body;
}

/** The JSON syntax of the same language; text that is no JSON has no blocks. */
export const readJsonBody = (text: string): Body => {
  try {
    const bodies = toList(JSON.parse(text)).filter(isObject).map(toBody);
    return { attributes: {}, blocks: bodies.flatMap(({ blocks }) => blocks) };
  } catch {
    return { attributes: {}, blocks: [] };
  }
};
