import type { StateValue } from 'xstate';

/** A machine's value as text: `executing.running`; regions side by side are joined by a comma. */
export const toStateText = (value: StateValue): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([key, inner]) =>
          inner === undefined || Object.keys(inner).length === 0 ? key : `${key}.${toStateText(inner)}`,
        )
        .join(',');
