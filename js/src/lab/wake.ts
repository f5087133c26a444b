/** What JupyterLab's extension loads where a notebook is about to draw: a file of its own, so that others never fetch it. */

import { makeRenderer } from "../ladder";
import { prepare } from "../rehearse";

/** Wakes the graphics device and compiles what draws; settles with a function that lets both go. */
export const wake = (): Promise<() => void> => prepare(makeRenderer);
