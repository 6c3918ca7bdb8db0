import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './pglite-worker.ts';

/** What `pg` takes for a socket: bytes go to PGlite's thread and come back from it. Ending it closes the database. */
export class PgliteStream extends Duplex {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super({ allowHalfOpen: true });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (message instanceof Uint8Array && message.length > 0)
        this.push(Buffer.from(message.buffer, message.byteOffset, message.length));
    });
    worker.on('error', (error) => this.destroy(error));
    worker.on('exit', () => {
      if (this.writableEnded) this.push(null);
      else this.destroy(new Error('the embedded database ended unexpectedly'));
    });
  }

  /** A small buffer is a view of a shared one, all of which would be copied: its bytes go in one of their own. */
  #send(chunk: Uint8Array): void {
    const message: ToWorker = new Uint8Array(chunk);
    this.#worker.postMessage(message, [message.buffer]);
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    this.#send(chunk);
    written();
  }
  /** One query is several protocol messages, written corked: they travel, and are executed, as one. */
  override _writev(chunks: { chunk: Buffer }[], written: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    written();
  }
  override _final(closed: () => void): void {
    this.#worker.once('exit', () => closed());
    this.#worker.postMessage('close' satisfies ToWorker);
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): void {
    this.#worker.ref();
  }
  unref(): void {
    this.#worker.unref();
  }
}
