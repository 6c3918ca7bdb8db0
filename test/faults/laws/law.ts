import type { Facts } from '../facts.ts';

/** A law that was broken: by which run (null: nobody knows), and how, in words. */
export interface Violation {
  run: number | null;
  what: string;
}
/** Facts in, violations out. */
export type Law = (facts: Facts) => Violation[] | Promise<Violation[]>;
