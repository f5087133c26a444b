"""Steps down the ladder: WebGL2 where there is no WebGPU, the kernel's still picture where there is nothing."""

import numpy as np
import pytest

from .chromium import lose_gl
from .host import INSECURE, SECURE, open_host
from .market import make, picture

NO_ADAPTER = "Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => null } })"
NO_CONTEXT = "HTMLCanvasElement.prototype.getContext = OffscreenCanvas.prototype.getContext = () => null"
NO_WEBGPU = "Object.defineProperty(navigator, 'gpu', { value: undefined })"


@pytest.mark.parametrize(
    ("address", "lack", "reason"),
    [
        (SECURE, NO_ADAPTER, "WebGPU found no graphics adapter"),
        (SECURE, NO_WEBGPU, "this browser has no WebGPU"),
        (INSECURE, "null", "WebGPU needs a secure page: open the notebook through localhost or https"),
    ],
    ids=["no adapter", "no WebGPU", "insecure"],
)
def test_the_line_says_why_it_is_not_webgpu(webgl2_browser, address, lack, reason):
    with open_host(webgl2_browser, make(), views=0, address=address) as host:
        assert host.page.evaluate("isSecureContext") == (address == SECURE)
        host.page.evaluate(lack)
        host.show()
        host.ready()
        assert host.ask("(a, root) => root.dataset.backend") == "webgl2"
        assert f"WebGL2 on the processor (no graphics card): {reason}" in host.words()


def test_without_any_graphics_the_kernels_picture_stands_in_and_says_why(webgl2_browser):
    widget = make()
    widget._repr_mimebundle_()
    with open_host(webgl2_browser, widget, views=0) as host:
        host.page.evaluate(NO_ADAPTER)
        host.page.evaluate(NO_CONTEXT)
        host.show()
        host.page.wait_for_selector(".archivit-arteries[data-backend=static][data-state=ready]")
        assert host.page.evaluate("document.querySelector('.poster img').naturalWidth") > 100
        assert "a still picture: WebGPU found no graphics adapter; this browser has no WebGL2" in host.words()
        assert "7 accounts" in host.words()
        assert "7 accounts" in host.page.locator(".poster img").get_attribute("alt")
        over = host.page.locator(".stage").bounding_box()
        camera = host.page.evaluate("JSON.stringify(host.model.get('camera'))")
        host.page.evaluate("document.body.style.height = '4000px'")
        host.page.mouse.click(over["x"] + 100, over["y"] + 100)
        host.page.mouse.wheel(0, 300)
        host.page.wait_for_function("scrollY > 0")
        host.page.keyboard.press("Tab")
        assert host.page.evaluate("document.activeElement.tagName") == "BODY"
        host.page.keyboard.press("ArrowLeft")
        assert host.page.evaluate("JSON.stringify(host.model.get('camera'))") == camera
        host.widget.push({"alert": np.ones(8)})
        host.flush()
        host.hears(lambda: any(h["kind"] == "ack" and h["frame"] == 1 and not h["visible"] for h in host.heard))


def test_webgl2_draws_answers_and_survives_a_lost_context(webgl2_browser):
    with open_host(webgl2_browser, make(), views=3, height=1500) as host:
        host.parts()
        assert host.page.locator(".archivit-arteries").first.get_attribute("data-backend") == "webgl2"
        assert "WebGL2 on the processor (no graphics card): " in host.words()
        host.rest()
        before = picture(host)
        x, y, _ = host.beside(0, 1)
        host.page.mouse.click(x, y)
        host.hears(lambda: len(host.widget.selection) == 1)
        host.page.keyboard.press("Escape")
        host.rest()
        with host.lost_and_back():
            lose_gl(host.page)
        host.rest()
        assert np.abs(picture(host).astype(int) - before).max() <= 2
        assert host.page.locator("canvas").count() == 3
