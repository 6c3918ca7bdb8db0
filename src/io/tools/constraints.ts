import semver from 'semver';
import { SignalboxError } from '../../protocol/errors.ts';

/** What code asks of the tool's version. `exact`: the one version it can be, where it names one. */
export interface Constraint {
  readonly text: string;
  readonly exact: string | null;
  allows(version: string): boolean;
}

interface Term {
  operator: string;
  version: string;
  /** How many numbers were written: `~> 1.11` has two. */
  parts: number;
}

const TERM = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

const readTerm = (text: string, constraint: string): Term => {
  const match = TERM.exec(text.trim());
  if (match === null) {
    const problem =
      text.trim() === '' ? 'a part of it is empty' : `\`${text.trim()}\` is not a comparison with a version`;
    throw new SignalboxError('CONSTRAINT_INVALID', { constraint, problem });
  }
  const [, operator = '=', numbers = '', prerelease = ''] = match;
  const written = numbers.split('.').map(Number);
  const padded = [...written, 0, 0].slice(0, 3).join('.');
  return { operator, version: `${padded}${prerelease}`, parts: written.length };
};

const baseOf = (version: string): string => version.split(/[-+]/, 1)[0] ?? version;

/** `~> 1.11.4`: all numbers but the last one written are fixed, and the last may only grow. `~> 1` fixes nothing. */
const isPessimistic = (version: string, term: Term): boolean => {
  const numbers = baseOf(version).split('.');
  const fixed = baseOf(term.version)
    .split('.')
    .slice(0, term.parts - 1);
  return fixed.every((number, index) => numbers[index] === number) && semver.gte(version, term.version);
};

const allowsTerm = (version: string, term: Term): boolean => {
  if (term.operator === '=') return semver.eq(version, term.version);
  if (term.operator === '!=') return semver.neq(version, term.version);
  // A prerelease is only meant where the constraint names one of the same version.
  if (semver.prerelease(version) !== null) {
    if (semver.prerelease(term.version) === null || baseOf(version) !== baseOf(term.version)) return false;
  }
  if (term.operator === '~>') return isPessimistic(version, term);
  return semver.cmp(version, term.operator as semver.Operator, term.version);
};

/** Reads a constraint as Terraform means it (npm's `~` is another thing). Null allows every release. */
export const readConstraint = (text: string | null): Constraint => {
  if (text === null) return { text: 'any version', exact: null, allows: (version) => semver.valid(version) !== null };
  const terms = text.split(',').map((part) => readTerm(part, text));
  const exact = terms.find((term) => term.operator === '=')?.version ?? null;
  const allows = (version: string) =>
    semver.valid(version) !== null && terms.every((term) => allowsTerm(version, term));
  return { text, exact, allows };
};

/** The newest of `versions` that `constraint` allows; a prerelease only where it is named exactly. */
export const newestOf = (versions: readonly string[], constraint: Constraint): string | null => {
  const fitting = versions.filter(
    (version) => constraint.allows(version) && (semver.prerelease(version) === null || constraint.exact === version),
  );
  return fitting.toSorted(semver.rcompare)[0] ?? null;
};
