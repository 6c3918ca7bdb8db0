import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Tool } from '../../src/plugins/plugin.ts';

const SHOWN = { terraform: 'terraform', tofu: 'opentofu' } as const;

/** The first executable of this name: PATH, then the folders of tools for tests. Null: it is not on this machine. */
export const findProgram = (name: string): string | null => {
  const { PATH = '', SIGNALBOX_TOOLS } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  if (SIGNALBOX_TOOLS !== undefined) folders.push(join(SIGNALBOX_TOOLS, 'bin'));
  folders.push(join(homedir(), '.cache', 'signalbox-tools', 'bin'));
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const readVersion = (path: string): string => {
  const env = { PATH: process.env['PATH'] ?? '', CHECKPOINT_DISABLE: '1' };
  const { terraform_version } = JSON.parse(execFileSync(path, ['version', '-json'], { env, encoding: 'utf8' }));
  return String(terraform_version);
};

/** A real tool for tests; null where its binary is absent. */
export const findTool = (name: keyof typeof SHOWN): Tool | null => {
  const path = findProgram(name);
  return path === null ? null : { name, shown: SHOWN[name], path, version: readVersion(path) };
};

/** Both tools, for tables of tests; say why where one is skipped: `describe.skipIf(tool === null)`. */
export const TOOLS = (['terraform', 'tofu'] as const).map((name) => {
  const tool = findTool(name);
  return { name, tool, title: tool === null ? `${name} (skipped: its binary is not on this machine)` : name };
});
