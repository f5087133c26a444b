"""What drawn frames leave behind in the page and on the graphics device."""

import time

import numpy as np

from archivit_widgets import Arteries, simulate_market

from .host import open_host
from .test_stream import LEFT, page_bytes, slope

#: Frames after which the browser has compiled what runs often, which it keeps, and those that are counted from then on.
WARM, COUNTED = 1200, 600
# Buffers and textures that were made for the graphics device and not destroyed, from here on.
COUNT = """() => {
    globalThis.alive = 0;
    for (const [name, kind] of [["createBuffer", GPUBuffer], ["createTexture", GPUTexture]]) {
        const make = GPUDevice.prototype[name], end = kind.prototype.destroy;
        GPUDevice.prototype[name] = function (about) { alive++; return make.call(this, about); };
        kind.prototype.destroy = function () { alive--; return end.call(this); };
    }
}"""


def drawn(host, least):
    """Push frames, as quickly as they are shown, until so many are drawn; how many are."""
    shown = end = -1
    while (draws := host.ask("a => a.draws")) < least:
        if draws > shown:
            shown, end = draws, time.monotonic() + 60
        assert time.monotonic() < end, draws
        host.widget.push({"radius": np.full(len(host.widget.graph.edges), draws % 256, np.uint8)})
        host.flush()
        host.page.wait_for_timeout(10)
    return draws


def test_drawn_frames_leave_nothing_behind(webgpu_browser):
    graph = simulate_market(1500, seed=3)  # of each frame kept, more than LEFT would remain
    assert 4 * len(graph.edges) > 8 * LEFT
    widget = Arteries(graph, positions=np.random.default_rng(0).normal(size=(len(graph.accounts), 3)), height=120)
    with open_host(webgpu_browser, widget, views=0, width=400) as host:
        host.page.evaluate(COUNT)
        host.show()
        host.parts()
        # As quick as with a graphics card: five frames a second would be a test of two minutes.
        host.ask("a => void Object.defineProperty(a.renderer, 'software', { value: false })")
        cdp = host.page.context.new_cdp_session(host.page)
        samples, alive = [], []
        for least in range(WARM, WARM + COUNTED + 1, 50):
            samples.append((drawn(host, least), page_bytes(cdp)))
            alive.append(host.page.evaluate("alive"))
        left = slope(*zip(*samples, strict=True))
        print(f"bytes left by each of {samples[-1][0] - samples[0][0]} drawn frames: {left}; alive: {alive}")
        assert left < LEFT
        assert 0 < alive[0] == alive[-1]
        assert host.widget.stats()["acknowledged"] > 50
