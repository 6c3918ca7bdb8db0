import { SignalboxError } from '../../protocol/errors.ts';
import type { Command } from '../command.ts';
import { numberOf, textOf, textsOf } from '../option-values.ts';
import { untilAborted } from '../until-aborted.ts';

const DEFAULT_PORT = 7700;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'server' });

const requireUrl = (name: string, url: string, protocols: readonly string[]): string => {
  const parsed = URL.parse(url);
  // A password may be in it, so it is not repeated.
  if (parsed !== null && protocols.includes(parsed.protocol) && parsed.hostname !== '') return url;
  throw usage(`\`${name}\` takes an address that begins with ${protocols.map((one) => `\`${one}//\``).join(' or ')}`);
};

export const serverCommand: Command = {
  name: 'server',
  summary: 'Serve the control plane alone; runners connect to it.',
  usage: 'server [--host ADDRESS] [--port N] [--database URL] [--public-url URL]',
  description: `Serves API and web page, without a runner of its own. It listens on loopback unless \`--host\` says otherwise, and
answers only under loopback names and those that \`--public-url\` allows. Ctrl-C or SIGTERM ends it; jobs that run go on, and
their runners report when it is back.

Data lies in the data directory: an embedded database, logs, sources, states. With \`--database\` (or SIGNALBOX_DATABASE_URL,
which no list of processes shows) rows go to a PostgreSQL server instead, the rest stays there.`,
  options: {
    host: { type: 'string', value: 'ADDRESS', description: 'Address to listen on (127.0.0.1).' },
    database: { type: 'string', value: 'URL', description: 'A PostgreSQL database instead of the embedded one.' },
    'public-url': {
      type: 'string',
      value: 'URL',
      multiple: true,
      description: 'An address that browsers and runners use; may be repeated.',
    },
  },
  examples: [
    { line: 'signalbox server', says: 'on this host, port 7700' },
    {
      line: 'signalbox server --host 0.0.0.0 --public-url https://ci.example.org',
      says: 'behind a proxy that ends TLS',
    },
    { line: 'signalbox server --database postgres://signalbox@db/signalbox', says: 'with a PostgreSQL server' },
  ],
  run: async ({ positionals, options, data, output, logger, env, interrupted }) => {
    if (positionals.length > 0) throw usage('`server` takes no arguments');
    const host = textOf(options, 'host') ?? '127.0.0.1';
    const port = numberOf(options, 'port', { otherwise: DEFAULT_PORT, min: 0, max: 65_535, command: 'server' });
    const database = textOf(options, 'database') ?? (env['SIGNALBOX_DATABASE_URL'] || null);
    if (database !== null) requireUrl('--database', database, ['postgres:', 'postgresql:']);
    const publicUrls = textsOf(options, 'public-url').map((url) =>
      requireUrl('--public-url', url, ['http:', 'https:']),
    );

    // Loaded here: a runner's process carries nothing of it.
    const { openControlPlane } = await import('../compose/control-plane.ts');
    const controlPlane = await openControlPlane({
      data,
      host,
      port,
      fallbackToFree: false,
      database,
      publicUrls,
      logger,
    });
    try {
      const { url } = controlPlane;
      const link = await controlPlane.browserLink();
      output.say(`The control plane listens on ${url}. Data: ${data}`);
      output.say(`Open this once to sign a browser in: ${link}`);
      output.say('Make a token for a runner with `signalbox token create`. Ctrl-C ends the control plane.');
      output.event({ type: 'server', url, port: controlPlane.port, browserLink: link, data });
      logger.info({ url, data }, 'the control plane listens');
      if (!LOOPBACK.includes(host) && publicUrls.length === 0) {
        const note = 'Other hosts can connect, and are answered only under a name given with `--public-url`.';
        output.say(note);
        output.event({ type: 'note', level: 'warning', message: note });
      }
      await untilAborted(interrupted);
      output.say('The control plane ends.');
    } finally {
      await controlPlane.close();
    }
    return 0;
  },
};
