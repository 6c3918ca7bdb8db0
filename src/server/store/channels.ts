type Heard = (payload: string) => void;

/** Who listens to which channel of one connection. */
export interface Channels {
  /** `isFirst`: the connection must LISTEN now. `remove` tells whether it was the last: then it may UNLISTEN. */
  add(channel: string, heard: Heard): { isFirst: boolean; remove(): boolean };
  tell(channel: string, payload: string): void;
  /** Notifications may have been missed: everybody hears an empty payload. */
  tellAll(): void;
  names(): string[];
}

export const createChannels = (): Channels => {
  const channels = new Map<string, Set<Heard>>();
  const tell = (channel: string, payload: string): void => {
    for (const heard of channels.get(channel) ?? []) heard(payload);
  };
  return {
    add: (channel, heard) => {
      // Each call is its own listener, even when the same function is given twice.
      const listener: Heard = (payload) => heard(payload);
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      return {
        isFirst: listeners.size === 1,
        remove: () => {
          const isLast = listeners.delete(listener) && listeners.size === 0;
          if (isLast) channels.delete(channel);
          return isLast;
        },
      };
    },
    tell,
    tellAll: () => {
      for (const channel of channels.keys()) tell(channel, '');
    },
    names: () => [...channels.keys()],
  };
};
