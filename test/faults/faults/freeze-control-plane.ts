import type { Fault } from './fault.ts';

/** The control plane stands still: it accepts connections, and says nothing. */
export const freezeControlPlane: Fault = ({ box: { controlPlane } }, { forMs }) =>
  controlPlane.exclusively(() => controlPlane.freeze(forMs + 100));
