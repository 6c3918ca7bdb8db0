import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/traces/', import.meta.url);

/** Names of all recorded traces. */
export const TRACES: string[] = readdirSync(FOLDER).map((name) => name.replace('.ndjson', ''));
export const textOf = (name: string): string => readFileSync(new URL(`${name}.ndjson`, FOLDER), 'utf8');
/** Its lines, without what follows the last newline. */
export const linesOf = (name: string): string[] => textOf(name).split('\n').slice(0, -1);
export const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
