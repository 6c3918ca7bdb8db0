import type { Secret } from '../protocol/job.ts';

export interface EnvironmentInput {
  /** The runner's own environment. */
  host: Readonly<Record<string, string | undefined>>;
  /** What passes beside the usual: names, or beginnings of names as `PREFIX_*`. */
  pass: readonly string[];
  /** What the step sets; it wins over the host. */
  step: Readonly<Record<string, string>>;
  secrets: readonly Secret[];
  fileExists: (path: string) => boolean;
}

export interface Environment {
  env: Record<string, string>;
  /** Sorted, for the log. */
  names: string[];
  /** Values that must not show: the secrets, and what stands under names that sound like one. */
  masks: string[];
  /** Names that were there and were taken out whatever `pass` says, sorted: they disturb Terraform or are the runner's. */
  stripped: string[];
}

const toNames = (text: string): string[] => text.trim().split(/\s+/);

const PASSED = toNames(`
  PATH HOME LANG LANGUAGE LC_* TZ
  HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
  SSL_CERT_FILE SSL_CERT_DIR SSH_AUTH_SOCK GIT_SSH_COMMAND TF_TOKEN_* TF_CLI_CONFIG_FILE
  AWS_* ARM_* AZURE_* GOOGLE_* CLOUDSDK_* OCI_*
`);

/** They turn an apply into a destroy, make a run interactive, write into its output, or let a second program into it. */
const DISTURBING = toNames(`
  TF_CLI_ARGS* TF_REATTACH_PROVIDERS TF_WORKSPACE TF_LOG* TF_TEMP_LOG_PATH TF_IGNORE
  TF_INPUT TF_DATA_DIR TF_IN_AUTOMATION TF_STATE_PERSIST_INTERVAL
`);
/** The runner's own. */
const OWN = toNames('RUNNER_TOKEN SIGNALBOX_* NODE_* npm_*');

const SOUNDS_SECRET =
  /^TF_TOKEN_|secret|token|passw|passphrase|credential|(private|access|api|account|storage|encryption)_?key|_(key|pass|pat|pwd|sas|client_certificate)$|connection_?string/i;
/** Where a secret lies, or how it is got: not the secret itself. */
const NAMES_A_PLACE = /^(?!TF_TOKEN_).*_(file|path|dir|ur[il]|endpoint|sock|type)$/i;
/** Masking these would make any log unreadable, and they tell nothing. */
const IS_SWITCH = /^(true|false|yes|no|on|off|none|null|default|enabled|disabled)$/i;

/** Builds a child's environment from nothing: what is not named here does not reach it. */
export const createEnvironment = ({ host, pass, step, secrets, fileExists }: EnvironmentInput): Environment => {
  const mayPass = toMatcher([...PASSED, ...pass]);
  const isDisturbing = toMatcher(DISTURBING);
  const isOwn = toMatcher(OWN);
  const stripped = new Set<string>();
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value === undefined) continue;
    // OpenTofu writes a warning about a missing file into its JSON output.
    const isMissing = name === 'TF_CLI_CONFIG_FILE' && value !== '' && !fileExists(value);
    if (isDisturbing(name) || isOwn(name) || isMissing) stripped.add(name);
    else if (mayPass(name)) env[name] = value;
  }
  Object.assign(env, step);
  for (const secret of secrets) {
    const name = secret.as === 'variable' ? `TF_VAR_${secret.name}` : secret.name;
    if (isDisturbing(name)) stripped.add(name);
    else env[name] = secret.value;
  }

  const masks = new Set(secrets.map(({ value }) => value));
  for (const [name, value] of Object.entries(env)) {
    const isPlace = NAMES_A_PLACE.test(name) || (value.startsWith('/') && fileExists(value));
    if (SOUNDS_SECRET.test(name) && !isPlace && !IS_SWITCH.test(value)) masks.add(value);
    for (const password of toPasswords(value)) masks.add(password);
  }
  masks.delete('');
  return { env, names: Object.keys(env).sort(), masks: [...masks], stripped: [...stripped].sort() };
};

const toMatcher = (patterns: readonly string[]): ((name: string) => boolean) => {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
};

/** The password in an address such as a proxy's: as written, and decoded. */
const toPasswords = (value: string): string[] => {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#@]+)@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
};
