// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { makeRenderer } from "../src/ladder";

const canvas = document.createElement("canvas");
HTMLCanvasElement.prototype.getContext = () => null; // jsdom has none, and says so at length
const nobody = (): void => undefined;

test("each step down says why", async () => {
  vi.stubGlobal("isSecureContext", true);
  expect((await makeRenderer(canvas, nobody)).why).toBe("a still picture: this browser has no WebGPU; this browser has no WebGL2");
  vi.stubGlobal("isSecureContext", false);
  expect((await makeRenderer(canvas, nobody)).why).toContain("WebGPU needs a secure page: open the notebook through localhost or https;");
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
  expect((await makeRenderer(canvas, nobody)).why).toContain("WebGPU found no graphics adapter;");
  vi.unstubAllGlobals();
});

test("what was lost again and again is left out, and said", async () => {
  const asked = vi.fn();
  vi.stubGlobal("navigator", { gpu: { requestAdapter: asked } });
  const { renderer, why } = await makeRenderer(canvas, nobody, ["webgpu", "webgl2"]);
  expect([renderer, why]).toEqual([null, "a still picture: WebGPU was lost again and again; WebGL2 was lost again and again"]);
  expect(asked).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});
