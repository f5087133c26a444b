/** What is drawn on: the context's own buffer, four samples a pixel for pictures at rest, or rows for picking. */

import type { Size } from "../renderer";

/** Framebuffers of one context, shared by all its widgets: they draw one after the other, so the largest size serves all. */
export interface Targets {
  /** Binds four samples a pixel, at least of this size. */
  sampled(size: Size): void;
  /** Copies them to the context's own buffer. */
  resolve(size: Size): void;
}

export interface RowTarget {
  frame: WebGLFramebuffer;
  free(): void;
}

const SAMPLES = 4;

function attach(gl: WebGL2RenderingContext, point: number, format: number, samples: number, { width, height }: Size): WebGLRenderbuffer {
  const buffer = gl.createRenderbuffer()!;
  gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
  gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
  gl.framebufferRenderbuffer(gl.FRAMEBUFFER, point, gl.RENDERBUFFER, buffer);
  return buffer;
}

export function makeTargets(gl: WebGL2RenderingContext): Targets {
  const frame = gl.createFramebuffer();
  let buffers: WebGLRenderbuffer[] = [];
  let room: Size = { width: 0, height: 0 };
  return {
    sampled({ width, height }) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      if (width <= room.width && height <= room.height) return;
      room = { width: Math.max(width, room.width), height: Math.max(height, room.height) };
      for (const buffer of buffers) gl.deleteRenderbuffer(buffer);
      buffers = [
        attach(gl, gl.COLOR_ATTACHMENT0, gl.RGBA8, SAMPLES, room),
        attach(gl, gl.DEPTH_ATTACHMENT, gl.DEPTH_COMPONENT24, SAMPLES, room),
      ];
    },
    resolve({ width, height }) {
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, frame);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, frame);
      gl.invalidateFramebuffer(gl.READ_FRAMEBUFFER, [gl.COLOR_ATTACHMENT0, gl.DEPTH_ATTACHMENT]);
    },
  };
}

/** One row number a pixel. */
export function makeRowTarget(gl: WebGL2RenderingContext, size: Size): RowTarget {
  const frame = gl.createFramebuffer()!;
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  const buffers = [
    attach(gl, gl.COLOR_ATTACHMENT0, gl.R32UI, 0, size),
    attach(gl, gl.DEPTH_ATTACHMENT, gl.DEPTH_COMPONENT24, 0, size),
  ];
  return {
    frame,
    free() {
      for (const buffer of buffers) gl.deleteRenderbuffer(buffer);
      gl.deleteFramebuffer(frame);
    },
  };
}
