import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMasker } from '../../../src/io/mask.ts';
import { toPatterns } from '../../../src/io/mask/patterns.ts';

const texts = (secret: string): string[] => toPatterns(secret).map((bytes) => Buffer.from(bytes).toString());
const secret = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 30 }).filter((text) => text.trim() === text);

test('in base64, wherever the secret begins, every character that it determines alone is masked', () => {
  fc.assert(
    fc.property(secret, fc.uint8Array({ maxLength: 5 }), fc.uint8Array({ maxLength: 5 }), (value, before, after) => {
      const bytes = Buffer.concat([before, Buffer.from(value), after]);
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = bytes.toString(encoding);
        const from = Math.ceil((before.length * 8) / 6);
        const to = Math.floor(((before.length + Buffer.byteLength(value)) * 8) / 6);
        expect(texts(value)).toContain(text.slice(from, to));
      }
    }),
  );
});

test('where the secret ends what is encoded, its last character goes too', () => {
  expect(createMasker(['open sesame']).text(Buffer.from('user:open sesame').toString('base64'))).toBe('dXNlcjp***==');
});

test.each([
  ['JSON', 'a"b\\c\n<d>&', 'a\\"b\\\\c\\n<d>&'],
  ["Go's JSON", 'a"b\\c\n<d>&', 'a\\"b\\\\c\\n\\u003cd\\u003e\\u0026'],
  ['JSON inside JSON', 'a"bcd', 'a\\\\\\"bcd'],
  ['ASCII JSON', 'pässword', 'p\\u00e4ssword'],
  ['HCL', 'abc${d}', 'abc$${d}'],
  ['a query', 'a b/c+d', 'a+b%2Fc%2Bd'],
  ['a path, capital digits', 'a b/c+d', 'a%20b%2Fc%2Bd'],
  ['a path, small digits', 'a b/c+d', 'a%20b%2fc%2bd'],
  ["a browser's URL", "it's (me)!", "it's%20(me)!"],
  ['a shell', "it's me", "it'\\''s me"],
  ['a shell, quoted', "it's me", `it'"'"'s me`],
])('%s: %j also appears as %j', (_, value, expected) => {
  expect(texts(value)).toContain(expected);
});

test('each line of a secret is masked by itself, unless it is short', () => {
  const key = '-----BEGIN KEY-----\n  MIIEvQIBADANBg\r\n}\n-----END KEY-----\n';
  const masker = createMasker([key]);
  expect(masker.text('x\n    MIIEvQIBADANBg\n  }\n')).toBe('x\n    ***\n  }\n');
  expect(masker.text(key)).toBe('***');
  expect(masker.text(key.trim())).toBe('***');
});

test('base64 broken into lines hides a long secret', () => {
  const long = 'correct horse battery staple '.repeat(6).trim();
  const lines = Buffer.from(long)
    .toString('base64')
    .replace(/(.{76})/g, '$1\n');
  expect(createMasker([long]).text(lines)).toMatch(/^\*{3}=*$/);
});

test('a line of such base64 is masked by itself', () => {
  const long = 'correct horse battery staple '.repeat(6).trim();
  const line = Buffer.from(long).toString('base64').slice(76, 152);
  expect(createMasker([long]).text(`x ${line} y`)).toBe('x *** y');
});

test('a secret of letters and digits has no more patterns than it needs', () => {
  expect(texts('abcdefgh123')).toHaveLength(6);
});
