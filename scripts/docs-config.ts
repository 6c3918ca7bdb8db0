/** Writes `docs/configuration.md` from the schema of the configuration. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listKeys, type ListedKey } from '../src/io/config/list-keys.ts';

const HEAD = `# Configuration of a runner

\`signalbox runner\` reads one YAML file: the one after \`--config\`, else the one that RUNNER_CONFIG_FILE names, else
\`/etc/brainboard-runner/config.yaml\` where it is there. Without any file, \`--endpoint URL\` and \`--token-file FILE\` are
enough. The published keys have their published names; keys marked *added* are this program's own. A key that nobody
knows is an error, so that a slip of the pen does not become a default.

\`\`\`yaml
log:
  level: info
runner:
  name: shop-runner
  token: "…" # or RUNNER_TOKEN, or --token-file
  concurrency: 4
  job_max_execution_time: 240m
api:
  endpoint: https://signalbox.example.org
\`\`\`

A duration is a whole number and a unit: \`500ms\`, \`30s\`, \`5m\`, \`2h\`, \`1d\`. A number without a unit is refused.
A flag wins over the file. \`signalbox check --config FILE\` reads the file and says what it finds, and what is missing on
this host.
`;

const toDefault = ({ otherwise, fallback }: ListedKey): string =>
  otherwise ?? (Array.isArray(fallback) ? 'an empty list' : `\`${String(fallback)}\``);

const toEntry = (key: ListedKey): string => {
  const rows = [`- Value: ${key.takes}`, `- Default: ${toDefault(key)}`];
  if (key.env) {
    const rule = key.env.wins === 'environment' ? 'wins over the file' : 'counts where the file says nothing';
    rows.push(`- Environment: \`${key.env.name}\`, which ${rule}`);
  }
  if (key.flag !== undefined) {
    const flags = key.flag.split(', ').map((flag) => `\`${flag}\``);
    rows.push(`- Flag: ${flags.join(', ')}`);
  }
  if (key.danger !== undefined) rows.push(`- Danger: ${key.danger}`);
  return `### \`${key.path}\`${key.isOwn ? ' *(added)*' : ''}\n\n${key.says}\n\n${rows.join('\n')}\n`;
};

/** The page, section by section. */
export const toConfigurationPage = (): string => {
  const sections = Map.groupBy(listKeys(), ({ path }) => path.slice(0, path.lastIndexOf('.')));
  const parts = [...sections].map(([name, keys]) => `## \`${name}\`\n\n${keys.map(toEntry).join('\n')}`);
  return `${HEAD}\n${parts.join('\n')}\nThis page is made from the schema by \`npm run docs\`.\n`;
};

if (import.meta.main) {
  const page = toConfigurationPage();
  await writeFile(join(import.meta.dirname, '..', 'docs', 'configuration.md'), page);
  console.log(`docs/configuration.md: ${page.split('\n').length} lines`);
}
