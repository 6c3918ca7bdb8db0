import type { Clock } from './clock.ts';
import { SECRET_FIELDS, type Logger, type LogLevel } from './logger.ts';

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];
const HIDDEN = new Set<string>(SECRET_FIELDS);

const toText = (value: unknown): string => {
  if (typeof value === 'string') return /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value, (name, inner: unknown) => (HIDDEN.has(name) ? '***' : inner)) ?? String(value);
};

/** The same log as lines for people: time, level, message, then what belongs to it. Fields named like secrets are redacted. */
export const createPrettyLogger = (options: {
  level: LogLevel;
  clock: Clock;
  write: (line: string) => void;
  fields?: Record<string, unknown>;
}): Logger => {
  const { clock, write, fields: own = {} } = options;
  const lowest = LEVELS.indexOf(options.level);
  const at = (level: LogLevel) => (fields: Record<string, unknown>, message: string) => {
    if (LEVELS.indexOf(level) < lowest) return;
    const time = new Date(clock.now()).toISOString().slice(11, 23);
    const shown = Object.entries({ ...own, ...fields }).map(
      ([name, value]) => `${name}=${HIDDEN.has(name) ? '***' : toText(value)}`,
    );
    write(`${[time, level.toUpperCase().padEnd(5), message, ...shown].join(' ')}\n`);
  };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createPrettyLogger({ ...options, fields: { ...own, ...fields } }),
  };
};
