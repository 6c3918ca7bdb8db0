/**
 * Records traces of real jobs, on a real control plane with real runners, into `test/fixtures/traces`. Takes names of recordings,
 * none of them means all; a recorded trace is part of what every later version must read, so that it is never made again.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toSentence } from '../src/trace/divergence.ts';
import { readTrace } from '../src/trace/read.ts';
import { replayTrace } from '../src/trace/replay-trace.ts';
import { RECIPES } from './traces/recipes.ts';

const FOLDER = join(import.meta.dirname, '..', 'test', 'fixtures', 'traces');
/** Nothing of the host that it was made on, and no token. */
const FORBIDDEN = [/sbx_[a-z]+_/, /"\/root/, /"\/home/, new RegExp(join(import.meta.dirname, '..')), /PRIVATE KEY/];

// The runners have no other environment than this, so that no trace tells of the host's.
for (const name of Object.keys(process.env)) if (!['PATH', 'HOME'].includes(name)) delete process.env[name];
process.env['PATH'] = '/usr/local/bin:/usr/bin:/bin';

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(RECIPES)) {
  const recipe = RECIPES[name];
  if (!recipe) throw new Error(`There is no recording \`${name}\`: there are ${Object.keys(RECIPES).join(', ')}.`);
  const path = join(FOLDER, `${name}.ndjson`);
  if (existsSync(path)) {
    console.log(`${name}: recorded before`);
    continue;
  }
  try {
    const text = await recipe();
    const { divergence, end, lives } = replayTrace(readTrace(text, name));
    if (divergence) throw new Error(toSentence(divergence));
    const found = FORBIDDEN.find((pattern) => pattern.test(text));
    if (found) throw new Error(`It holds ${found.source}.`);
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path, text);
    console.log(`${name}: ${text.split('\n').length - 1} entries, ${lives.length} lives, ${end}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`${name}: not recorded: ${error instanceof Error ? error.message : String(error)}`);
  }
}
