import { destination, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
type Fields = Record<string, unknown>;

/** Structured log of the program itself (a job's output never comes here). Fields named like secrets are redacted. */
export interface Logger {
  trace(fields: Fields, message: string): void;
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  child(fields: Fields): Logger;
}

/** Names of fields that never reach a log, a trace or a reply. */
export const SECRET_FIELDS = ['token', 'jobToken', 'secret', 'secrets', 'password', 'authorization'] as const;

/** JSON lines to `file` (default: standard error), written synchronously so that the last words of a crash are there. */
export const createLogger = (options: { level: LogLevel; file?: string | number }): Logger =>
  pino(
    {
      level: options.level,
      base: null,
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '***' },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ dest: options.file ?? 2, sync: true }),
  );
