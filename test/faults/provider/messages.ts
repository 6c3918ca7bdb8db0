/** The messages of `protocol/terraform.proto` as they are in memory. What is not sent is missing. */
export interface Value {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}
export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  summary: string;
  detail: string;
}
export interface Path {
  steps: { attributeName: string }[];
}

export interface Requests {
  ValidateResourceConfig: { config: Value };
  UpgradeResourceState: { rawState: { json: Uint8Array } };
  ReadResource: { currentState: Value };
  PlanResourceChange: { priorState: Value; proposedNewState: Value; config: Value };
  ApplyResourceChange: { priorState: Value; plannedState: Value };
  ImportResourceState: { typeName: string; id: string };
}
export interface Replies {
  ValidateResourceConfig: { diagnostics: Diagnostic[] };
  UpgradeResourceState: { upgradedState: Value };
  ReadResource: { newState: Value };
  PlanResourceChange: { plannedState: Value; requiresReplace: Path[] };
  ApplyResourceChange: { newState: Value; diagnostics: Diagnostic[] };
  ImportResourceState: { importedResources: { typeName: string; state: Value }[]; diagnostics: Diagnostic[] };
}

/** A method's answers; those that need nothing of their request stand apart. */
export type Handlers = {
  [M in keyof Requests]: (request: Requests[M]) => Replies[M] | Promise<Replies[M]>;
};
