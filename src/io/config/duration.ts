import * as z from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(\d{1,15})(ms|s|m|h|d)$/;

/** `1500ms`, `30s`, `5m`, `2h`, `1d` → milliseconds; null: not of this form. */
export const toMs = (text: string): number | null => {
  const [, count, unit] = FORM.exec(text) ?? [];
  return count === undefined ? null : Number(count) * UNITS[unit as keyof typeof UNITS];
};

/** Milliseconds → the largest unit that divides them. */
export const toDuration = (ms: number): string => {
  if (ms === 0) return '0s';
  const units = Object.entries(UNITS).toReversed();
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
};

/**
 * A duration as it is written in the configuration → milliseconds. A bare number is refused: in files of before 2026 it meant
 * seconds under one key and minutes under another.
 */
export const duration = (bounds: { min: string; max: string }) => {
  const [minMs, maxMs] = [toMs(bounds.min) ?? 0, toMs(bounds.max) ?? 0];
  return z.union([z.string(), z.number()]).transform((value, context) => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (typeof value === 'number' || /^\d+$/.test(value)) {
      return refuse(`${value} has no unit: write \`${value}s\` for seconds or \`${value}m\` for minutes`);
    }
    const ms = toMs(value);
    if (ms === null)
      return refuse(`\`${value}\` is no duration: write a whole number and ms, s, m, h or d, as \`90s\``);
    if (ms < minMs || ms > maxMs) return refuse(`${value} is not between ${bounds.min} and ${bounds.max}`);
    return ms;
  });
};
