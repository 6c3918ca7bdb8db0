import { SignalboxError } from '../protocol/errors.ts';
import type { CommandContext } from './command.ts';

type Options = CommandContext['options'];

/** The value of a text option; undefined: not given. */
export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** The values of a text option that may be repeated. */
export const textsOf = (options: Options, name: string): readonly string[] => {
  const value = options[name];
  return typeof value === 'object' ? value : typeof value === 'string' ? [value] : [];
};

export const isOn = (options: Options, name: string): boolean => options[name] === true;

/** A whole number between two others. Throws `USAGE`. */
export const numberOf = (
  options: Options,
  name: string,
  bounds: { otherwise: number; min: number; max: number; command: string },
): number => {
  const text = textOf(options, name);
  if (text === undefined) return bounds.otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  const problem = `\`--${name}\` takes a number from ${bounds.min} to ${bounds.max}, not \`${text}\``;
  throw new SignalboxError('USAGE', { problem, command: bounds.command });
};
