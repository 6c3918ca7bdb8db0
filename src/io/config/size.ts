import * as z from 'zod';

const UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
const FORM = /^(\d{1,9})\s?(KiB|MiB|GiB|TiB)$/;

/** `64MiB`, `2GiB` → bytes; null: not of this form. */
export const toBytes = (text: string): number | null => {
  const [, count, unit] = FORM.exec(text) ?? [];
  return count === undefined ? null : Number(count) * UNITS[unit as keyof typeof UNITS];
};

/** A size as it is written in the configuration → bytes. A bare number is refused: it would not say its unit. */
export const size = () =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const bytes = typeof value === 'number' ? null : toBytes(value);
    if (bytes !== null) return bytes;
    const message = `\`${value}\` is no size: write a whole number and KiB, MiB, GiB or TiB, as \`64MiB\``;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
