import { fileURLToPath } from 'node:url';

/** The examples that come along: beside the bundle's folder, or at the top of a checkout. */
const base = new URL(import.meta.url.endsWith('.ts') ? '../../../examples/' : '../examples/', import.meta.url);
const at = (name: string): string => fileURLToPath(new URL(name, base));

const terraformTask = (kind: string, key: string, title: string, planFrom: string | null = null) => ({
  key,
  title,
  kind,
  options: { action: key },
  planFrom,
});

/** Several resources, one of them slow: Validate → Plan → Apply of exactly that plan. */
export const helloTerraform = (kind: 'terraform' | 'opentofu') => ({
  name: 'hello-terraform',
  kind,
  directory: at('hello-terraform'),
  needsTerraform: true,
  workflow: {
    name: 'demo',
    stages: [
      [terraformTask(kind, 'validate', 'Validate')],
      [terraformTask(kind, 'plan', 'Plan')],
      [terraformTask(kind, 'apply', 'Apply', 'plan')],
    ],
  },
});

const scriptTask = (key: string, title: string, script: string) => ({
  key,
  title,
  kind: 'script',
  options: { script },
});

/** Three stages of shell steps: what a host without Terraform can show. */
export const helloScript = () => ({
  name: 'hello-script',
  kind: 'script' as const,
  directory: at('hello-script'),
  needsTerraform: false,
  workflow: {
    name: 'demo',
    stages: [
      [scriptTask('look', 'Look', 'sh ./look.sh')],
      [scriptTask('build', 'Build', 'sh ./build.sh')],
      [scriptTask('report', 'Report', 'sh ./report.sh')],
    ],
  },
});
