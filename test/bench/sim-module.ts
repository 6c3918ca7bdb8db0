import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OBJECTS = 16;
const STEP_MS = 50;

/** An architecture of the simulated provider whose objects are finished one after another; and their names. */
export const writeSimModule = (directory: string, prefix: string): { module: string; names: string[] } => {
  const module = join(directory, prefix);
  mkdirSync(module);
  const names = Array.from({ length: OBJECTS }, (_, index) => `${prefix}-${index}`);
  const objects = names.map((name, index) => {
    const delayMs = STEP_MS * (index + 1);
    return `resource "sim_object" "o${index}" {\n  name     = "${name}"\n  content  = "x"\n  delay_ms = ${delayMs}\n}\n`;
  });
  const head = 'terraform {\n  required_providers {\n    sim = { source = "signalbox/sim" }\n  }\n}\n';
  writeFileSync(join(module, 'main.tf'), head + objects.join(''));
  return { module, names };
};

/** Names of the objects that a state holds; of none where it is not whole. */
export const readStateNames = (text: string): string[] => {
  let state: { resources?: { instances: { attributes: { name: string } }[] }[] };
  try {
    state = JSON.parse(text);
  } catch {
    return [];
  }
  return (state.resources ?? []).flatMap(({ instances }) => instances.map(({ attributes }) => attributes.name));
};
