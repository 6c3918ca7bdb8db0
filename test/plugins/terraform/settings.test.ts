import { expect, test } from 'vitest';
import { readSettings, type Settings } from '../../../src/plugins/terraform/settings.ts';

const none: Settings = {
  backend: null,
  cloud: null,
  requiredVersion: [],
  localModules: [],
  variablesWithoutDefault: [],
};
const read = (text: string) => readSettings({ 'main.tf': text });

test.each([
  ['a line comment', '# terraform { cloud {} }\n// terraform { cloud {} }\n'],
  ['a block comment', '/* terraform {\n cloud {}\n} */'],
  ['a string', 'locals { a = "} terraform { cloud {} }" }'],
  ['a string with escaped quotes', 'locals {\n a = "x \\" } terraform { cloud {} }"\n}'],
  ['a template', 'locals {\n a = "${join("}", ["} terraform { cloud {} }"])}"\n}'],
  ['a heredoc', 'locals {\n a = <<EOT\n}\nterraform {\n  cloud {}\n}\nEOT\n}'],
  ['an indented heredoc', 'locals {\n a = <<-EOT\n    }\n    terraform { cloud {} }\n    EOT\n}'],
  ['another block', 'module "m" {\n source = "./m"\n terraform { cloud {} }\n}'],
  ['an object', 'locals {\n terraform = { cloud = {} }\n}'],
])('a cloud block inside %s is none', (_, text) => {
  expect(read(`${text}\nvariable "last" {}\n`)).toMatchObject({ cloud: null, variablesWithoutDefault: ['last'] });
});

test.each([
  ['in its own lines', 'terraform {\n  cloud {\n    organization = "x"\n  }\n}'],
  ['in one line', 'terraform { cloud {} }'],
  ['after a comment', '/* a */ terraform { # b\n // c\n cloud { } }'],
  ['after a heredoc', 'locals {\n a = <<EOT\n}}}\nEOT\n}\nterraform {\n cloud {}\n}'],
  ['after a template with braces', 'locals { a = "${b}{" }\nterraform {\n cloud {}\n}'],
  ['with line ends of Windows', 'terraform {\r\n  cloud {\r\n  }\r\n}\r\n'],
  ['after a stray brace', '}\nterraform {\n cloud {}\n}'],
])('a cloud block is found %s', (_, text) => {
  expect(read(text).cloud).toEqual({ file: 'main.tf' });
});

test('a backend is told with its type and its literal path', () => {
  expect(read('terraform {\n  backend "local" {\n    path = "a/b.tfstate"\n  }\n}').backend).toEqual({
    type: 'local',
    path: 'a/b.tfstate',
  });
  expect(read('terraform {\n  backend "local" {\n    path = "${var.x}.tfstate"\n  }\n}').backend).toEqual({
    type: 'local',
  });
  expect(read('terraform { backend "s3" {} }').backend).toEqual({ type: 's3' });
});

test('version constraints, local modules and variables without defaults are collected over all files', () => {
  const settings = readSettings({
    'versions.tf':
      'terraform {\n required_version = ">= 1.5, < 2.0"\n required_providers {\n a = { source = "x/y" }\n }\n}',
    'main.tf': 'module "a" {\n source = "../a"\n}\nmodule "b" { source = "./b" }\nmodule "c" { source = "x/y/z" }',
    'variables.tf': [
      'variable "one" {}',
      'variable "two" {\n  type = object({ default = string })\n}',
      'variable "three" {\n  default = null\n}',
      'variable "four" {\n  type = map(any)\n  default = {\n    a = "}"\n  }\n}',
      'variable five {\n validation {\n condition = var.five == "default"\n error_message = "x"\n }\n}',
    ].join('\n'),
  });
  expect(settings).toEqual({
    ...none,
    requiredVersion: ['>= 1.5, < 2.0'],
    localModules: ['../a', './b'],
    variablesWithoutDefault: ['one', 'two', 'five'],
  });
});

test('the JSON syntax says the same', () => {
  const settings = readSettings({
    'main.tf.json': JSON.stringify({
      terraform: [{ required_version: '~> 1.11' }, { backend: { local: [{ path: 'x.tfstate' }] } }],
      module: { a: { source: './a' } },
      variable: { one: {}, two: { default: 1 } },
      locals: { cloud: {} },
    }),
  });
  expect(settings).toEqual({
    ...none,
    backend: { type: 'local', path: 'x.tfstate' },
    requiredVersion: ['~> 1.11'],
    localModules: ['./a'],
    variablesWithoutDefault: ['one'],
  });
  expect(readSettings({ 'a.tf.json': '{"terraform": {"cloud": {}}}' }).cloud).toEqual({ file: 'a.tf.json' });
  expect(readSettings({ 'a.tf.json': '{"terraform": ' })).toEqual(none);
});

test('an override file has the last word, whatever its place in the alphabet', () => {
  const cloud = 'terraform { cloud {} }';
  const local = 'terraform { backend "local" {} }';
  expect(readSettings({ 'a_override.tf': local, 'main.tf': cloud })).toMatchObject({
    cloud: null,
    backend: { type: 'local' },
  });
  expect(readSettings({ 'override.tf': cloud, 'z.tf': local })).toMatchObject({
    cloud: { file: 'override.tf' },
    backend: null,
  });
  const withDefault = readSettings({ 'main.tf': 'variable "a" {}', 'override.tf': 'variable "a" { default = 1 }' });
  expect(withDefault.variablesWithoutDefault).toEqual([]);
});

test.each(['terraform {', 'variable "a', 'x = <<EOT\nnever ended', '"${', '}}}}', '/*', 'a = "${"${"'])(
  'broken text %j is read without an error',
  (text) => {
    expect(read(text)).toMatchObject({ cloud: null, backend: null });
  },
);

test('comparisons and lambdas do not look like attributes', () => {
  const text = 'variable "a" {\n default = { for k in ["x"] : k => k == "y" ? 1 : 2 }\n}\nvariable "b" {}\n';
  expect(read(text).variablesWithoutDefault).toEqual(['b']);
});
