import { toReason } from '../../../src/protocol/errors.ts';
import { toSentence } from '../../../src/trace/divergence.ts';
import { readTrace } from '../../../src/trace/read.ts';
import { replayTrace } from '../../../src/trace/replay-trace.ts';
import type { AttemptFacts } from '../facts.ts';
import type { Law } from './law.ts';

const findProblem = ({ trace, id, isUnsealed, hasBegun }: AttemptFacts): string | null => {
  if (trace === null) return null;
  try {
    const { divergence, end } = replayTrace(readTrace(trace, id));
    if (divergence) return `${id}, life ${divergence.life}: ${toSentence(divergence)}`;
    return end === 'open' && hasBegun && !isUnsealed
      ? `${id}: the job was cleared away, and its trace does not end`
      : null;
  } catch (error) {
    return `${id}: ${toReason(error).message}`;
  }
};

/** Every life of every trace folds through the machines as it was recorded, to its end. */
export const noStrayTrace: Law = ({ attempts }) =>
  attempts.flatMap((attempt) => {
    const what = findProblem(attempt);
    return what === null ? [] : [{ run: attempt.run, what }];
  });
