/** Smooths silhouettes of a picture that has one sample a pixel: it is copied, and drawn over itself. */

import type { Size } from "../renderer";
import type { Programs } from "./programs";
import { UNIT } from "./programs";

export type Smooth = (size: Size) => void;

export function makeSmooth(gl: WebGL2RenderingContext, programs: Programs): Smooth {
  let texture: WebGLTexture | null = null;
  let room: Size = { width: 0, height: 0 };
  const fit = ({ width, height }: Size): void => {
    gl.activeTexture(gl.TEXTURE0 + UNIT.picture);
    if (texture && width === room.width && height === room.height) return gl.bindTexture(gl.TEXTURE_2D, texture);
    room = { width, height };
    gl.deleteTexture(texture);
    texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
  };
  return (size) => {
    fit(size);
    gl.copyTexSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 0, 0, size.width, size.height);
    gl.useProgram(programs("smooth").program);
    gl.disable(gl.DEPTH_TEST);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.enable(gl.DEPTH_TEST);
  };
}
