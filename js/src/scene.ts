/** What the page holds of one widget: geometry that came once, and where each thing stands in it. */

export type Rows = Uint16Array | Uint32Array;

export interface Label {
  row: number;
  text: string;
}

/** Mirror of `archivit_widgets/frames/scene.py`; immutable once decoded. */
export interface Scene {
  id: string;
  accounts: number;
  edges: number;
  /** How many of these, the last ones, stand in no record: they are drawn dashed. */
  ghosts: number;
  /** (accounts, 3), centred, nearly all within radius 1. */
  positions: Float32Array;
  /** (accounts,) turnover as a visual fraction, 255 the largest. */
  sizes: Uint8Array;
  /** (edges,) rows of accounts. */
  source: Rows;
  target: Rows;
  /** (edges, 4) snorm8: how an artery bends (xyz) and its phase seed (w). See `bends` in frames/scene.py. */
  bend: Int8Array;
  /** (edges, 4) radius, pulse, color, alert of the first keyframe. */
  channels: Uint8Array;
  labels: Label[];
  flat: boolean;
}

/** Times of every transfer, by edge: comes after the scene, for the timeline's window. */
export interface Times {
  /** (edges + 1,) where the transfers of each edge start in `at`. */
  offsets: Uint32Array;
  /** Seconds since `start`, ascending within an edge. */
  at: Uint32Array | Float64Array;
  start: number;
}

/** The first row that stands in no record. */
export const firstGhost = ({ edges, ghosts }: Pick<Scene, "edges" | "ghosts">): number => edges - ghosts;

/** How an edge is shown beside the others; one byte each, see `Renderer.setEmphasis`. */
export const enum Emphasis {
  Normal = 0,
  /** Outside the window, or not near the selection. */
  Faded = 1,
  /** Touches a selected account or edge: the account as ever, the edge thinner and paler than what is selected. */
  Near = 2,
  Selected = 3,
  /** An edge that is selected with few others: never too thin to be seen among its neighbours. */
  Chosen = 4,
}
