import { describe, expect, it } from 'vitest';
import { readError } from '../../../src/plugins/terraform/read-error.ts';

describe('what a tool wrote for people', () => {
  it.each([
    [
      '\u001b[31m╷\u001b[0m\n│ Error: Failed to query available provider packages\n│ \n│ Could not retrieve …\n╵\n',
      'Failed to query available provider packages',
    ],
    [
      'Error: Terraform encountered problems during initialisation\n\nError: Unclosed configuration block\n\n  on main.tf line 3, in resource "x" "y":\n   3: resource\n',
      'Unclosed configuration block (on main.tf line 3)',
    ],
  ])('gives its error with its place', (text, error) => {
    expect(readError(text)).toBe(error);
  });
  it.each([[null], [''], ['Terraform has been successfully initialized!\n'], ['no Error: at the start\n']])(
    'gives none where there is none: %j',
    (text) => {
      expect(readError(text)).toBeNull();
    },
  );
});
