import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { ToolName } from './releases.ts';

/** What a binary says it is. */
export interface ToolVersion {
  name: ToolName;
  version: string;
}

/** Asks binaries for their version and remembers the answers: a call costs about 50 ms. */
export interface ToolVersions {
  /** Null: no such file, not to be run, or neither tool. */
  read(path: string): Promise<ToolVersion | null>;
  /** The same without remembering: for a file that will not stay where it is. */
  ask(path: string): Promise<ToolVersion | null>;
}

const Answer = z.object({
  name: z.enum(['terraform', 'tofu']),
  version: z.string(),
  mtimeMs: z.number(),
  size: z.number(),
});
type Answer = z.infer<typeof Answer>;
const Memory = z.object({ version: z.literal(1), tools: z.record(z.string(), Answer) });

const TIMEOUT_MS = 20_000;
/** Smaller files are wrappers that choose a binary by themselves: tomorrow's answer may be another one. */
const SMALLEST_TOOL_BYTES = 4 * 1024 ** 2;
const BUSY_TRIES = 40;
const BUSY_WAIT_MS = 25;

/** First line of `version`: unlike `version -json` it also tells the two tools apart. */
const FIRST_LINE = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+\S*)$/m;

/** With a clean environment, at the root of the disk: the host's settings and working directory must not speak. */
const runVersion = (path: string, environmentPath: string): Promise<{ text: string; isBusy: boolean }> =>
  new Promise((resolve) => {
    const env = { PATH: environmentPath, HOME: homedir(), CHECKPOINT_DISABLE: '1' };
    const end = (error: { code?: unknown } | null, text: string) =>
      resolve({ text: error === null ? text : '', isBusy: error?.code === 'ETXTBSY' });
    try {
      execFile(path, ['version'], { env, cwd: '/', timeout: TIMEOUT_MS }, end);
    } catch (error) {
      // Some refusals of the system are thrown at once, others arrive in the callback.
      end(error as NodeJS.ErrnoException, '');
    }
  });

const toToolVersion = (text: string): ToolVersion | null => {
  const match = FIRST_LINE.exec(text);
  return match === null ? null : { name: match[1] === 'Terraform' ? 'terraform' : 'tofu', version: match[2] ?? '' };
};

const readMemory = async (file: string): Promise<Map<string, Answer>> => {
  try {
    return new Map(Object.entries(Memory.parse(JSON.parse(await readFile(file, 'utf8'))).tools));
  } catch {
    return new Map();
  }
};

export const createToolVersions = (options: {
  cacheDir: string;
  environmentPath: string;
  clock: Clock;
}): ToolVersions => {
  const { cacheDir, environmentPath, clock } = options;
  const file = join(cacheDir, 'tool-versions.json');
  const asked = new Map<string, Promise<ToolVersion | null>>();
  let memory: Promise<Map<string, Answer>> | null = null;

  const ask = async (path: string): Promise<ToolVersion | null> => {
    for (let tries = 0; tries < BUSY_TRIES; tries += 1) {
      const { text, isBusy } = await runVersion(path, environmentPath);
      if (!isBusy) return toToolVersion(text);
      // Some child that is just starting still holds the file that was written a moment ago.
      await clock.wait(BUSY_WAIT_MS);
    }
    return null;
  };

  /** The file is a memory only: a write that fails, or that another process overtakes, costs one call later. */
  const remember = async (path: string, answer: Answer): Promise<void> => {
    const tools = await readMemory(file);
    tools.set(path, answer);
    const draft = `${file}.${process.pid}`;
    try {
      await mkdir(cacheDir, { recursive: true });
      await writeFile(draft, JSON.stringify({ version: 1, tools: Object.fromEntries(tools) }), { mode: 0o600 });
      await rename(draft, file);
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  };

  const look = async (path: string, mtimeMs: number, size: number): Promise<ToolVersion | null> => {
    memory ??= readMemory(file);
    const known = (await memory).get(path);
    if (known !== undefined && known.mtimeMs === mtimeMs && known.size === size) {
      return { name: known.name, version: known.version };
    }
    const found = await ask(path);
    if (found !== null && size >= SMALLEST_TOOL_BYTES) await remember(path, { ...found, mtimeMs, size });
    return found;
  };

  const read = async (path: string): Promise<ToolVersion | null> => {
    const { mtimeMs, size, isFile } = await stat(path).then(
      (found) => ({ mtimeMs: found.mtimeMs, size: found.size, isFile: found.isFile() }),
      () => ({ mtimeMs: 0, size: 0, isFile: false }),
    );
    if (!isFile) return null;
    const key = `${path} ${mtimeMs} ${size}`;
    const asking = asked.get(key) ?? look(path, mtimeMs, size);
    asked.set(key, asking);
    const found = await asking;
    if (found === null || size < SMALLEST_TOOL_BYTES) asked.delete(key);
    return found;
  };
  return { read, ask };
};
