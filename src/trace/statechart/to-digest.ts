import { createHash } from 'node:crypto';
import type { Chart } from './to-graph.ts';

/** Names a definition: a picture carries it, so that a test sees when the machine has moved on and the picture has not. */
export const toDigest = (chart: Chart): string =>
  createHash('sha256').update(JSON.stringify(chart)).digest('hex').slice(0, 16);
