// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

/** What wake.js beside this file, in place of the real one, does when it is asked. */
const wake = vi.fn<() => Promise<() => void>>();
vi.stubGlobal("wakeInTest", wake);
beforeEach(() => void wake.mockReset().mockResolvedValue(() => undefined));

/** JupyterLab's signals, as far as the extension uses them. */
function makeSignal() {
  const slots = new Set<(sender: unknown, value: unknown) => void>();
  return {
    slots,
    connect: (slot: (sender: unknown, value: unknown) => void) => void slots.add(slot),
    disconnect: (slot: (sender: unknown, value: unknown) => void) => void slots.delete(slot),
    emit: (value?: unknown) => [...slots].forEach((slot) => slot(null, value)),
  };
}

async function openNotebook() {
  Object.defineProperty(document, "currentScript", { value: { src: import.meta.url }, configurable: true });
  await import("../src/lab/extension");
  const host = globalThis as any;
  const plugin = (await host._JUPYTERLAB.archivit_widgets.get())().default;
  const [iopubMessage, kernelChanged, disposed] = [makeSignal(), makeSignal(), makeSignal()];
  const rendermime = { createRenderer: () => ({}) };
  const panel = { content: { rendermime }, sessionContext: { iopubMessage, kernelChanged }, disposed };
  plugin.activate({ docRegistry: { addWidgetExtension: (_: string, { createNew }: any) => createNew(panel) } });
  const run = (code: string) => iopubMessage.emit({ header: { msg_type: "execute_input" }, content: { code } });
  return { run, iopubMessage, kernelChanged, disposed };
}

test("only a cell that imports the package wakes the device, and once; it sleeps when the notebook closes", async () => {
  const sleep = vi.fn();
  wake.mockResolvedValue(sleep);
  const { run, iopubMessage, disposed } = await openNotebook();
  run("import pandas as pd\n# import archivit_widgets");
  expect([iopubMessage.slots.size, disposed.slots.size]).toEqual([1, 0]);
  run("x = 1\nfrom archivit_widgets import read_transfers");
  run("import archivit_widgets");
  expect([iopubMessage.slots.size, disposed.slots.size]).toEqual([0, 1]);
  await vi.waitFor(() => expect(wake).toHaveBeenCalled());
  expect(sleep).not.toHaveBeenCalled();
  disposed.emit();
  await vi.waitFor(() => expect(sleep).toHaveBeenCalledTimes(1));
  expect(wake).toHaveBeenCalledTimes(1);
});

test("a notebook whose device could not be woken closes without an error", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const asleep = Promise.reject(new Error("no device"));
  wake.mockReturnValue(asleep);
  const { run, disposed } = await openNotebook();
  run("import archivit_widgets");
  disposed.emit();
  await vi.waitFor(() => expect(wake).toHaveBeenCalled());
  await expect(asleep).rejects.toThrow("no device");
  await new Promise((settle) => setTimeout(settle)); // Node tells of rejections when the microtasks are done
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("a kernel that went without another is told of in the page, where widgets hear it", async () => {
  const { kernelChanged } = await openNotebook();
  const heard = vi.fn();
  document.addEventListener("archivit-kernel-gone", heard);
  kernelChanged.emit({ oldValue: null, newValue: {} });
  expect(heard).not.toHaveBeenCalled();
  kernelChanged.emit({ oldValue: {}, newValue: null });
  expect(heard).toHaveBeenCalledTimes(1);
});
