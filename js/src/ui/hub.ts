/** Who wants to know what: a typed list of listeners, each gone with its signal. */

export interface Hub<Events> {
  on<K extends keyof Events>(event: K, call: (value: Events[K]) => void, signal: AbortSignal): void;
  emit<K extends keyof Events>(event: K, value: Events[K]): void;
}

export function makeHub<Events>(): Hub<Events> {
  const listeners = new Map<keyof Events, Set<(value: never) => void>>();
  return {
    on(event, call, signal) {
      if (signal.aborted) return;
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(call));
      signal.addEventListener("abort", () => set.delete(call));
    },
    emit(event, value) {
      for (const call of [...(listeners.get(event) ?? [])]) call(value as never);
    },
  };
}
