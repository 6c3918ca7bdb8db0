import { stat } from 'node:fs/promises';
import { toReason } from '../../protocol/errors.ts';
import type { CommandContext } from '../command.ts';
import { readConfiguration, type Configuration } from '../runner/read-configuration.ts';
import type { Finding } from './finding.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const subject = 'configuration';

/** The configuration of a runner, where there is one. */
export const checkConfiguration = async (
  context: Pick<CommandContext, 'options' | 'env'>,
): Promise<{ found: Configuration | null; findings: Finding[] }> => {
  let found: Configuration | null;
  try {
    found = await readConfiguration(context);
  } catch (error) {
    const { message, hint } = toReason(error);
    return {
      found: null,
      findings: [{ subject, level: 'failed', says: message, ...(hint !== undefined && { remedy: hint }) }],
    };
  }
  if (found === null) {
    return {
      found,
      findings: [{ subject, level: 'ok', says: 'No runner is configured here; `up` and `run` bring their own.' }],
    };
  }
  const { config, files } = found;
  const says = `Runner ${config.name} with concurrency ${config.slots}, for ${config.endpoint}.`;
  const findings: Finding[] = [{ subject, level: 'ok', says }];
  const { protocol, hostname } = new URL(config.endpoint);
  if (protocol === 'http:' && !LOOPBACK.includes(hostname)) {
    findings.push({
      subject,
      level: 'warning',
      says: `The token goes to ${hostname} over plain http and can be read on the way.`,
      remedy: 'Put TLS in front of the control plane and use https.',
    });
  }
  for (const file of files) {
    const mode = await stat(file).then(
      (one) => one.mode,
      () => 0,
    );
    if ((mode & 0o044) === 0) continue;
    findings.push({
      subject,
      level: 'warning',
      says: `Other users of this host can read ${file}, which may hold the token.`,
      remedy: `chmod 600 ${file}`,
    });
  }
  for (const key of config.unused) {
    findings.push({
      subject,
      level: 'warning',
      says: `\`${key}\` is read, and changes nothing: steps run as processes of this host.`,
    });
  }
  return { found, findings };
};
