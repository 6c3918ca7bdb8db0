import { open } from 'node:fs/promises';

/** Makes the names in a directory durable, after a create, a rename or a removal. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};
