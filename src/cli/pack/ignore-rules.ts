/** What a `.terraformignore` says about a path below its folder (`/` between names). */
export interface IgnoreRules {
  ignores(path: string, isDirectory: boolean): boolean;
  /** True where something inside an ignored directory may be wanted back by a `!` rule. */
  readonly hasExceptions: boolean;
}

interface Rule {
  isException: boolean;
  expression: RegExp;
}

const CLASS = /^\[([!^]?)([^\]\\/]+)\]/;

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** Wildcards as Terraform reads them: `*` and `?` stop at `/`, `**` does not, a backslash takes the next sign literally. */
const toSource = (pattern: string): string => {
  let source = '';
  for (let rest = pattern; rest !== '';) {
    const set = CLASS.exec(rest);
    const taken = rest.startsWith('**/') ? '**/' : rest.startsWith('**') ? '**' : (set?.[0] ?? rest.slice(0, 1));
    rest = rest.slice(taken.length);
    if (taken === '**/') source += '(?:.*/)?';
    else if (taken === '**') source += '.*';
    else if (taken === '*') source += '[^/]*';
    else if (taken === '?') source += '[^/]';
    else if (set !== null) source += `[${set[1] === '' ? '' : '^'}${set[2]}]`;
    else if (taken === '\\' && rest !== '') {
      source += escape(rest.slice(0, 1));
      rest = rest.slice(1);
    } else source += escape(taken);
  }
  return source;
};

const readRule = (line: string): Rule => {
  const isException = line.startsWith('!');
  const pattern = isException ? line.slice(1) : line;
  const isAnchored = pattern.startsWith('/');
  const isForDirectories = pattern.endsWith('/');
  const body = toSource(pattern.slice(isAnchored ? 1 : 0, isForDirectories ? -1 : undefined));
  // A directory is asked about with a slash at its end, so that `name/` meets it and not a file of that name.
  const expression = new RegExp(
    `^${isAnchored ? '' : '(?:.*/)?'}${body}${isForDirectories ? '/.*' : '(?:/.*)?'}$`,
    's',
  );
  return { isException, expression };
};

/**
 * Reads a `.terraformignore`. It looks like a `.gitignore`, with Terraform's two differences: only a `/` in front ties a
 * pattern to the folder, and a `!` rule brings back a file whose directory is ignored. The last rule that matches wins.
 */
export const readIgnoreRules = (text: string): IgnoreRules => {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const rules = lines.filter((line) => !['', '!', '/', '!/'].includes(line) && !line.startsWith('#')).map(readRule);
  return {
    hasExceptions: rules.some((rule) => rule.isException),
    ignores: (path, isDirectory) => {
      const asked = isDirectory ? `${path}/` : path;
      const last = rules.findLast((rule) => rule.expression.test(asked));
      return last !== undefined && !last.isException;
    },
  };
};
