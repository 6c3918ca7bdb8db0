import type { Clock } from '../../io/clock.ts';
import { createChannels } from './channels.ts';
import { type Client, pg } from './pg.ts';
import type { Store } from './store.ts';

const RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 10_000;

export interface PostgresListener {
  listen: Store['listen'];
  close(): Promise<void>;
}

/**
 * LISTEN on a connection of its own, which comes back by itself. After a gap everybody hears an empty payload: what was
 * sent meanwhile is lost, so whoever waits must look again.
 */
export const createPostgresListener = (url: string, clock: Clock): PostgresListener => {
  const channels = createChannels();
  const stop = new AbortController();
  let connection: Promise<Client> | null = null;

  const connect = async (): Promise<Client> => {
    const client = pg.createClient({ connectionString: url, keepAlive: true, application_name: 'signalbox-listen' });
    client.on('notification', ({ channel, payload }) => channels.tell(channel, payload ?? ''));
    client.on('error', () => {});
    await client.connect();
    client.on('end', () => {
      if (!stop.signal.aborted) connection = reconnect();
    });
    for (const name of channels.names()) await client.query(`listen ${client.escapeIdentifier(name)}`);
    return client;
  };

  const reconnect = async (): Promise<Client> => {
    for (let pauseMs = RECONNECT_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_RECONNECT_MS)) {
      await clock.wait(pauseMs, stop.signal);
      if (stop.signal.aborted) throw new Error('the listener is closed');
      const client = await connect().catch(() => null);
      if (client === null) continue;
      channels.tellAll();
      return client;
    }
  };

  return {
    listen: async (channel, heard) => {
      const { isFirst, remove } = channels.add(channel, heard);
      connection ??= connect();
      const client = await connection;
      if (isFirst) await client.query(`listen ${client.escapeIdentifier(channel)}`);
      return async () => {
        if (!remove()) return;
        // Best effort: where the connection is gone, so is the LISTEN.
        await connection?.then((open) => open.query(`unlisten ${open.escapeIdentifier(channel)}`)).catch(() => {});
      };
    },
    close: async () => {
      stop.abort();
      const client = await connection?.catch(() => null);
      await client?.end();
    },
  };
};
