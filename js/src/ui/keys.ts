/** What the reader can do to the picture, with the hand and with keys, as the help shows it and as it is read out. */

interface Deed {
  hand?: string;
  key?: string;
  /** What the key is called when it is read out. */
  said?: string;
  does: string;
}

const DEEDS: Deed[] = [
  { hand: "drag", key: "arrows", said: "arrow keys", does: "turn" },
  { hand: "right drag", key: "shift + arrows", said: "shift with arrow keys", does: "move" },
  { hand: "wheel (after a click), pinch", key: "+ −", said: "plus and minus", does: "zoom" },
  { hand: "click, shift + click", does: "select, add" },
  { hand: "shift + drag", key: "B", does: "select in a box" },
  { key: "/", said: "slash", does: "find an account or token" },
  { key: "F", does: "look at the selection" },
  { key: "R", does: "the first view" },
  { key: "space", does: "pause the pulses" },
  { key: "Esc", said: "escape", does: "select nothing" },
];

/** For the help: what to do, and what it does. */
export const HELP = DEEDS.map(({ hand, key, does }): [string, string] => [[hand, key].filter(Boolean).join(", "), does]);

/** To be read out: keys alone. */
export const KEYS = `Keys: ${DEEDS.filter(({ key }) => key).map(({ key, said, does }) => `${said ?? key}: ${does}`).join("; ")}.`;
