/** The parts round the picture, in the order of the tab key: what it needs at once, and what waits for the first frame. */

import { empty } from "./empty";
import { handsOn } from "./hands";
import { hint } from "./hint";
import { labels } from "./labels";
import { legend } from "./legend";
import { rings } from "./rings";
import { search } from "./search";
import type { Part } from "./stage";
import { summary } from "./summary";
import { timeline } from "./timeline";
import { toolbar } from "./toolbar";
import { tooltip } from "./tooltip";

export const FIRST: Part[] = [handsOn];

export const LATER: Part[] = [labels, empty, search, toolbar, legend, tooltip, hint, timeline, rings, summary];

/** Beside a still picture, which has names and legend of its own and cannot be touched. */
export const STILL: Part[] = [summary];
