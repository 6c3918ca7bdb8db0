import type { PlannedObject, SimObject } from './sim-object.ts';
import { Unknown } from './wire.ts';

export interface Change {
  prior: SimObject | null;
  /** What Terraform merged of prior state and configuration; null for a deletion. */
  proposed: PlannedObject | null;
  config: PlannedObject | null;
}

/** What the object will be. A new object's id is known after its creation; a new name asks for a new object. */
export const planChange = ({
  prior,
  proposed,
  config,
}: Change): { planned: PlannedObject | null; replace: string[] } => {
  if (proposed === null) return { planned: null, replace: [] };
  const planned = {
    ...proposed,
    id: prior?.id ?? new Unknown(),
    // Left out it is empty, and not what it was before, which Terraform proposes.
    content: config?.content === null ? '' : proposed.content,
  };
  return { planned, replace: prior !== null && prior.name !== planned.name ? ['name'] : [] };
};
