/** Shader programs: pieces of shaders/*.wgsl joined as shaders/programs.json says. */

import programs from "../../../shaders/programs.json";
import account from "../../../shaders/account.wgsl";
import artery from "../../../shaders/artery.wgsl";
import cull from "../../../shaders/cull.wgsl";
import curve from "../../../shaders/curve.wgsl";
import groups from "../../../shaders/groups.wgsl";
import lists from "../../../shaders/lists.wgsl";
import lod from "../../../shaders/lod.wgsl";
import look from "../../../shaders/look.wgsl";
import pulse from "../../../shaders/pulse.wgsl";
import rebase from "../../../shaders/rebase.wgsl";
import ribbon from "../../../shaders/ribbon.wgsl";
import smooth from "../../../shaders/smooth.wgsl";
import thread from "../../../shaders/thread.wgsl";
import view from "../../../shaders/view.wgsl";

const pieces: Record<string, string> = { account, artery, cull, curve, groups, lists, lod, look, pulse, rebase, ribbon, smooth, thread, view };

export type Program = keyof typeof programs;

export function program(name: Program): string {
  return programs[name].map((piece) => pieces[piece]).join("\n");
}
