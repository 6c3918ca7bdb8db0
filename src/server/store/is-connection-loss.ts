/** Lost on the way, as opposed to refused by the database: class 08, the server going away, or no SQLSTATE at all. */
export const isConnectionLoss = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P');
};
