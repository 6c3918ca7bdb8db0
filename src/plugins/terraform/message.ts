import * as z from 'zod';

/** A diagnostic, in a `-json` stream as in `validate -json`. */
export const Diagnostic = z.looseObject({
  severity: z.string(),
  summary: z.string(),
  detail: z.string().default(''),
  address: z.string().optional(),
  range: z.looseObject({ filename: z.string(), start: z.looseObject({ line: z.number() }) }).optional(),
  snippet: z
    .looseObject({
      context: z.string().nullable().default(null),
      code: z.string(),
      start_line: z.number(),
      /** Both count bytes of `code`. */
      highlight_start_offset: z.number(),
      highlight_end_offset: z.number(),
      values: z.array(z.looseObject({ traversal: z.string(), statement: z.string() })).nullish(),
    })
    .optional(),
});
export type Diagnostic = z.infer<typeof Diagnostic>;

const Resource = z.looseObject({ addr: z.string() });
const Change = z.looseObject({
  resource: Resource,
  previous_resource: Resource.optional(),
  action: z.string(),
  reason: z.string().optional(),
});
const Hook = z.looseObject({
  resource: Resource,
  action: z.string().optional(),
  id_value: z.string().optional(),
  provisioner: z.string().optional(),
  output: z.string().optional(),
});
const Counts = z.looseObject({
  add: z.number(),
  change: z.number(),
  remove: z.number(),
  import: z.number().default(0),
  operation: z.string(),
});
const StreamOutput = z.looseObject({
  sensitive: z.boolean().default(false),
  action: z.string().optional(),
  value: z.json().optional(),
});

/** One line of a `-json` stream. Both tools write the same types; unknown ones parse, too. */
export const Message = z.looseObject({
  '@message': z.string(),
  type: z.string(),
  terraform: z.string().optional(),
  tofu: z.string().optional(),
  change: Change.optional(),
  hook: Hook.optional(),
  changes: Counts.optional(),
  outputs: z.record(z.string(), StreamOutput).optional(),
  diagnostic: Diagnostic.optional(),
});
export type Message = z.infer<typeof Message>;
export type PlannedChange = z.infer<typeof Change>;
export type StreamOutputs = NonNullable<Message['outputs']>;

/** A line → its message; null: it is none of the tool's. */
export const readMessage = (line: string): Message | null => {
  if (!line.startsWith('{')) return null;
  try {
    return Message.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
};
