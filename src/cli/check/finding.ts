/** One line of `check`. */
export interface Finding {
  subject: string;
  level: 'ok' | 'warning' | 'failed';
  says: string;
  /** What to do; only where something is to be done. */
  remedy?: string;
}
