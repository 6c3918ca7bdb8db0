import { readHcl, type Body } from './read-hcl.ts';
import { readJsonBody } from './read-json-body.ts';

/** What the code says about how it wants to be run. */
export interface Settings {
  /** `path` of a `local` backend, where it is written as a plain string. */
  backend: { type: string; path?: string } | null;
  /** The file that holds a `cloud` block. */
  cloud: { file: string } | null;
  requiredVersion: string[];
  /** Relative sources of modules, as written. */
  localModules: string[];
  variablesWithoutDefault: string[];
}

const isOverride = (name: string): boolean => /(^|\/|_)override\.(tf|tofu)(\.json)?$/.test(name);

const readTerraformBlock = (settings: Settings, file: string, body: Body): void => {
  const required = body.attributes['required_version'];
  if (typeof required === 'string') settings.requiredVersion.push(required);
  for (const block of body.blocks) {
    // Each replaces the other: an override file may do so, and in one file the tool refuses both.
    if (block.type === 'cloud') {
      settings.cloud = { file };
      settings.backend = null;
    } else if (block.type === 'backend') {
      const path = block.body.attributes['path'];
      settings.backend = { type: block.labels[0] ?? '', ...(typeof path === 'string' ? { path } : {}) };
      settings.cloud = null;
    }
  }
};

/**
 * Reads `.tf` and `.tf.json` texts of one module by file name, tolerantly: what cannot be read is passed over, and the
 * tool complains about it later, better.
 */
export const readSettings = (files: Readonly<Record<string, string>>): Settings => {
  const settings: Settings = {
    backend: null,
    cloud: null,
    requiredVersion: [],
    localModules: [],
    variablesWithoutDefault: [],
  };
  const variables = new Map<string, boolean>();
  const names = Object.keys(files).toSorted(
    (a, b) => Number(isOverride(a)) - Number(isOverride(b)) || (a < b ? -1 : 1),
  );
  for (const file of names) {
    const text = files[file] ?? '';
    const { blocks } = file.endsWith('.json') ? readJsonBody(text) : readHcl(text);
    for (const { type, labels, body } of blocks) {
      const [name = ''] = labels;
      if (type === 'terraform') readTerraformBlock(settings, file, body);
      else if (type === 'module') {
        const source = body.attributes['source'];
        if (typeof source === 'string' && /^\.\.?\//.test(source)) settings.localModules.push(source);
      } else if (type === 'variable') variables.set(name, variables.get(name) || 'default' in body.attributes);
    }
  }
  settings.localModules = [...new Set(settings.localModules)];
  settings.variablesWithoutDefault = [...variables].filter(([, hasDefault]) => !hasDefault).map(([name]) => name);
  return settings;
};
