import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { findPostgresBinaries, startPostgres } from '../../../scripts/test/start-postgres.ts';
import { pg } from '../../../src/server/store/pg.ts';

const bin = findPostgresBinaries();

test.skipIf(bin === null)(
  'a server for tests answers on loopback, refuses a wrong password, and leaves nothing',
  async () => {
    const server = await startPostgres(bin ?? '');
    const ask = async (url: string) => {
      const client = pg.createClient({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('select 1 as one').finally(() => client.end());
      return rows;
    };
    expect(await ask(server.url)).toEqual([{ one: 1 }]);
    await expect(ask(server.url.replace(/:[^:@/]+@/, ':wrong@'))).rejects.toThrow('password authentication failed');
    const { port } = new URL(server.url);
    await server.stop();
    await expect(ask(server.url)).rejects.toThrow(port);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('signalbox-pg-'))).toEqual([]);
  },
);
