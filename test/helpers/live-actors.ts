import { Actor, type AnyActor } from 'xstate';

const KEY = Symbol.for('signalbox.test.actors');
const shared = globalThis as { [KEY]?: Set<AnyActor> };

/** Notes every root actor that is started in this process; once, however many files share it. */
export const watchActors = (): void => {
  if (shared[KEY]) return;
  const started = (shared[KEY] = new Set());
  const { start } = Actor.prototype;
  Actor.prototype.start = function (this: AnyActor) {
    if (this._parent === undefined) started.add(this);
    return start.call(this);
  };
};

/** Those that neither ended nor were stopped. */
export const findLiveActors = (): AnyActor[] => {
  const started = shared[KEY] ?? new Set();
  for (const actor of started) if (actor.getSnapshot().status !== 'active') started.delete(actor);
  return [...started];
};
