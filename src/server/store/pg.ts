import type { Duplex } from 'node:stream';
import { Client, type ClientConfig, Pool, type PoolConfig, types } from 'pg';

export type { Client, PoolClient } from 'pg';

const INT8 = 20;
const readers = {
  /** bigint is read as a number: ours are counts, offsets and epoch ms, all below 2^53. */
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? (text: string) => Number(text) : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** The door to `pg`: both engines are spoken to by this one client, so that rows and errors are the same on both. */
export const pg = {
  createClient: (config: Omit<ClientConfig, 'stream'> & { stream?: () => Duplex }): Client =>
    new Client({ ...config, types: readers }),
  createPool: (config: PoolConfig): Pool => new Pool({ ...config, types: readers }),
};
