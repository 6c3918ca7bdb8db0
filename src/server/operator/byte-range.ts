/** First and last byte, both included. */
export interface ByteRange {
  from: number;
  to: number;
}

/** `bytes=A-B`, `bytes=A-` or `bytes=-N` within `total` bytes; `null`: no byte of it is there; `undefined`: not one range. */
export const readByteRange = (header: string | undefined, total: number): ByteRange | null | undefined => {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '')
    return Number(last) === 0 || total === 0 ? null : { from: Math.max(0, total - Number(last)), to: total - 1 };
  const range = { from: Number(first), to: last === '' ? total - 1 : Math.min(Number(last), total - 1) };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return range.from < total ? range : null;
};
