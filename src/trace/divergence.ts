/**
 * What is wrong with a trace, or with today's machines (docs/replay.md says what each means):
 *
 *   missing    entries are not there any more           order     entries stand in another order
 *   lives      lives are missing, or of two jobs         attempt   something of another attempt
 *   fence      something of another attempt's fence      version   a machine newer than today's
 *   machine    a machine that today has no name for      state     today's machine goes another way
 *   output     today's machine comes to something else   told      what was told is not what was
 *   altered    nothing of these, and yet the bytes are not those that were sealed
 */
export type DivergenceKind =
  | 'missing'
  | 'order'
  | 'lives'
  | 'attempt'
  | 'fence'
  | 'version'
  | 'machine'
  | 'state'
  | 'output'
  | 'told'
  | 'altered';

/** The first place where a trace and today's machines, or a trace and itself, do not agree. */
export interface Divergence {
  kind: DivergenceKind;
  /** Number of the event, where it is about one. */
  seq: number | null;
  /** Half a sentence for a person. */
  problem: string;
}

/** One sentence for a person, without its full stop. */
export const toSentence = ({ seq, problem }: Divergence): string =>
  seq === null ? problem : `entry ${seq}: ${problem}`;
