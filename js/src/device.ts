/** One GPUDevice for each page, shared by all widgets and counted, whichever copy of this module they came with. */

export interface Gpu {
  device: GPUDevice;
  /** SwiftShader and the like: draws on the CPU. */
  software: boolean;
  format: GPUTextureFormat;
}

interface Shared {
  gpu: Promise<Gpu> | null;
  users: number;
}

const KEY = Symbol.for("archivit.gpu.1");
const IDLE_MS = 5000;

function shared(): Shared {
  const page = globalThis as unknown as Record<symbol, Shared>;
  return (page[KEY] ??= { gpu: null, users: 0 });
}

/** Why there is no WebGPU, in words for the status line. */
function reasonWithout(): string {
  return globalThis.isSecureContext
    ? "this browser has no WebGPU"
    : "WebGPU needs a secure page: open the notebook through localhost or https";
}

async function open(): Promise<Gpu> {
  if (!navigator.gpu) throw new Error(reasonWithout());
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("WebGPU found no graphics adapter");
  // No more than the adapter has, and nothing needs more than every adapter has but scenes of millions of edges.
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
  void device.lost.then(() => forget(device));
  const { vendor, architecture, description } = adapter.info;
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp/i.test(`${vendor} ${architecture} ${description}`);
  return { device, software, format: navigator.gpu.getPreferredCanvasFormat() };
}

/** Starts the device early; safe to call without WebGPU, and more than once. */
export function warm(): Promise<Gpu> {
  const page = shared();
  if (!page.gpu) {
    page.gpu = open();
    page.gpu.catch(() => (page.gpu = null));
  }
  return page.gpu;
}

function forget(device: GPUDevice): void {
  const page = shared();
  void page.gpu?.then((gpu) => {
    if (gpu.device === device) page.gpu = null;
  });
}

/** The page's device, and a function that gives it back; the last to go closes it, a little later. */
export async function acquire(): Promise<{ gpu: Gpu; release: () => void }> {
  const page = shared();
  page.users++;
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    page.users--;
    setTimeout(() => void closeIfIdle(), IDLE_MS);
  };
  try {
    return { gpu: await warm(), release };
  } catch (error) {
    release();
    throw error;
  }
}

async function closeIfIdle(): Promise<void> {
  const page = shared();
  if (page.users || !page.gpu) return;
  const { device } = await page.gpu;
  page.gpu = null;
  device.destroy();
}
