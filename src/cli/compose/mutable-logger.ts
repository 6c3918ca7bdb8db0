import type { Logger } from '../../io/logger.ts';

/** A logger that can be muted: what a part says while it is taken down is about nothing but that. */
export const createMutableLogger = (logger: Logger): { logger: Logger; mute(): void } => {
  let isMuted = false;
  const wrap = (inner: Logger): Logger => {
    const at =
      (level: 'trace' | 'debug' | 'info' | 'warn' | 'error'): Logger['info'] =>
      (fields, message) => {
        if (!isMuted) inner[level](fields, message);
      };
    return {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => wrap(inner.child(fields)),
    };
  };
  return { logger: wrap(logger), mute: () => void (isMuted = true) };
};
