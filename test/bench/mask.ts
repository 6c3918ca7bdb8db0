import { createHash } from 'node:crypto';
import { createMasker } from '../../src/io/mask.ts';

export interface Measure {
  name: string;
  value: number;
  unit: string;
  ratio: number;
  against: string;
}

const CHUNK_BYTES = 65536;
const TEXT_BYTES = 8 * 2 ** 20;
const TOTAL_BYTES = 4 * TEXT_BYTES;
const WORDS =
  'resource module creating complete after elapsed terraform_data.server still aws_instance.web reading in the'.split(
    ' ',
  );

/** Repeatable pseudo-random text: the digest of a counter. */
const digest = (seed: string): string => createHash('sha256').update(seed).digest('base64');
const secretsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => digest(`secret ${index}`).slice(0, 8 + (index % 33)));

/** Lines of about 100 bytes, one in a thousand with a secret in it. */
const textOf = (secrets: readonly string[]): Buffer => {
  const lines: string[] = [];
  let bytes = 0;
  for (let index = 0; bytes < TEXT_BYTES; index++) {
    const words = Array.from(
      createHash('sha256').update(`line ${index}`).digest().subarray(0, 10),
      (byte) => WORDS[byte % WORDS.length],
    );
    if (index % 1000 === 999) words.push(secrets[index % secrets.length]);
    const line = `${words.join(' ')} [${digest(`id ${index}`).slice(0, 12)}] ${index}\n`;
    lines.push(line);
    bytes += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, TEXT_BYTES);
};

/** Nothing but beginnings of secrets. */
const prefixesOf = (secrets: readonly string[]): Buffer => {
  const parts: string[] = [];
  let bytes = 0;
  for (let index = 0; bytes < TEXT_BYTES; index++) {
    const secret = secrets[(index * 7) % secrets.length] as string;
    const part = secret.slice(0, secret.length - 1 - (index % 3));
    parts.push(part);
    bytes += part.length;
  }
  return Buffer.from(parts.join('')).subarray(0, TEXT_BYTES);
};

const seconds = (text: Buffer, work: (chunk: Buffer) => void): number => {
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    const startedAt = process.hrtime.bigint();
    for (let done = 0; done < TOTAL_BYTES; done += CHUNK_BYTES) {
      const at = done % text.length;
      work(text.subarray(at, at + CHUNK_BYTES));
    }
    best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / 1e9);
  }
  return best;
};

/** The masker against a copy of the same bytes, and against one regular expression over the decoded text. */
export const run = async (): Promise<Measure[]> => {
  const target = Buffer.alloc(TEXT_BYTES);
  let at = 0;
  const measures: Measure[] = [];
  const mibPerSecond = (time: number) => TOTAL_BYTES / 2 ** 20 / time;
  const tell = (name: string, time: number, reference: number, against: string) =>
    measures.push({ name, value: Math.round(mibPerSecond(time)), unit: 'MiB/s', ratio: reference / time, against });
  for (const count of [5, 50, 500]) {
    const secrets = secretsOf(count);
    const text = textOf(secrets);
    const copying = seconds(text, (chunk) => {
      at = (at + CHUNK_BYTES) % TEXT_BYTES;
      chunk.copy(target, at);
    });
    const masker = createMasker(secrets);
    const masking = seconds(text, (chunk) => void masker.push(chunk));
    tell(`mask, ${count} secrets with their encodings`, masking, copying, 'memcpy');
    const expression = new RegExp(secrets.map((secret) => secret.replace(/[^\w]/g, '\\$&')).join('|'), 'g');
    const replacing = seconds(text, (chunk) => void Buffer.from(chunk.toString().replace(expression, '***')));
    tell(`one RegExp, ${count} secrets, raw only`, replacing, copying, 'memcpy');
    const hostile = prefixesOf(secrets);
    const other = masker.fresh();
    tell(
      `mask, ${count} secrets, output made of their beginnings`,
      seconds(hostile, (chunk) => void other.push(chunk)),
      masking,
      'usual output',
    );
  }
  const runs = createMasker([`${'a'.repeat(100)}b`]);
  const usual = createMasker([`${'a'.repeat(100)}b`]);
  const reference = seconds(textOf(['abcd']), (chunk) => void usual.push(chunk));
  tell(
    'mask, one secret of 100 a and a b, output all a',
    seconds(Buffer.alloc(TEXT_BYTES, 'a'), (chunk) => void runs.push(chunk)),
    reference,
    'usual output',
  );
  return measures;
};
