/** A small lazy graph of GPU resources: each is made when first asked for, remade when what it was made of has changed. */

export interface Node<T> {
  get(): T;
}

export interface Source<T> extends Node<T> {
  set(value: T): void;
}

type Values<I extends Node<unknown>[]> = { [K in keyof I]: I[K] extends Node<infer T> ? T : never };

export interface Resources {
  source<T>(value: T): Source<T>;
  /** `free` ends a value that is replaced, or whose graph is destroyed. */
  derive<I extends Node<unknown>[], T>(inputs: [...I], make: (...values: Values<I>) => T, free?: (value: T) => void): Node<T>;
  destroy(): void;
}

export function makeResources(): Resources {
  const ends: (() => void)[] = [];
  return {
    source(value) {
      return { get: () => value, set: (next) => void (value = next) };
    },
    derive(inputs, make, free = () => {}) {
      let made: { from: unknown[]; value: ReturnType<typeof make> } | null = null;
      const end = () => {
        if (made) free(made.value);
        made = null;
      };
      ends.push(end);
      return {
        get() {
          const from = inputs.map((input) => input.get());
          if (!made || from.some((value, i) => value !== made!.from[i])) {
            end();
            made = { from, value: make(...(from as Values<typeof inputs>)) };
          }
          return made.value;
        },
      };
    },
    destroy: () => ends.splice(0).forEach((end) => end()),
  };
}
