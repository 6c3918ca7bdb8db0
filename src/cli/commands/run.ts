import { toPageUrl } from '../client/page-url.ts';
import type { Command } from '../command.ts';
import { openBox } from '../run/open-box.ts';
import { readCode } from '../run/read-code.ts';
import { readRunRequest } from '../run/read-request.ts';
import { RUN_OPTIONS } from '../run/options.ts';
import { runCode } from '../run/run-code.ts';
import { requireSettled } from '../run/settle-state.ts';
import { withPacked } from '../run/with-packed.ts';
import { tellResult, toExitCode } from '../show/tell-result.ts';

const INTERRUPTED = 130;

export const runCommand: Command = {
  name: 'run',
  summary: 'Plan a directory of Terraform or OpenTofu code, and apply it with --apply.',
  usage: 'run DIR [--apply] [options]',
  description: `Packs DIR with the local modules that it names, runs it, shows the output, and ends with 0, 1 (failed), 2 (usage or
configuration) or 130 (interrupted). It runs on the control plane of this user that is up (\`signalbox up\`), else on one of
its own that ends with it. The state belongs to the control plane and is kept there.

The first run makes an architecture named after the directory and writes .signalbox.json, which links the code to it;
commit that file. Not packed are .git, .terraform/, state files, and what .terraformignore names.

The first Ctrl-C stops the pipeline gracefully and says what became of the state. The second leaves at once; what runs then
goes on by itself.`,
  options: RUN_OPTIONS,
  examples: [
    { line: 'signalbox run ./infrastructure', says: 'plan it' },
    { line: 'signalbox run ./infrastructure --apply', says: 'plan it, ask, apply exactly that plan' },
    { line: 'signalbox run . --apply --auto-approve --json', says: 'for a script: the last line is the result' },
    { line: 'DB_PASSWORD=… signalbox run . --secret-var DB_PASSWORD', says: 'a variable whose value is masked' },
    { line: "signalbox run . --target 'aws_instance\\.web'", says: 'only the resources whose address matches' },
    { line: 'signalbox run . --destroy --apply', says: 'plan the removal of everything, ask, remove it' },
  ],
  run: async (context) => {
    const { output } = context;
    const canAsk = output.isTerminal && process.stdin.isTTY;
    const request = readRunRequest(context, { canAsk });
    const code = await readCode(request.directory);
    requireSettled(code, request);
    const { root, maxBundleBytes: maxBytes, varFiles } = request;
    return withPacked(code.directory, { root, maxBytes, varFiles, needsTerraform: true }, async (packed) => {
      const box = await openBox(context, request);
      try {
        const view = await runCode(context, request, { code, packed, box });
        if (view === null) return INTERRUPTED;
        tellResult(output, view, { url: toPageUrl(box.operator, view), isLeaving: box.isEmbedded });
        return context.interrupted.aborted ? INTERRUPTED : toExitCode(view);
      } finally {
        await box.close();
      }
    });
  },
};
