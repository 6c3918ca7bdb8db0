import { toReason } from '../../src/protocol/errors.ts';
import type { Facts } from './facts.ts';
import { LAWS } from './laws/catalog.ts';
import type { Violation } from './laws/law.ts';

export interface Judged extends Violation {
  /** The law that was broken, by its column. */
  law: string;
}

/** A law that could not look is broken too. */
const look = async (law: string, facts: Facts): Promise<Violation[]> => {
  try {
    return (await LAWS[law]?.(facts)) ?? [];
  } catch (error) {
    return [{ run: null, what: `nobody could tell: ${toReason(error).message}` }];
  }
};

/** Holds every law against what is left of a scenario. */
export const judge = async (facts: Facts): Promise<Judged[]> => {
  const violations: Judged[] = [];
  for (const law of Object.keys(LAWS))
    for (const violation of await look(law, facts)) violations.push({ ...violation, law });
  return violations;
};
