import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, type Masker, toPatterns } from '../../src/io/mask.ts';

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What the masker must write, by looking for every pattern at every place. */
const reference = (secrets: readonly string[], stream: string): string => {
  const patterns = secrets.flatMap(toPatterns).map(latin);
  const isCovered = new Uint8Array(stream.length);
  const isJoined = new Uint8Array(stream.length);
  for (const pattern of patterns) {
    for (let at = stream.indexOf(pattern); at >= 0; at = stream.indexOf(pattern, at + 1)) {
      isCovered.fill(1, at, at + pattern.length);
      isJoined.fill(1, at + 1, at + pattern.length);
    }
  }
  return Array.from(stream, (char, at) => (isCovered[at] ? (isJoined[at] ? '' : '***') : char)).join('');
};

/** The longest suffix of `stream` that is a proper prefix of a pattern. */
const longestOpenSuffix = (secrets: readonly string[], stream: string): number => {
  const patterns = secrets.flatMap(toPatterns).map(latin);
  let most = 0;
  for (const pattern of patterns) {
    for (let length = Math.min(pattern.length - 1, stream.length); length > most; length--) {
      if (stream.endsWith(pattern.slice(0, length))) most = length;
    }
  }
  return most;
};

const feed = (masker: Masker, stream: string, cuts: readonly number[]): string => {
  const bytes = Buffer.from(stream, 'latin1');
  let output = '';
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    output += latin(masker.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return output + latin(masker.end());
};

const wordOf = (letters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength });
const secretsOf = (letters: string) => fc.array(wordOf(letters, 4, 14), { minLength: 1, maxLength: 6 });
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

