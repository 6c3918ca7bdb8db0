/** Writes the pages of `docs/` that are made from the code. Prints one line for each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toConfigurationPage } from './docs-config.ts';
import { toErrorsPage } from './docs/to-errors-page.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
const PAGES: Record<string, () => string> = {
  'configuration.md': toConfigurationPage,
  'errors.md': toErrorsPage,
};

for (const [name, toPage] of Object.entries(PAGES)) {
  const page = toPage();
  await writeFile(join(DOCS, name), page);
  console.log(`docs/${name}: ${page.split('\n').length} lines`);
}
