/** The page's own pixels, with the names that stand in the picture, as a PNG file. */

import { h } from "./dom";
import type { Stage } from "./stage";

async function withLabels(picture: Blob, stage: Stage): Promise<Blob> {
  const image = await createImageBitmap(picture);
  const canvas = h("canvas", { width: image.width, height: image.height });
  const context = canvas.getContext("2d")!;
  context.drawImage(image, 0, 0);
  image.close();
  const scale = canvas.width / stage.size.width;
  context.scale(scale, scale);
  const frame = stage.area.getBoundingClientRect();
  context.textBaseline = "middle";
  context.lineJoin = "round";
  // The root's own background is see-through on a bare page.
  const halo = getComputedStyle(stage.root).getPropertyValue("--aa-halo");
  for (const el of stage.area.querySelectorAll<HTMLElement>(".labels span:not(.away)")) {
    const style = getComputedStyle(el);
    const box = el.getBoundingClientRect();
    const dot = ["--x", "--y"].map((at) => parseFloat(style.getPropertyValue(at)));
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.globalAlpha = Number(style.opacity);
    context.lineWidth = 3;
    context.strokeStyle = halo;
    context.fillStyle = style.color;
    const [x, y] = [box.left - frame.left, box.top - frame.top + box.height / 2];
    context.beginPath();
    context.arc(x + dot[0], box.top - frame.top + dot[1], 2, 0, 2 * Math.PI);
    context.stroke();
    context.fill();
    context.strokeText(el.textContent ?? "", x, y);
    context.fillText(el.textContent ?? "", x, y);
  }
  return new Promise((settle, fail) => canvas.toBlob((blob) => (blob ? settle(blob) : fail(new Error("no PNG"))), "image/png"));
}

/** Letters of all scripts stay as they are; what a file system may take for something else does not. */
export function fileName(title: string): string {
  return `${title.replace(/[^\p{L}\p{M}\p{N}_]+/gu, "-").replace(/^-|-$/g, "") || "arteries"}.png`;
}

export async function savePicture(stage: Stage): Promise<void> {
  try {
    const url = URL.createObjectURL(await withLabels(await stage.save(), stage));
    h("a", { href: url, download: fileName(String(stage.model.get("_title") ?? "")) }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    stage.hub.emit("hint", `The picture could not be saved: ${(error as Error).message}`);
  }
}
