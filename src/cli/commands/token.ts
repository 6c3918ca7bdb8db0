import { SignalboxError } from '../../protocol/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import { toMoment, toTable } from '../operator/to-table.ts';
import { withOperator } from '../operator/with-operator.ts';
import { textOf } from '../option-values.ts';

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'token' });

const create = (context: CommandContext): Promise<number> =>
  withOperator(context, async (operator) => {
    const { output } = context;
    const { runner, token } = await operator.createRunner(textOf(context.options, 'name'));
    output.say(token);
    output.say('');
    output.say(
      `This is shown once. It makes one runner (${runner.id}); keep it in a file that only its user can read.`,
    );
    output.event({ type: 'token', id: runner.id, name: runner.name, token });
    return 0;
  });

const list = (context: CommandContext): Promise<number> =>
  withOperator(context, async (operator) => {
    const { output } = context;
    const runners = await operator.listRunners();
    for (const runner of runners) output.event({ type: 'runner', ...runner });
    const rows = runners.map(({ id, name, status, version, createdAt, lastSeenAt, jobs }) => [
      id,
      name ?? '-',
      status,
      version ?? '-',
      toMoment(createdAt),
      toMoment(lastSeenAt),
      String(jobs.length),
    ]);
    const head = ['ID', 'NAME', 'STATUS', 'VERSION', 'CREATED', 'LAST SEEN', 'JOBS'];
    if (rows.length === 0) output.say('There are no runner tokens. Make one with `signalbox token create`.');
    else for (const line of toTable([head, ...rows])) output.say(line);
    return 0;
  });

const revoke = (context: CommandContext, id: string | undefined): Promise<number> => {
  if (id === undefined) throw usage('`token revoke` takes the id of a runner, which `signalbox token list` shows');
  return withOperator(context, async (operator) => {
    await operator.revokeRunner(id);
    context.output.say(`The token of ${id} is revoked. What it runs is still finished and reported.`);
    context.output.event({ type: 'revoked', id });
    return 0;
  });
};

export const tokenCommand: Command = {
  name: 'token',
  summary: 'Make, list and revoke the tokens of runners.',
  usage: 'token create [--name NAME] | token list | token revoke ID',
  description: `One token serves one runner. It is shown once, when it is made, and only its hash is kept. A token that is revoked opens
no session any more, from that moment on.

It speaks to the control plane of this user that is up; where none is, it opens the data directory itself for a moment.`,
  options: {
    name: { type: 'string', value: 'NAME', description: 'What the runner is called until it says its own name.' },
  },
  examples: [
    { line: 'signalbox token create --name shop', says: 'a token, on the first line' },
    { line: 'signalbox token create | head -n 1 > runner.token', says: 'into a file' },
    { line: 'signalbox token list', says: 'every runner, and when it was last heard of' },
    { line: 'signalbox token revoke rnr_0123456789abcdef', says: 'cut one off' },
  ],
  run: async (context) => {
    const [verb, id, ...rest] = context.positionals;
    const extra = verb === 'revoke' ? rest[0] : id;
    if (verb === undefined) throw usage('`token` takes `create`, `list` or `revoke`');
    if (!['create', 'list', 'revoke'].includes(verb))
      throw usage(`\`token\` takes \`create\`, \`list\` or \`revoke\`, not \`${verb}\``);
    if (extra !== undefined) throw usage(`\`token ${verb}\` does not take \`${extra}\``);
    if (verb !== 'create' && textOf(context.options, 'name') !== undefined)
      throw usage(`\`token ${verb}\` takes no \`--name\``);
    if (verb === 'create') return create(context);
    return verb === 'list' ? list(context) : revoke(context, id);
  },
};
