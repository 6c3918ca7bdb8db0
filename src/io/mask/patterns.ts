/** Shorter secrets, spaces around them aside, are not masked: they would be found everywhere. */
const MIN_SECRET_BYTES = 4;
const MIN_LINE_BYTES = 6;
/** `base64` and PEM break their text into lines of these lengths. */
const BASE64_LINES = [76, 64];

const UNRESERVED = /[A-Za-z0-9_.~-]/;
/** What JavaScript's `encodeURIComponent` leaves as it is, beyond the unreserved. */
const LEFT_BY_BROWSERS = /[A-Za-z0-9_.~!'()*-]/;

/** Every byte sequence under which `secret` may appear in an output; none for a secret that is too short. */
export const toPatterns = (secret: string): Uint8Array[] => {
  const texts = new Set<string>();
  if (Buffer.byteLength(secret.trim()) < MIN_SECRET_BYTES) return [];
  for (const value of new Set([secret, secret.trim()])) {
    for (const text of [value, ...toEscaped(value), ...toUrl(value), ...toBase64(Buffer.from(value))]) texts.add(text);
  }
  if (/[\r\n]/.test(secret.trim())) {
    for (const line of secret.split(/[\r\n]+/).map((text) => text.trim())) {
      if (Buffer.byteLength(line) < MIN_LINE_BYTES) continue;
      for (const text of [line, ...toEscaped(line)]) texts.add(text);
    }
  }
  return [...texts].map((text) => new Uint8Array(Buffer.from(text))).filter(({ length }) => length >= MIN_SECRET_BYTES);
};

/** As it stands inside quotes: JSON (also Go's, also JSON inside JSON), HCL, a shell's single quotes. */
const toEscaped = (value: string): string[] => {
  const json = JSON.stringify(value).slice(1, -1);
  const go = json.replace(/[<>&\u2028\u2029]/g, toUnicodeEscape);
  const ascii = json.replace(/[^\u0020-\u007e]/g, toUnicodeEscape);
  const hcl = json.replace(/[$%](?=\{)/g, (sign) => sign + sign);
  return [
    json,
    go,
    ascii,
    hcl,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(go).slice(1, -1),
    json.replaceAll('/', '\\/'),
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll('\n', '\r\n'),
  ];
};
const toUnicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const toUrl = (value: string): string[] => {
  const encode = (kept: RegExp, hex: (text: string) => string): string =>
    Array.from(Buffer.from(value), (byte) => {
      const char = String.fromCharCode(byte);
      return kept.test(char) ? char : `%${hex(byte.toString(16).padStart(2, '0'))}`;
    }).join('');
  const upper = (text: string) => text.toUpperCase();
  const lower = (text: string) => text;
  const encoded = [UNRESERVED, LEFT_BY_BROWSERS].flatMap((kept) => [encode(kept, upper), encode(kept, lower)]);
  return [...encoded, ...encoded.map((text) => text.replaceAll('%20', '+'))];
};

/**
 * The secret may begin at any of three places in a group of three bytes. Of the characters on its edges only those are taken
 * that it determines alone; where it is the last thing encoded, the character before the padding is its own as well.
 */
const toBase64 = (bytes: Buffer): string[] => {
  const found: string[] = [];
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((whole.length * 8) / 6);
    for (const text of [whole.toString('base64'), whole.toString('base64url')]) {
      found.push(text.slice(from, to), text.slice(from).replace(/=+$/, ''));
    }
  }
  const whole = bytes.toString('base64').replace(/=+$/, '');
  for (const width of BASE64_LINES) {
    const lines = whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    if (lines.length > 1) found.push(lines.join('\n'), ...lines.filter(({ length }) => length >= MIN_LINE_BYTES));
  }
  return found;
};
