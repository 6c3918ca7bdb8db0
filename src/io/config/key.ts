import type * as z from 'zod';

/** What a person is told about a key, in its entry of docs/configuration.md. */
export interface KeyProse {
  /** What the key decides, as sentences; the unit and the danger with it. */
  says: string;
  /** What may be written: `a duration`, `a path`. */
  takes: string;
  /** Only where the default is not a fixed value. */
  otherwise?: string;
  /** The environment variable that is read too, and which of the two wins. */
  env?: { name: string; wins: 'environment' | 'file' };
  /** The flag of `signalbox runner`, which wins over both. */
  flag?: string;
  danger?: string;
  /** True for keys that this program adds to the published ones. */
  isOwn?: true;
}

/** Hangs the prose on the schema, so that what is checked and what is told are one thing. */
export const key = <T extends z.ZodType>(prose: KeyProse, schema: T): T => schema.meta({ prose });

export const proseOf = (schema: z.ZodType): KeyProse | null =>
  (schema.meta()?.['prose'] as KeyProse | undefined) ?? null;
