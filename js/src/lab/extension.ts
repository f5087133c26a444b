/**
 * JupyterLab's half: the picture beside a widget that is not there any more, and a graphics device that is awake in time.
 *
 * JupyterLab prefers a widget's view to the PNG of the same output, and where no kernel knows the widget it writes
 * "model not found". This plugin lets ipywidgets' renderer speak first, and puts the saved picture where it said that,
 * in our own outputs only (`metadata.archivit`). That renderer begins each rendering by emptying its node, so a live
 * widget always wins, and no picture outlives it.
 *
 * To wake a device and to compile what draws takes longer than all the rest of a first picture. A cell that imports the
 * package is a promise of pictures: it begins then, while the kernel reads the data, and nothing of it before.
 *
 * A kernel that is shut down says nothing to its widgets, so they are told here.
 *
 * Loaded by JupyterLab and Notebook 7 as a prebuilt extension: a container of module federation, written by hand because
 * it shares no module with its host. What is used of the host is declared here.
 */

import { KERNEL_GONE } from "./gone";

interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}
interface Renderer {
  readonly node: HTMLElement;
  renderModel(model: MimeModel): Promise<void>;
}
interface RenderMime {
  createRenderer(mimeType: string): Renderer;
}
interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): unknown;
  disconnect(slot: (sender: unknown, value: T) => void): unknown;
}
interface Message {
  readonly header: { readonly msg_type: string };
  readonly content: { readonly code?: string };
}
interface Panel {
  readonly content: { readonly rendermime: RenderMime };
  readonly sessionContext: { readonly iopubMessage: Signal<Message>; readonly kernelChanged: Signal<{ readonly newValue: unknown }> };
  readonly disposed: Signal<void>;
}
interface App {
  readonly docRegistry: { addWidgetExtension(factory: string, extension: { createNew(panel: Panel): void }): unknown };
}

const VIEW = "application/vnd.jupyter.widget-view+json";
const MISSING = "model not found";
const WORDS = "A picture saved with the notebook. Run the cell to make it live.";

/** Make a notebook's renderers of widgets fall back to the saved picture. */
function keepPictures(rendermime: RenderMime): void {
  const create = rendermime.createRenderer;
  rendermime.createRenderer = (mimeType) => {
    const renderer = create.call(rendermime, mimeType);
    return mimeType === VIEW ? withPicture(renderer) : renderer;
  };
}

function withPicture(renderer: Renderer): Renderer {
  const render = renderer.renderModel;
  renderer.renderModel = async (model) => {
    await render.call(renderer, model);
    const { node } = renderer;
    if (node.childElementCount > 0 || !node.textContent!.endsWith(MISSING)) return;
    const [png, ours] = [model.data["image/png"], model.metadata.archivit];
    if (ours && typeof png === "string") node.replaceChildren(picture(png, model));
  };
  return renderer;
}

function picture(png: string, model: MimeModel): HTMLElement {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  const words = document.createElement("figcaption");
  const { width } = (model.metadata["image/png"] ?? {}) as { width?: number };
  figure.className = "archivit-saved";
  figure.style.margin = "0";
  image.src = `data:image/png;base64,${png}`;
  image.alt = String(model.data["text/plain"] ?? "");
  if (width) image.width = width;
  image.style.cssText = "display: block; max-width: 100%; height: auto";
  words.textContent = WORDS;
  words.style.color = "var(--jp-ui-font-color2)";
  figure.append(image, words);
  return figure;
}

const IMPORTS = /^\s*(import|from)\s+archivit_widgets\b/m;
const WAKE = new URL("wake.js", (document.currentScript as HTMLScriptElement).src).href;

/** Wake the device when a cell of this notebook imports the package; let it go with the notebook. */
function wakeInTime({ sessionContext, disposed }: Panel): void {
  const hear = (_: unknown, { header, content }: Message): void => {
    if (header.msg_type !== "execute_input" || !IMPORTS.test(content.code ?? "")) return;
    sessionContext.iopubMessage.disconnect(hear);
    // The widget says why there is no device.
    const awake: Promise<() => void> = import(WAKE).then(({ wake }) => wake()).catch(() => () => undefined);
    disposed.connect(() => void awake.then((sleep) => sleep()));
  };
  sessionContext.iopubMessage.connect(hear);
}

/** Tell the page of a kernel that went without another in its place; one that restarts is told of by ipywidgets. */
function tellOfKernels({ sessionContext }: Panel): void {
  sessionContext.kernelChanged.connect((_, { newValue }) => void (newValue === null && document.dispatchEvent(new Event(KERNEL_GONE))));
}

const plugin = {
  id: "archivit_widgets:notebook",
  description: "Shows saved pictures where no kernel knows their widgets, and wakes the graphics device in time.",
  autoStart: true,
  activate: (app: App): void => {
    const createNew = (panel: Panel): void => {
      keepPictures(panel.content.rendermime);
      wakeInTime(panel);
      tellOfKernels(panel);
    };
    app.docRegistry.addWidgetExtension("Notebook", { createNew });
  },
};

const host = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
(host._JUPYTERLAB ??= {}).archivit_widgets = {
  init: () => {},
  get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
};
