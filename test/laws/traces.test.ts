import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MACHINES } from '../../src/machines/catalog.ts';
import { MACHINE_VERSIONS } from '../../src/machines/versions.ts';
import { readImports } from '../helpers/read-imports.ts';
import { readSources } from '../helpers/sources.ts';

/** What reading and replaying a trace may be made of. Of Node.js digests alone: no files, no processes, no network. */
const MAY_IMPORT = [/^src\/(trace|machines|protocol)\//, /^(xstate|xstate\/graph|zod)$/, /^node:crypto$/];

it('nothing that a trace is replayed with can run anything: it imports no actor, no door and no part of Node.js but digests', () => {
  const imports = readSources('src').flatMap(readImports);
  const reached = new Set<string>();
  const wrong: string[] = [];
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { to, isType, isPackage, place } of imports.filter(({ from }) => from === file)) {
      if (isType) continue;
      if (!MAY_IMPORT.some((pattern) => pattern.test(to))) wrong.push(`${place} imports ${to}`);
      else if (!isPackage) visit(to);
    }
  };
  for (const file of readdirSync('src/trace', { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts')) visit(`src/trace/${file}`);
  }
  expect(wrong).toEqual([]);
  // It did look: from the trace one comes to every machine.
  expect([...reached]).toEqual(expect.arrayContaining(['src/machines/job.machine.ts', 'src/machines/step.machine.ts']));
});

it('every machine has a version of its own, a whole number', () => {
  for (const machine of Object.values(MACHINES)) expect(machine.version).toMatch(/^[1-9]\d*$/);
});

it('the header of a trace names the version of every machine that can stand in it', () => {
  expect(Object.keys(MACHINE_VERSIONS).toSorted()).toEqual(['delivery', 'job', 'lease', 'step']);
  for (const [name, version] of Object.entries(MACHINE_VERSIONS)) expect(version).toBe(MACHINES[name]?.version);
});
