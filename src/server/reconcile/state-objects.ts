/** A managed state as far as it is looked into here. Whatever is not as expected is passed over. */
interface StateFile {
  resources?: {
    module?: string;
    mode?: string;
    type?: string;
    name?: string;
    instances?: { index_key?: string | number; deposed?: string; attributes?: Record<string, unknown> | null }[];
  }[];
}

/** As the tools quote a text: JSON's escapes, and none of their own templates. */
export const toQuoted = (text: string): string => JSON.stringify(text).replaceAll(/([$%])\{/g, '$1$1{');

const toIndex = (key: string | number | undefined): string =>
  key === undefined ? '' : `[${typeof key === 'number' ? key : toQuoted(key)}]`;

/** The objects that a state file holds: address → id, null where it has none. A deposed object is nobody's address. */
export const readStateObjects = (bytes: Uint8Array): Map<string, string | null> => {
  const objects = new Map<string, string | null>();
  const { resources = [] } = JSON.parse(Buffer.from(bytes).toString()) as StateFile;
  for (const { module, mode, type, name, instances = [] } of resources) {
    const path = [module, mode === 'data' ? 'data' : undefined, type, name].filter((part) => part !== undefined);
    for (const { index_key, deposed, attributes } of instances) {
      if (deposed !== undefined) continue;
      const id = attributes?.['id'];
      objects.set(`${path.join('.')}${toIndex(index_key)}`, typeof id === 'string' ? id : null);
    }
  }
  return objects;
};
