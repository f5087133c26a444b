/** Waiting for the GPU without blocking the page. */

const POLL_MS = 2;

/** Settles when all commands given so far are done; false if the context was lost meanwhile. */
export function finished(gl: WebGL2RenderingContext): Promise<boolean> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  return new Promise((resolve) => {
    const look = (): void => {
      const state = fence && !gl.isContextLost() ? gl.clientWaitSync(fence, 0, 0) : gl.WAIT_FAILED;
      if (state === gl.TIMEOUT_EXPIRED) return void setTimeout(look, POLL_MS);
      gl.deleteSync(fence);
      resolve(state !== gl.WAIT_FAILED);
    };
    look();
  });
}
