import type { Plugin } from '../plugin.ts';
import { compile } from './compile.ts';
import { conclude } from './conclude.ts';
import { judge } from './judge.ts';
import { readOptions } from './options.ts';
import { createStreamReader } from './stream.ts';

/** Terraform and OpenTofu: the same commands, the same streams. */
export const terraform: Plugin = {
  kinds: ['terraform', 'opentofu'],
  check: (task) => void readOptions(task),
  effectOf: (task) => (['apply', 'destroy', 'import'].includes(readOptions(task).action) ? 'irreversible' : 'read'),
  compile,
  createReader: ({ key }) => createStreamReader(key === 'apply' ? 'apply' : 'plan'),
  judge,
  conclude,
};
