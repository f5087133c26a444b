"""A small market, the same in all browser tests, its widget, and what tests ask of a page of it again and again."""

import base64
import io
from contextlib import contextmanager

import numpy as np
from PIL import Image

from archivit_widgets.widgets.arteries import Arteries

from ..ledger import graph_of

DAY = 86_400
EVIL = "<img src=x onerror=alert(1)>"
NAMES = ["Knoedler", "Duveen", "Frick", EVIL, "Mellon", "Morgan", "Widener"]
PAIRS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5), (2, 5), (6, 6)]
PLACES = [[-1, 0.6, 0.1], [-0.3, 0.8, 0], [0.5, 0.7, 0], [1, 0, 0], [0.4, -0.6, 0], [-0.6, -0.5, 0], [0, 0, 0.2]]


def market():
    """Sales between seven collectors, each artery's at a day of its own, one token round the first four."""
    source = [NAMES[a] for a, _ in PAIRS] + ["Knoedler"]
    target = [NAMES[b] for _, b in PAIRS] + ["Duveen"]
    time = np.arange(len(source)) * 100 * DAY - 40_000 * DAY
    token = ["Vermeer", "Vermeer", "Vermeer", "Hals", "Hals", "Rubens", "Titian", "Goya", "Hals"]
    return graph_of(source, target, time, 10.0 ** np.arange(len(source)) / 100, token, currency="GBP")


def make(**options):
    """Its widget, which stands still."""
    return Arteries(market(), positions=np.array(PLACES), **{"height": 300, "clock": 1.0, "turn": False, **options})


def picture(host):
    """The pixels as the toolbar would save them, (height, width, 3) uint8."""
    text = host.page.evaluate(
        """async () => {
            const { stage } = document.querySelector('.archivit-arteries').archivit;
            const bytes = new Uint8Array(await (await stage.save()).arrayBuffer());
            return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
        }"""
    )
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"))


def settled(host):
    """Wait until the picture shows the camera as it now is."""
    host.until("a => JSON.stringify(a.view().camera) === JSON.stringify(a.stage.camera)")
    host.rest()


def camera(host):
    return host.ask("archivit => archivit.stage.camera")


def row(host, a, b):
    edges = host.widget.graph.edges
    return edges.index[(edges.source == NAMES[a]) & (edges.target == NAMES[b])][0]


def selected(host):
    """Names at both ends of the selected arteries, once the kernel has heard of them."""
    edges = host.widget.selection
    return {(NAMES.index(a), NAMES.index(b)) for a, b in zip(edges.source, edges.target, strict=True)}


@contextmanager
def box_around(host, *accounts):
    """Draw a box round accounts with the pointer; the body sees it before the button is let go."""
    places = [host.at(account) for account in accounts]
    (left, top), (right, bottom) = np.min(places, 0), np.max(places, 0)
    host.page.mouse.move(left - 15, top - 15)
    host.page.mouse.down()
    host.page.mouse.move(right + 15, bottom + 15, steps=4)
    yield
    host.page.mouse.up()
