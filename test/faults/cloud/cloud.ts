import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createClock, type Clock } from '../../../src/io/clock.ts';

/** What a resource is, apart from its own settings of speed and failure. */
export interface CloudObject {
  id: string;
  name: string;
  content: string;
}

/** As the file holds it: with the settings, so that an import needs no update afterwards. Drift may leave them out. */
export interface StoredObject extends CloudObject {
  settings?: { delay_ms: number | null; fail: string | null; stop: string | null };
}

export interface Call {
  /** Epoch ms. */
  at: number;
  call: 'create' | 'update' | 'delete' | 'read';
  /** `done`: the cloud did it, whatever was answered. `failed` and `stopped`: nothing was changed. A read is only `done`. */
  moment: 'begun' | 'done' | 'failed' | 'stopped';
  id: string;
  name: string;
}

/** A cloud that outlives the provider: a directory, and the calls that were made to it in the order of their moments. */
export interface Cloud {
  /** The next `obj-0001`; never given twice, to several providers of one cloud neither. */
  reserveId(): string;
  read(id: string): StoredObject | null;
  write(object: StoredObject): void;
  remove(id: string): void;
  note(call: Omit<Call, 'at'>): void;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
};

export const createCloud = (dir: string, clock: Pick<Clock, 'now'> = createClock()): Cloud => {
  for (const folder of ['objects', 'ids']) mkdirSync(join(dir, folder), { recursive: true });
  const toPath = (id: string): string => join(dir, 'objects', `${id}.json`);
  let last = readdirSync(join(dir, 'ids')).length;

  return {
    reserveId() {
      for (;;) {
        const id = `obj-${String(++last).padStart(4, '0')}`;
        try {
          closeSync(openSync(join(dir, 'ids', id), 'wx'));
          return id;
        } catch (error) {
          if (!isCode(error, 'EEXIST')) throw error;
        }
      }
    },
    read(id) {
      const text = readText(toPath(id));
      return text === null ? null : JSON.parse(text);
    },
    write(object) {
      const path = toPath(object.id);
      writeFileSync(`${path}.new`, `${JSON.stringify(object)}\n`);
      renameSync(`${path}.new`, path);
    },
    remove: (id) => rmSync(toPath(id), { force: true }),
    note: (call) => appendFileSync(join(dir, 'calls.ndjson'), `${JSON.stringify({ at: clock.now(), ...call })}\n`),
  };
};

/** What there is, and what was done; for tests. A cloud that nobody has used yet is empty. */
export const readCloud = (dir: string): { objects: Record<string, CloudObject>; calls: Call[] } => {
  const texts = listObjects(dir).map((file) => readText(join(dir, 'objects', file)));
  // Removed since it was listed, which is no error.
  const stored: StoredObject[] = texts.filter((text) => text !== null).map((text) => JSON.parse(text));
  const lines = (readText(join(dir, 'calls.ndjson')) ?? '').split('\n').slice(0, -1);
  return {
    objects: Object.fromEntries(stored.map(({ id, name, content }) => [id, { id, name, content }])),
    calls: lines.map((line) => JSON.parse(line)),
  };
};

function listObjects(dir: string): string[] {
  try {
    return readdirSync(join(dir, 'objects')).filter((file) => file.endsWith('.json'));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}
