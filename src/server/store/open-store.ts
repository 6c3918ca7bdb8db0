import type { Clock } from '../../io/clock.ts';
import { createClock } from '../../io/clock.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';
import type { Store } from './store.ts';

/** Where the data is: a directory of PGlite (null: in memory), or the URL of a PostgreSQL server's database. */
export type StorePlace = { directory: string | null } | { url: string };

/** Opens the store and brings its tables up to date. A directory is to be locked by the caller (data-directory.ts). */
export const openStore = (place: StorePlace, clock: Clock = createClock()): Promise<Store> =>
  'url' in place ? openPostgres(place.url, clock) : openPglite(place.directory);
