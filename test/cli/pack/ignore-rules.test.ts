import { expect, test } from 'vitest';
import { readIgnoreRules } from '../../../src/cli/pack/ignore-rules.ts';

const CASES: [rules: string, ignored: string[], kept: string[]][] = [
  ['*.log', ['a.log', 'deep/b.log'], ['a.logs', 'log']],
  ['# *.tf\n\n  *.tmp  ', ['a.tmp'], ['main.tf', '# *.tf']],
  ['/build', ['build', 'build/x'], ['deep/build']],
  ['build', ['build', 'build/x', 'deep/build/x'], ['builds']],
  ['cache/', ['cache/', 'cache/x', 'deep/cache/x'], ['cache', 'deep/cache']],
  ['docs/*.md', ['docs/a.md', 'x/docs/a.md'], ['docs/x/a.md', 'a.md']],
  ['docs/**/*.md', ['docs/a.md', 'docs/x/y/a.md'], ['a.md']],
  ['logs/**', ['logs/a', 'logs/a/b'], ['logs']],
  ['**/temp', ['temp', 'a/b/temp', 'a/temp/x'], ['temps']],
  ['v?.txt', ['v1.txt'], ['v10.txt', 'v/.txt']],
  ['v[0-3].txt\nw[!ab]', ['v2.txt', 'wc'], ['v4.txt', 'wa']],
  ['\\!important\n\\#x', ['!important', '#x'], ['important']],
  ['a+b(c).txt', ['a+b(c).txt'], ['aab(c).txt', 'a+bc.txt']],
  ['*.tfvars\n!prod.tfvars', ['dev.tfvars', 'x/dev.tfvars'], ['prod.tfvars', 'x/prod.tfvars']],
  ['!prod.tfvars\n*.tfvars', ['prod.tfvars'], []],
  ['keep/\n!keep/this.txt', ['keep/that.txt'], ['keep/this.txt']],
  ['/\n!\n!/', [], ['main.tf', 'a/b']],
  ['[unclosed', ['[unclosed'], ['u']],
  ['a.txt\r\nb.txt\r\n', ['a.txt', 'b.txt'], ['c.txt']],
];
test.each(CASES)('%j ignores what Terraform ignores', (text, ignored, kept) => {
  const { ignores } = readIgnoreRules(text);
  const isIgnored = (path: string) => ignores(path.replace(/\/$/, ''), path.endsWith('/'));
  expect(ignored.filter((path) => !isIgnored(path))).toEqual([]);
  expect(kept.filter(isIgnored)).toEqual([]);
});
