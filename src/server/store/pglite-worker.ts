import { closeSync, existsSync, fdatasyncSync, fsyncSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * The thread in which PGlite lives. It answers the bytes of the PostgreSQL protocol with bytes (pglite-stream.ts is the
 * other end), one message for each batch: everything else is the client's affair.
 */
export interface WorkerInput {
  /** Null: in memory. */
  directory: string | null;
  /** A tar (or tar.gz) of a fresh database, which spares the two seconds of initdb. */
  template: string | null;
  /** Counts what was synced to disk, for the test that every commit is. */
  syncs: SharedArrayBuffer;
}
export type FromWorker = Uint8Array<ArrayBuffer> | { ready: true } | { failed: string } | { template: Uint8Array };
export type ToWorker = Uint8Array<ArrayBuffer> | 'close' | 'make template';

/** What of emscripten's file layer is touched: `fsync` is looked up at every `fd_sync`, and is not there by default. */
interface NodeFsLayer {
  stream_ops: { fsync?: (stream: { nfd?: number; node: unknown }) => number };
  realPath(node: unknown): string;
}

const { directory, template, syncs } = workerData as WorkerInput;
const port = parentPort!;
const counter = new Int32Array(syncs);

const syncDirectory = (path: string): void => {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
};

/** PGlite's own file layer never syncs. PostgreSQL asks for files and, after a rename, for their directory. */
class DurableNodeFS extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(...args);
    made.emscriptenOpts.preRun = [
      ...(made.emscriptenOpts.preRun ?? []),
      (module) => {
        const layer = module.NODEFS as unknown as NodeFsLayer;
        layer.stream_ops.fsync = (stream) => {
          if (stream.nfd === undefined) syncDirectory(layer.realPath(stream.node));
          else fdatasyncSync(stream.nfd);
          Atomics.add(counter, 0, 1);
          return 0;
        };
      },
    ];
    // PostgreSQL ends itself where it cannot go on (no room for its log); the engine would then spin for ever.
    made.emscriptenOpts.onAbort = () => process.exit(1);
    return made;
  }
}

/** PGlite's defaults; `--single` must be the first. In memory there is nothing to sync (`-F`). */
const settings = [
  'search_path=public',
  'exit_on_error=false',
  'log_checkpoints=false',
  'max_worker_processes=0',
  'max_parallel_workers=0',
  'max_parallel_workers_per_gather=0',
  'max_parallel_maintenance_workers=0',
  'io_method=sync',
  'shared_buffers=16MB',
];
// fdatasync is not implemented there, so that the WAL must go through the `fsync` above.
const durable = ['fsync=on', 'full_page_writes=on', 'wal_sync_method=fsync'];
const startParams = [
  ...['--single', '-O', '-j'].concat(directory === null ? '-F' : []),
  ...settings.concat(directory === null ? [] : durable).flatMap((setting) => ['-c', setting]),
];

const readTemplate = (path: string): Blob => {
  const bytes = readFileSync(path);
  return new Blob([path.endsWith('.gz') ? gunzipSync(bytes) : bytes]);
};

/** initdb's result was copied into place without a sync. (A template needs recovery, which syncs everything itself.) */
const syncTree = (path: string): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(path, entry.name));
    else if (entry.isFile()) syncDirectory(join(path, entry.name));
  }
  syncDirectory(path);
};

const open = async (): Promise<PGlite> => {
  const isNew = directory === null || !existsSync(join(directory, 'PG_VERSION'));
  const database = await PGlite.create({
    startParams,
    ...(directory === null ? { dataDir: 'memory://' } : { fs: new DurableNodeFS(directory) }),
    ...(isNew && template !== null ? { loadDataDir: readTemplate(template) } : {}),
  });
  if (isNew && directory !== null && template === null) syncTree(directory);
  return database;
};

const answer = async (database: PGlite, request: Uint8Array): Promise<void> => {
  const chunks: Uint8Array[] = [];
  // The chunk is a view of the engine's memory.
  await database.execProtocolRawStream(request, { syncToFs: false, onRawData: (chunk) => chunks.push(chunk.slice()) });
  // Not `Buffer.concat`, whose result is a view of a shared buffer: a message holds the whole of it.
  const reply: FromWorker = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    reply.set(chunk, at);
    at += chunk.length;
  }
  port.postMessage(reply, [reply.buffer]);
};

const makeTemplate = async (database: PGlite): Promise<void> => {
  await database.exec('checkpoint');
  const tar = await database.dumpDataDir('none');
  port.postMessage({ template: await tar.bytes() } satisfies FromWorker);
};

try {
  const database = await open();
  port.on('message', (message: ToWorker) => {
    if (message === 'close') void database.close().finally(() => port.close());
    else if (message === 'make template') void makeTemplate(database);
    else void answer(database, message);
  });
  port.postMessage({ ready: true } satisfies FromWorker);
} catch (error) {
  port.postMessage({ failed: error instanceof Error ? error.message : String(error) } satisfies FromWorker);
  port.close();
}
