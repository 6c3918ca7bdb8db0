import { applyChange } from './apply-change.ts';
import type { Diagnostic, Handlers, Value } from './messages.ts';
import type { Performance } from './perform-call.ts';
import { planChange } from './plan-change.ts';
import { findProblems, SCHEMA, TYPE, type PlannedObject, type SimObject } from './sim-object.ts';
import { readValue, toBytes } from './wire.ts';

export interface Provider {
  methods: Handlers & {
    GetProviderSchema: () => object;
    ValidateProviderConfig: () => object;
    ConfigureProvider: () => object;
    StopProvider: () => object;
  };
  /** The connection is gone: calls that honour a stop end too. */
  end(): void;
}

const toDiagnostic = (detail: string): Diagnostic => ({ severity: 'ERROR', summary: 'The simulated cloud', detail });
const toValue = (value: PlannedObject | SimObject | null): Value => ({ msgpack: toBytes(value) });

// Terraform checked the values against the schema before it sent them.
const readPlanned = ({ msgpack }: Value): PlannedObject | null =>
  msgpack === undefined ? null : (readValue(msgpack) as PlannedObject | null);
const readObject = (value: Value): SimObject | null => readPlanned(value) as SimObject | null;

/** One provider a connection, as each Terraform has one of its own: a stop reaches only the calls of who asks for it. */
export const createProvider = ({ cloud, clock }: Omit<Performance, 'stopped'>): Provider => {
  const stop = new AbortController();
  const at: Performance = { cloud, clock, stopped: stop.signal };
  return {
    methods: {
      GetProviderSchema: () => ({
        provider: { version: 0, block: { attributes: [] } },
        resourceSchemas: { [TYPE]: SCHEMA },
      }),
      ValidateProviderConfig: () => ({}),
      ConfigureProvider: () => ({}),
      ValidateResourceConfig({ config }) {
        const object = readPlanned(config);
        return { diagnostics: object === null ? [] : findProblems(object).map(toDiagnostic) };
      },
      // There is one version so far.
      UpgradeResourceState: ({ rawState: { json } }) => ({ upgradedState: { json } }),
      ReadResource({ currentState }) {
        const known = readObject(currentState);
        const found = known === null ? null : cloud.read(known.id);
        if (known !== null) cloud.note({ call: 'read', moment: 'done', id: known.id, name: found?.name ?? known.name });
        if (known === null || found === null) return { newState: toValue(null) };
        return { newState: toValue({ ...known, name: found.name, content: found.content }) };
      },
      PlanResourceChange({ priorState, proposedNewState, config }) {
        const { planned, replace } = planChange({
          prior: readObject(priorState),
          proposed: readPlanned(proposedNewState),
          config: readPlanned(config),
        });
        const requiresReplace = replace.map((attributeName) => ({ steps: [{ attributeName }] }));
        return { plannedState: toValue(planned), requiresReplace };
      },
      async ApplyResourceChange({ priorState, plannedState }) {
        const prior = readObject(priorState);
        const planned = readPlanned(plannedState);
        // In an apply all is known but the id of what is to be made.
        const wanted = planned && ({ ...planned, id: prior?.id ?? cloud.reserveId() } as SimObject);
        const { state, problem } = await applyChange(at, { prior, planned: wanted });
        return { newState: toValue(state), diagnostics: problem === null ? [] : [toDiagnostic(problem)] };
      },
      ImportResourceState({ typeName, id }) {
        const found = cloud.read(id);
        if (found === null)
          return { importedResources: [], diagnostics: [toDiagnostic(`There is no object ${id} to import.`)] };
        const { settings = { delay_ms: null, fail: null, stop: null }, name, content } = found;
        return {
          importedResources: [{ typeName, state: toValue({ id, name, content, ...settings }) }],
          diagnostics: [],
        };
      },
      StopProvider() {
        stop.abort();
        return {};
      },
    },
    end: () => stop.abort(),
  };
};
