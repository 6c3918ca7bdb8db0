import { type Entry, entry } from './entry.ts';

/** Where data is kept, and where the control plane listens. */
export const STORAGE_ERRORS = {
  DATA_UNWRITABLE: entry(
    500,
    2,
    'The data directory {path} cannot be written: {problem}.',
    'Choose another with `--data DIR`, or give this user the right to write there.',
  ),
  DATA_IN_USE: entry(
    409,
    2,
    'The data directory {path} is in use by process {pid}.',
    'Stop that process, or choose another directory with `--data DIR`.',
  ),
  DATA_DAMAGED: entry(
    500,
    2,
    'The data directory {path} is damaged: {problem}.',
    'Restore it from a backup, or move it away to start afresh.',
  ),
  DATA_NEWER: entry(
    409,
    2,
    'The database {place} belongs to a newer Signalbox (migration {migration}), and this one cannot read it.',
    'Start that version again, or restore the backup that was made before the upgrade. Nothing was changed.',
  ),
  KEY_MISSING: entry(
    500,
    2,
    'The encryption key {path} is missing, and the data needs it.',
    'Restore the key file from where you keep it; without it nothing at rest can be read.',
  ),
  DATABASE_UNREACHABLE: entry(
    503,
    2,
    'The database cannot be reached: {problem}.',
    'Check `--database URL` and that PostgreSQL is running.',
  ),
  PORT_TAKEN: entry(409, 2, 'Port {port} is taken.', 'Choose another with `--port N`; 0 takes any free one.'),
  LISTEN_FAILED: entry(
    500,
    2,
    'The control plane cannot listen on {host}, port {port}: {problem}.',
    'Choose another address with `--host`, or another port with `--port`.',
  ),
  DISK_FULL: entry(
    507,
    1,
    'The disk that holds {path} is full.',
    'Free some space; running steps go on, and nothing new is taken until there is room.',
  ),
  DISK_LOW: entry(
    507,
    1,
    'Less than {limit} are free where {path} lies.',
    'Free some space, or lower `runner.min_free_disk`; running jobs go on, and new ones are taken when there is room.',
  ),
  STATE_DIR_IN_USE: entry(
    409,
    2,
    'The state directory {path} is in use by runner process {pid}.',
    'One runner process owns a state directory; give the second one its own.',
  ),
} as const satisfies Record<string, Entry>;
