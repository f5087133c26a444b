/**
 * JupyterLab's half of a saved notebook: the picture beside a widget that is not there any more.
 *
 * JupyterLab prefers a widget's view to the PNG of the same output, and where no kernel knows the widget it writes
 * "model not found". This plugin lets ipywidgets' renderer speak first, and puts the saved picture where it said that,
 * in our own outputs only (`metadata.archivit`). That renderer begins each rendering by emptying its node, so a live
 * widget always wins, and no picture outlives it.
 *
 * Loaded by JupyterLab and Notebook 7 as a prebuilt extension: a container of module federation, written by hand because
 * it shares no module with its host. What is used of the host is declared here.
 */

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
interface Panel {
  readonly content: { readonly rendermime: RenderMime };
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

const plugin = {
  id: "archivit_widgets:picture",
  description: "Shows the picture saved beside an archivit widget where no kernel knows the widget.",
  autoStart: true,
  activate: (app: App): void => {
    app.docRegistry.addWidgetExtension("Notebook", { createNew: ({ content }) => keepPictures(content.rendermime) });
  },
};

const host = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
(host._JUPYTERLAB ??= {}).archivit_widgets = {
  init: () => {},
  get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
};
