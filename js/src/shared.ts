/**
 * What a page has few of, a graphics device or a context: opened once, shared by all widgets and counted, whichever copy
 * of this module they came with. The last to go closes it, a little later.
 */

import type { Lost } from "./renderer";

/** Of the sources (js/build.mjs). Copies of one build share what they make; what another build makes may differ. */
declare const BUILD: string | undefined;
/** While somebody works on the sources, each copy is a build of its own. */
const build = typeof BUILD === "undefined" ? String(Math.random()) : BUILD;

const IDLE_MS = 5000;

interface Page<T> {
  opened: Promise<T> | null;
  users: number;
  /** Told when it goes away by itself. */
  losers: Set<Lost>;
}

/** What copies of one build make once and share, such as compiled programs. */
export type Kept = Map<string, unknown>;

export function keep<T>(kept: Kept, what: string, make: () => T): T {
  const key = `${build} ${what}`;
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key) as T;
}

export interface Shared<T> {
  /** The page's own, and a function that gives it back; until then `lost` is called if it goes away by itself. */
  acquire(lost: Lost): Promise<{ own: T; release: () => void }>;
}

/** `open` calls `gone` when what it opened has gone away; `close` ends it. */
export function makeShared<T>(name: string, open: (gone: Lost) => Promise<T>, close: (own: T) => void): Shared<T> {
  const pages = globalThis as unknown as Record<symbol, Page<T>>;
  const page = (pages[Symbol.for(`archivit.${name}.1`)] ??= { opened: null, users: 0, losers: new Set() });

  function opened(): Promise<T> {
    if (page.opened) return page.opened;
    const forget = (): void => void (page.opened === mine && (page.opened = null));
    const mine = open((reason) => {
      if (page.opened !== mine) return;
      // Who is told may open the next at once.
      forget();
      for (const lost of [...page.losers]) lost(reason);
    });
    page.opened = mine;
    mine.catch(forget);
    return mine;
  }

  async function closeIfIdle(): Promise<void> {
    const mine = page.opened;
    if (page.users || !mine) return;
    const own = await mine;
    if (page.users || page.opened !== mine) return;
    page.opened = null;
    close(own);
  }

  return {
    async acquire(lost) {
      const told: Lost = (reason) => lost(reason);
      page.users++;
      page.losers.add(told);
      const release = (): void => {
        if (!page.losers.delete(told)) return;
        page.users--;
        setTimeout(closeIfIdle, IDLE_MS); // and not a closure, which would hold the user as long
      };
      try {
        return { own: await opened(), release };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}
