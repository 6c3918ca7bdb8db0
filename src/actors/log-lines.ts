import type { RetryNotice } from '../machines/slots.ts';

const paint = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m\n`;
const GREEN = '32';
const RED = '31';
const ORANGE = '38;5;208';
const YELLOW = '33';

/** The job's own lines in its log, worded as published (brainboard.md 1.14); failure has no published wording. */
export const LOG_LINES = {
  scheduled: (): string => paint(ORANGE, '> This job is scheduled for execution.'),
  taken: (runner: string): string => `Job taken by runner ${runner}\n`,
  preparing: (): string => 'Preparing your ephemeral environment ...\n',
  starting: (): string => 'Job starting...\n',
  command: (shown: string): string => paint(GREEN, ` $ ${shown}`),
  note: (message: string): string => paint(YELLOW, `> ${message}`),
  text: (text: string): string => (text.endsWith('\n') ? text : `${text}\n`),
  /** Printed as `2 s`, `500 ms`. */
  again: ({ pauseMs, next, of, reason }: Omit<RetryNotice, 'attempt'>): string => {
    const pause = pauseMs % 1000 === 0 ? `${pauseMs / 1000} s` : `${pauseMs} ms`;
    const which = of === null ? `attempt ${next}` : `attempt ${next} of ${of}`;
    return paint(YELLOW, `> Trying again in ${pause} (${which}): ${reason.message}`);
  },
  over: (conclusion: string, message: string | null): string =>
    conclusion === 'succeeded'
      ? paint(GREEN, '> Job succeeded.')
      : paint(RED, `> Job ${WORDS[conclusion] ?? 'failed'}${message ? `: ${message}` : '.'}`),
};

const WORDS: Readonly<Record<string, string>> = {
  cancelled: 'terminated',
  timedOut: 'timed out',
  needsReconciliation: 'needs reconciliation',
};
