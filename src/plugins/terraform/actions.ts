import { ansi } from './ansi.ts';

const REPLACE = `${ansi.red('-')}/${ansi.green('+')}`;

/** What a planned action looks like and is called: the words of `-json` streams. */
const ACTIONS: Record<string, { sign: string; words: string }> = {
  create: { sign: `  ${ansi.green('+')}`, words: 'will be created' },
  read: { sign: ` ${ansi.cyan('<=')}`, words: 'will be read during apply' },
  update: { sign: `  ${ansi.yellow('~')}`, words: 'will be updated in-place' },
  replace: { sign: REPLACE, words: `must be ${ansi.bold(ansi.red('replaced'))}` },
  delete: { sign: `  ${ansi.red('-')}`, words: `will be ${ansi.bold(ansi.red('destroyed'))}` },
  remove: { sign: `  ${ansi.red('.')}`, words: 'will no longer be managed, but will not be destroyed' },
  import: { sign: `  ${ansi.grey('#')}`, words: 'will be imported' },
  move: { sign: `  ${ansi.grey('#')}`, words: 'has moved' },
  noop: { sign: '   ', words: 'stays as it is' },
};

/** How an action is drawn; one that a newer tool brings keeps its own name. */
export const toLook = (action: string): { sign: string; words: string } =>
  ACTIONS[action] ?? { sign: '   ', words: `: ${action}` };

/** The actions of a plan's JSON (`["delete", "create"]`) → the one word that streams use. */
export const toAction = (actions: readonly string[]): string => {
  if (actions.length > 1) return 'replace';
  const [action = 'noop'] = actions;
  return { 'no-op': 'noop', forget: 'remove' }[action] ?? action;
};
