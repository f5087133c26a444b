/**
 * The anywidget front: one feed for each model and page, one view for each cell that shows it.
 *
 * `initialize` starts the feed and wakes the graphics device, and waits for neither. anywidget hands different proxies of
 * one model to `initialize` and `render`, hence the search for the feed.
 */

import { makeFeed, type Feed, type Model } from "./feed";
import { makeRenderer } from "./ladder";
import { rehearse } from "./rehearse";
import { makeView } from "./view";

interface Context {
  model: Model;
  el: HTMLElement;
}

/** Feeds by the model's `_timeline`: an object of the model's own, which never changes and is the same through each proxy. */
const feeds = new WeakMap<object, Feed>();

const key = (model: Model): object => (model.get("_timeline") as object | null) ?? {};

function initialize({ model }: Context): () => void {
  const feed = makeFeed(model);
  feeds.set(key(model), feed);
  rehearse(makeRenderer).catch(() => undefined); // why it failed is said where a picture is wanted
  return () => {
    feeds.delete(key(model));
    feed.close();
  };
}

function render({ model, el }: Context): () => void {
  const end = new AbortController();
  const held = feeds.get(key(model));
  const feed = held ?? makeFeed(model);
  makeView(el, model, feed, makeRenderer, end.signal);
  return () => {
    end.abort();
    if (!held) feed.close();
  };
}

export { mount } from "./embedded";
export default { initialize, render };
