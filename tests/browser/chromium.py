"""Headless Chromium, as all browser tests start it.

WebGPU and WebGL2 run on SwiftShader here; the flags are those that also let a screenshot see the canvas.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager

#: Milliseconds that tests wait for anything in a page: enough for a first picture on a busy machine.
PATIENCE = 90_000
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WEBGPU_FLAGS = [
    "--enable-unsafe-webgpu",
    "--ignore-gpu-blocklist",
    "--enable-gpu",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
    "--use-angle=swiftshader",
    "--use-webgpu-adapter=swiftshader",
    "--enable-unsafe-swiftshader",
]

#: What all widgets of a page share, see js/src/shared.ts: `opened` is a promise of it, `users` counts.
GPU, GL = (f"globalThis[Symbol.for('archivit.{kind}.1')]" for kind in ("gpu", "gl"))


def lose_gl(page):
    """Take the page's WebGL2 context away, as a driver does."""
    page.evaluate(f"{GL}.opened.then(({{ gl }}) => gl.getExtension('WEBGL_lose_context').loseContext())")


@contextmanager
def open_browser(webgpu=False):
    """Start headless Chromium; without WebGPU it has WebGL2."""
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, "--enable-precise-memory-info", *(WEBGPU_FLAGS if webgpu else ["--enable-unsafe-swiftshader"])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=flags
        )
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser, **context):
    """Open a page in a context of its own."""
    opened = browser.new_context(**context)
    opened.set_default_timeout(PATIENCE)
    return opened.new_page()
