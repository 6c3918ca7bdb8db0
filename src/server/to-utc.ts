const TIME = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' });

/** A moment in a sentence: `2026-11-24 12:00:00 UTC`. */
export const toUtc = (at: number): string => `${TIME.format(at)} UTC`;
