import type { RunPlan } from './scenario.ts';

const HEADER = `
terraform {
  required_providers {
    sim = { source = "signalbox/sim" }
  }
}
`;

const toLabel = (name: string): string => name.replaceAll('-', '_');

/** A run's architecture as code. */
export const toModule = ({ objects }: RunPlan): string =>
  HEADER +
  objects
    .map(
      ({ name, content, delayMs, fail, stop, needs }) => `
resource "sim_object" "${toLabel(name)}" {
  name       = "${name}"
  content    = "${content}"
  delay_ms   = ${delayMs}
  stop       = "${stop}"${fail === null ? '' : `\n  fail       = "${fail}"`}
  depends_on = [${needs.map((need) => `sim_object.${toLabel(need)}`).join(', ')}]
}
`,
    )
    .join('');
