/** Every text inside a plain value, masked. */
export const maskTexts = <T>(value: T, mask: (text: string) => string): T => {
  if (typeof value === 'string') return mask(value) as T;
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, mask)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskTexts(inner, mask)])) as T;
};
