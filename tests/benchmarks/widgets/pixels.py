"""Presented frames with their swap times, and what can be seen in them."""

import base64
import io

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 640, 450
LARGEST = """selector => {
  let best = null, area = 2500, found = null;
  const walk = root => { for (const e of root.querySelectorAll("*")) {
    if (e.shadowRoot) walk(e.shadowRoot);
    if (!/^(CANVAS|IMG)$/.test(e.tagName)) continue;
    const r = e.getBoundingClientRect();
    if (r.width * r.height >= area) { area = r.width * r.height; found = e; best = [r.x, r.y, r.width, r.height]; }
  } };
  document.querySelectorAll(selector).forEach(walk);
  if (found && (best[1] < 0 || best[1] + best[3] > innerHeight)) {
    found.scrollIntoView({ block: "center" });
    const r = found.getBoundingClientRect(); best = [r.x, r.y, r.width, r.height];
  }
  return best;
}"""


class Cast:
    """Collects each frame that the page presents, as a small picture, while it is on."""

    def __init__(self, page):
        self.page, self.frames = page, []
        self.session = page.context.new_cdp_session(page)
        self.session.on("Page.screencastFrame", self._keep)

    def __enter__(self):
        self.frames.clear()
        size = {"maxWidth": WIDTH, "maxHeight": HEIGHT}
        self.session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1, **size})
        return self

    def __exit__(self, *_):
        self.session.send("Page.stopScreencast")

    def _keep(self, frame):
        about = frame["metadata"]
        self.frames.append((about["timestamp"] * 1000, about["deviceWidth"], frame["data"]))
        self.session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})


def largest(page, selector):
    """Box (x, y, width, height) of the largest canvas or picture within ``selector``, scrolled into view, or None."""
    return page.evaluate(LARGEST, selector)


def centre(picture, box, page_width):
    """(h, w, 3) int pixels of the middle 60 % of a box, where no control stands; ``picture`` is PNG, base64 or not."""
    data = base64.b64decode(picture) if isinstance(picture, str) else picture
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int)
    scale = image.shape[1] / page_width
    x, y, width, height = (side * scale for side in box)
    rows = slice(max(0, round(y + 0.2 * height)), max(0, round(y + 0.8 * height)))
    return image[rows, max(0, round(x + 0.2 * width)) : max(0, round(x + 0.8 * width))]


def ink(pixels):
    """Share of pixels unlike the commonest colour."""
    if not pixels.size:
        return 0.0
    coarse = pixels // 8
    counts = np.unique(coarse[..., 0] << 10 | coarse[..., 1] << 5 | coarse[..., 2], return_counts=True)[1]
    return float(1 - counts.max() / counts.sum())


def changed(before, after):
    """Share of pixels that differ visibly."""
    if before.shape != after.shape:
        return 1.0
    return float((np.abs(before - after).sum(axis=2) > 24).mean())
