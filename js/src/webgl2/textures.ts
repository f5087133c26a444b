/** Data textures: arrays that shaders read by number (`texel` in shaders/view.glsl). */

/** Texels in a row; every WebGL2 takes at least 2,048, and rows of whole KiB upload fast. */
export const WIDTH = 2048;

type Numbers = Float32Array | Uint32Array;

export interface DataTexture {
  readonly texture: WebGLTexture;
  /** Length to give arrays, so that rows are whole. */
  readonly length: number;
  /** Uploads the first `count` numbers, or all. */
  write(numbers: Numbers, count?: number): void;
}

type Format = "rgba32f" | "rgba32ui" | "r32ui";

/** Room for `texels`; `unit` is where it is bound while being written. */
export function makeDataTexture(gl: WebGL2RenderingContext, format: Format, texels: number, unit: number): DataTexture {
  const [internal, layout, type, parts] = {
    rgba32f: [gl.RGBA32F, gl.RGBA, gl.FLOAT, 4],
    rgba32ui: [gl.RGBA32UI, gl.RGBA_INTEGER, gl.UNSIGNED_INT, 4],
    r32ui: [gl.R32UI, gl.RED_INTEGER, gl.UNSIGNED_INT, 1],
  }[format];
  const rows = Math.max(1, Math.ceil(texels / WIDTH));
  if (rows > (gl.getParameter(gl.MAX_TEXTURE_SIZE) as number)) throw new Error("the graph is too large for WebGL2 on this machine");
  const texture = gl.createTexture()!;
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, internal, WIDTH, rows);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  const length = rows * WIDTH * parts;
  return {
    texture,
    length,
    write(numbers, count = length) {
      const used = Math.min(rows, Math.ceil(count / (WIDTH * parts)));
      if (!used) return;
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, WIDTH, used, layout, type, numbers.subarray(0, used * WIDTH * parts));
    },
  };
}
