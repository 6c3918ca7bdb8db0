import { CATALOGUE } from '../../src/protocol/catalogue.ts';

const HEAD = `# Errors

Every failure that is expected has a stable code. A code is never used again for something else, so it can be searched
for, and scripts can rely on it. The command line prints the sentence and the hint; the API answers with

\`\`\`json
{ "error": { "code": "NOT_FOUND", "message": "There is no pipeline pipe_1.", "hint": "…", "details": {} } }
\`\`\`

Exit code 1: something failed. Exit code 2: the usage or the configuration is wrong, and trying again changes nothing.
Words in braces stand for details of the case.
`;

/** Braces are not markup, but a bar ends a cell. */
const toCell = (text: string): string => text.replaceAll('|', '\\|');

/** The catalogue as `docs/errors.md`. */
export const toErrorsPage = (): string => {
  const codes = Object.entries(CATALOGUE).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  const rows = codes.map(
    ([code, { sentence, hint, http, exit }]) =>
      `| \`${code}\` | ${toCell(sentence)} | ${toCell(hint)} | ${http} | ${exit} |`,
  );
  return `${HEAD}
${codes.length} codes:

| code | what happened | what to do | HTTP | exit |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

This page is made from the catalogue by \`npm run docs\`.
`;
};