describe.each(['ab', 'abc', 'ab\n', 'YWJ+/'])('over the letters %j', (letters) => {
  test('the output is that of the whole stream, however it is cut', () => {
    fc.assert(
      fc.property(secretsOf(letters), wordOf(letters, 0, 300), cuts, (secrets, stream, at) => {
        const masker = createMasker(secrets);
        const expected = reference(secrets, stream);
        expect(feed(masker, stream, at)).toBe(expected);
        expect(
          feed(
            masker,
            stream,
            Array.from(stream, (_, index) => index),
          ),
        ).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });

  test('secrets that begin or contain each other leave no byte of the longer one', () => {
    fc.assert(
      fc.property(
        wordOf(letters, 8, 16),
        fc.nat(4),
        fc.nat(8),
        wordOf(letters, 0, 60),
        cuts,
        (secret, a, b, text, at) => {
          const secrets = [secret, secret.slice(0, 4 + a), secret.slice(b % 5), secret.slice(2, 7)];
          const stream = `${text}${secret}${text}${secret.slice(0, 6)}${secret}`;
          expect(feed(createMasker(secrets), stream, at)).toBe(reference(secrets, stream));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('another masker goes on from what is decided and writes the same', () => {
    fc.assert(
      fc.property(secretsOf(letters), wordOf(letters, 1, 200), fc.nat(200), (secrets, stream, cut) => {
        const first = createMasker(secrets);
        const head = Buffer.from(stream.slice(0, cut), 'latin1');
        const written = latin(first.push(head));
        const second = first.fresh();
        const rest = Buffer.from(stream, 'latin1').subarray(head.length - first.pending);
        expect(written + latin(second.push(rest)) + latin(second.end())).toBe(reference(secrets, stream));
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['abcabd', ['abcab', 'cabd'], 'abc***'],
  ['aaaaab', ['aaaaa', 'aaaab'], 'aaaa***'],
  ['secret', ['sec', 'sec', 'ret'], 'sec***'],
  ['abab', ['ababab', 'ab'], '***'],
  ['abcd', ['abcd', 'abcd'], '******'],
])('%s in the chunks %j is %s', (secret, chunks, expected) => {
  const masker = createMasker([secret]);
  const written = chunks.map((chunk) => latin(masker.push(Buffer.from(chunk)))).join('');
  expect(written + latin(masker.end())).toBe(expected);
});

test('a partial line is not held back unless it is a prefix of a secret', () => {
  const masker = createMasker(['hunter2-and-more', 'correct horse battery staple']);
  const shown = (text: string) => latin(masker.push(Buffer.from(text)));
  expect(shown('Enter a value:')).toBe('Enter a value:');
  expect(shown(' hun')).toBe(' ');
  expect(masker.pending).toBe(3);
  expect(shown('dred')).toBe('hundred');
  expect(masker.pending).toBe(0);
});

test('one byte at a time, nothing is held back beyond the longest prefix of a secret', () => {
  fc.assert(
    fc.property(secretsOf('abc'), wordOf('abcd', 1, 120), (secrets, stream) => {
      const masker = createMasker(secrets);
      const patterns = secrets.flatMap(toPatterns).map(latin);
      for (let at = 0; at < stream.length; at++) {
        masker.push(Buffer.from(stream[at] as string));
        const seen = stream.slice(0, at + 1);
        const open = longestOpenSuffix(secrets, seen);
        // An occurrence that reaches into the open suffix is not over yet: it waits as well.
        const isCut = patterns.some((pattern) => {
          const from = seen.lastIndexOf(pattern, seen.length - open);
          return from >= 0 && from < seen.length - open && from + pattern.length > seen.length - open;
        });
        if (isCut) expect(masker.pending).toBeGreaterThan(open);
        else expect(masker.pending).toBe(open);
      }
    }),
    { numRuns: 200 },
  );
});

test('output made of the beginnings of secrets is masked like any other', () => {
  const secrets = [`${'a'.repeat(60)}b`, 'abaababaabaab', 'aabaa'];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a'.repeat(59), 'abaababaabaa', 'aaba', 'b', ...secrets), {
        minLength: 200,
        maxLength: 400,
      }),
      cuts,
      (parts, at) => {
        const stream = parts.join('');
        expect(
          feed(
            createMasker(secrets),
            stream,
            at.map((cut) => cut * 17),
          ),
        ).toBe(reference(secrets, stream));
      },
    ),
    { numRuns: 30 },
  );
});

test('hundreds of secrets are found as surely as one', () => {
  const secrets = Array.from(
    { length: 300 },
    (_, index) => `s${(index * 7919).toString(36)}-${(index * 104_729).toString(36)}x`,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(299), wordOf('s1x-9', 1, 20)), { maxLength: 60 }), cuts, (parts, at) => {
      const stream = parts.map((part) => (typeof part === 'number' ? (secrets[part] as string) : part)).join('');
      expect(feed(createMasker(secrets), stream, at)).toBe(reference(secrets, stream));
    }),
    { numRuns: 60 },
  );
});

test('what was handed out survives the reuse of the chunk it came from', () => {
  const masker = createMasker(['hunter2']);
  const chunk = Buffer.from('before hunter2 after');
  const written = masker.push(chunk);
  chunk.fill(0);
  expect(latin(written)).toBe('before *** after');
});

test('secrets that are too short are named by index and left alone', () => {
  const masker = createMasker(['abc', 'long enough', '', ' xy \n']);
  expect(masker.ignored).toEqual([0, 2, 3]);
  expect(masker.text('abc, long enough, xy')).toBe('abc, ***, xy');
});

test('without secrets every byte passes at once', () => {
  const masker = createMasker([]);
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(Buffer.from(masker.push(bytes)).equals(bytes)).toBe(true);
  expect(masker.pending).toBe(0);
});

test('a text of its own does not disturb the stream', () => {
  const masker = createMasker(['pässwörd']);
  masker.push(Buffer.from('päss'));
  expect(masker.text('ü pässwörd ü')).toBe('ü *** ü');
  expect(masker.pending).toBe(Buffer.byteLength('päss'));
});
