import * as z from 'zod';
import { readDocument } from './read-document.ts';

// Values are not looked into: they come from `JSON.parse`, and there may be megabytes of them.
const Change = z.looseObject({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  importing: z.looseObject({ id: z.string().optional() }).nullish(),
});
const ResourceChange = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  action_reason: z.string().optional(),
  change: Change,
});
const Resource = z.looseObject({
  address: z.string(),
  values: z.unknown().optional(),
  sensitive_values: z.unknown().optional(),
});
const Module = z.looseObject({
  resources: z.array(Resource).default([]),
  get child_modules() {
    return z.array(Module).default([]);
  },
});
const Values = z.looseObject({ root_module: Module.optional() });
const Variable = z.looseObject({ sensitive: z.boolean().default(false) });

/** `show -json` of a saved plan: the parts that we read. `complete` and `applyable` are told by newer tools only. */
export const PlanJson = z.looseObject({
  format_version: z.string(),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  applyable: z.boolean().optional(),
  planned_values: Values.optional(),
  prior_state: z.looseObject({ values: Values.optional() }).optional(),
  resource_changes: z.array(ResourceChange).default([]),
  resource_drift: z.array(ResourceChange).default([]),
  output_changes: z.record(z.string(), Change).default({}),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).default({}),
  configuration: z
    .looseObject({ root_module: z.looseObject({ variables: z.record(z.string(), Variable).default({}) }).optional() })
    .optional(),
});
export type PlanJson = z.infer<typeof PlanJson>;
export type ResourceChange = z.infer<typeof ResourceChange>;
export type ValueChange = z.infer<typeof Change>;
export type PlanResource = z.infer<typeof Resource>;
export type PlanModule = z.infer<typeof Module>;

/** The plan's JSON; null: the text is none. */
export const readPlanJson = (text: string): PlanJson | null => PlanJson.safeParse(readDocument(text)).data ?? null;

/** All resources of a tree of modules. */
export const toResources = (module: PlanModule | undefined): PlanResource[] =>
  module ? [...module.resources, ...module.child_modules.flatMap(toResources)] : [];
