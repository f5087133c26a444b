/** Answers to what a view asks, from tables that came with the file; the kernel's are in `widgets/answers.py`. */

import { firstGhost, type Scene, type Times } from "./scene";
import { duration, minute, number } from "./ui/words";

export interface Archive {
  traits: Record<string, unknown>;
  messages: { content: any; buffers: [offset: number, length: number][] }[];
  accounts: string[];
  tokens: string[];
  unit: string;
  /** What each ring is. */
  sentences: string[];
  tables: { name: string; dtype: "u4" | "f4" | "f8"; shape: number[]; offset: number }[];
  body: ArrayBuffer;
}

type Numbers = Uint32Array | Float32Array | Float64Array;

const VIEWS = { u4: Uint32Array, f4: Float32Array, f8: Float64Array };
const NO_TOKEN = 0xffffffff;
const TOKENS = 5;

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
const amount = (value: number, unit: string): string => `${number(value)} ${Number.isFinite(value) ? unit : ""}`.trim();

/** Rows of names that hold the text, without regard to case: first those that start with it. */
export function find(names: string[], text: string, limit: number): [row: number, name: string][] {
  const wish = text.trim().toLocaleLowerCase();
  if (!wish) return [];
  const [first, then]: [number, string][][] = [[], []];
  for (let row = 0; row < names.length && first.length < limit; row++) {
    const at = names[row].toLocaleLowerCase().indexOf(wish);
    if (at === 0) first.push([row, names[row]]);
    else if (at > 0 && then.length < limit) then.push([row, names[row]]);
  }
  return [...first, ...then].slice(0, limit);
}

/** `answer(what, args)` for one archive. */
export function makeAnswers(archive: Archive, scene: Scene, { offsets, at, start }: Times) {
  const { accounts, tokens, sentences, unit: currency } = archive;
  const table = Object.fromEntries(
    archive.tables.map(({ name, dtype, shape, offset }): [string, Numbers] => [name, new VIEWS[dtype](archive.body, offset, shape[0])]),
  );
  const time = (i: number): number => start + at[i];

  const edge = ({ row }: { row: number }) => {
    const ends = { source: accounts[scene.source[row]], target: accounts[scene.target[row]] };
    if (row >= firstGhost(scene)) return { ...ends, ghost: true };
    const [first, end] = [offsets[row], offsets[row + 1]];
    const went = [...new Set([...table.token_of.subarray(first, end)].reverse())].filter((token) => token !== NO_TOKEN);
    return {
      ...ends,
      ...{ count: end - first, volume: known(table.volume[row]), unit: currency, last: time(end - 1) },
      ...{ tokens: went.slice(0, TOKENS).map((token) => tokens[token]), more: Math.max(0, went.length - TOKENS) },
      extra: {
        avg_value: amount(table.avg_value[row], currency),
        hold_time: duration(table.hold_time[row]),
        first: minute(time(first)),
      },
    };
  };

  const ring = ({ row }: { row: number }) => {
    const number = table.ring_of[row] ?? -1;
    const sentence = sentences[number] ?? null;
    const [first, end] = sentence === null ? [0, 0] : [table.ring_starts[number], table.ring_starts[number + 1]];
    return { sentence, buffers: [table.ring_steps, table.ring_times].map((all) => new DataView(all.slice(first, end).buffer)) };
  };

  const account = ({ row }: { row: number }) => ({
    ...{ name: accounts[row], out: table.account_out[row], in: table.account_in[row] },
    ...{ volume: known(table.account_volume[row]), unit: currency },
    ...{ first: known(table.account_first[row]), last: known(table.account_last[row]) },
  });

  const token = ({ row }: { row: number }) => {
    const moves: [at: number, edge: number][] = [];
    for (let e = 0; e < firstGhost(scene); e++) for (let i = offsets[e]; i < offsets[e + 1]; i++) if (table.token_of[i] === row) moves.push([at[i], e]);
    moves.sort((a, b) => a[0] - b[0]);
    const rows = Uint32Array.from(moves, ([, e]) => e);
    return { name: tokens[row], count: rows.length, buffers: [new DataView(rows.buffer)] };
  };

  const search = ({ text, limit }: { text: string; limit: number }) => ({
    accounts: find(accounts, text, limit),
    tokens: find(tokens, text, limit),
  });

  const all: Record<string, (args: any) => object> = { edge, ring, account, token, search };
  return (what: string, args: Record<string, unknown>): object => ({ buffers: [], ...all[what](args) });
}
