// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

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
  Object.defineProperty(document, "currentScript", { value: { src: "http://localhost:9/static/extension.js" }, configurable: true });
  await import("../src/lab/extension");
  const host = globalThis as any;
  const plugin = (await host._JUPYTERLAB.archivit_widgets.get())().default;
  const [iopubMessage, disposed] = [makeSignal(), makeSignal()];
  const rendermime = { createRenderer: () => ({}) };
  const panel = { content: { rendermime }, sessionContext: { iopubMessage }, disposed };
  plugin.activate({ docRegistry: { addWidgetExtension: (_: string, { createNew }: any) => createNew(panel) } });
  const run = (code: string) => iopubMessage.emit({ header: { msg_type: "execute_input" }, content: { code } });
  return { run, iopubMessage, disposed };
}

test("only a cell that imports the package wakes the device, and once", async () => {
  const { run, iopubMessage, disposed } = await openNotebook();
  run("import pandas as pd\n# import archivit_widgets");
  expect([iopubMessage.slots.size, disposed.slots.size]).toEqual([1, 0]);
  run("x = 1\nfrom archivit_widgets import read_transfers");
  run("import archivit_widgets");
  expect([iopubMessage.slots.size, disposed.slots.size]).toEqual([0, 1]);
});

test("a notebook whose device could not be woken closes without an error", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { run, disposed } = await openNotebook();
  run("import archivit_widgets"); // nobody serves wake.js here
  disposed.emit();
  await new Promise((settle) => setTimeout(settle, 50));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
