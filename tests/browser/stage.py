"""A page that holds nothing but the renderer, in headless Chromium: draws scenes made of arrays and gives back pixels.

    with open_page() as page:
        stage = Stage(page, "webgpu")
        stage.open()
        stage.scene(scene_of([[0, 0, 0], [1, 0, 0]], [0], [1]))
        pixels = stage.picture()                                # (height, width, 3) uint8

A page may hold several, of either backend.
"""

from __future__ import annotations

import base64
import io
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from scipy import ndimage

from archivit_widgets.frames.scene import bends
from hatch_build import run_node

from .chromium import open_browser

HERE = Path(__file__).parent
SIZE = {"width": 360, "height": 240}
WHITE = (255, 255, 255)
#: Of 255 levels, what `apart` calls much; and the blur's standard deviation in pixels.
MUCH, BLUR = 24, 1.5
#: The mean by which four samples a pixel and silhouettes smoothed afterwards differ at most, blurred.
SAMPLES_APART = 4.2
PAGE = b"<!doctype html><meta charset=utf-8><style>body{margin:0}</style><script type=module src=/stage.js></script>"


@cache
def bundle() -> bytes:
    """The stage's script."""
    loaders = [f"--loader:.{kind}=text" for kind in ("wgsl", "glsl", "vert", "frag", "css")]
    with TemporaryDirectory() as folder:
        script = Path(folder) / "stage.js"
        esbuild, options = "node_modules/esbuild/bin/esbuild", ("--bundle", "--format=esm", f"--outfile={script}")
        run_node(esbuild, str(HERE / "stage.ts"), *options, *loaders)
        return script.read_bytes()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        script = self.path.endswith(".js")
        body = bundle() if script else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


def scene_of(positions, source, target, radius=1.0, pulse=0.0, color=1.0, alert=0.0, sizes=0.0):
    """Arrays of a scene; channels are fractions, one for all edges or one each."""
    positions = np.asarray(positions, np.float32)
    source, target = np.asarray(source, np.uint32), np.asarray(target, np.uint32)
    channels = np.empty((len(source), 4), np.uint8)
    for k, value in enumerate((radius, pulse, color, alert)):
        channels[:, k] = np.rint(np.asarray(value, float) * (254 if k == 2 else 255)) + (k == 2)
    return {
        "positions": positions,
        "sizes": np.rint(np.broadcast_to(np.asarray(sizes, float), len(positions)) * 254 + 1).astype(np.uint8),
        "source": source,
        "target": target,
        "bend": bends(positions, source, target),
        "channels": channels,
    }


def line(radius=1.0, alert=0.0, pulse=0.0, color=1.0):
    """One straight artery across the picture, from left to right."""
    arrays = scene_of([[-0.8, 0, 0], [0.8, 0, 0]], [0], [1], radius, pulse, color, alert)
    arrays["bend"][:, :3] = 0
    return arrays


def tangle(edges=150, seed=4, alerts=6):
    """A scene with something of everything: loops, a reverse, alerts, unknown colours, thin and thick."""
    rng = np.random.default_rng(seed)
    accounts = 40
    positions = rng.normal(0, 0.45, (accounts, 3))
    source, target = rng.integers(0, accounts, (2, edges))
    source[:3] = target[:3] = 5, 9, 11
    source[3], target[3], source[4], target[4] = 1, 2, 2, 1
    alert = np.arange(edges) < alerts
    arrays = scene_of(
        positions, source, target, rng.random(edges), rng.random(edges), rng.random(edges), alert, rng.random(accounts)
    )
    arrays["channels"][10:20, 2] = 0
    return arrays


def image_of(png):
    """(height, width, 3) uint8 of a PNG in base64."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))


def ink(image):
    """How far each pixel is from white paper, 0..255."""
    return 255 - image.astype(int).min(axis=2)


def inked(image, paper=WHITE):
    """(height, width) bool: where something was drawn."""
    return np.abs(image.astype(int) - paper).max(axis=2) > 40


def apart(one, other, paper=WHITE, blur=False):
    """How much two pictures differ where either has ink: the mean, and the share that differs much (`MUCH`).

    Blurred, borders that are smoothed in another way do not count.
    """
    marked = inked(one, paper) | inked(other, paper)
    assert marked.mean() > 0.01  # there is a picture
    one, other = one.astype(float), other.astype(float)
    if blur:
        one, other = (ndimage.gaussian_filter(image, (BLUR, BLUR, 0)) for image in (one, other))
    steps = np.abs(one - other).max(axis=2)[marked]
    return steps.mean(), (steps > MUCH).mean()


def strength(image):
    """How much ink a column in the middle of a picture of `line` holds, whatever the picture's size."""
    middle = image.shape[1] // 2
    return ink(image)[:, middle - 5 : middle + 5].sum(axis=0).mean()


def is_red(image):
    """(height, width) bool: as alerts are."""
    red, green, blue = np.moveaxis(image.astype(int), -1, 0)
    return (red > 120) & (red > green + 60) & (red > blue + 60)


def _packed(array):
    array = np.ascontiguousarray(array)
    return {"type": array.dtype.str[1:], "data": base64.b64encode(array.tobytes()).decode()}


@dataclass
class Stage:
    """One renderer on a page. `view` holds what `View` in renderer.ts holds; change it as you like."""

    page: object
    backend: str
    name: str = "main"
    width: int = 320
    height: int = 240
    view: dict = field(default_factory=dict)

    def open(self):
        """Make the canvas and its renderer; gives the ladder's words."""
        self.view = {
            "camera": {"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0]},
            "theme": {"dark": False, "background": [1, 1, 1]},
            "width": self.width,
            "height": self.height,
            "scale": 1,
            "time": 0,
            "still": False,
            "hurried": False,
        }
        return self.run(
            "(s, [name, w, h, only]) => s.open(name, w, h, only)", self.name, self.width, self.height, self.backend
        )

    def run(self, script, *arguments):
        """Run ``script(stage, arguments)`` in the page; ``renderer`` names this stage's renderer there."""
        return self.page.evaluate(
            f"([name, a]) => {{ const renderer = stage.renderers.get(name); return ({script})(stage, a, renderer); }}",
            [self.name, list(arguments)],
        )

    def scene(self, arrays, flat=False):
        """Show a scene made by `scene_of`."""
        self.run(
            "(s, [name, a, flat]) => s.setScene(name, a, flat)",
            self.name,
            {k: _packed(v) for k, v in arrays.items()},
            flat,
        )

    def channels(self, channels, seconds=0.0):
        """Send a frame: (m, 4) uint8."""
        self.run("(s, [c, t], r) => r.setChannels(s.unpack(c), t)", _packed(np.asarray(channels, np.uint8)), seconds)

    def emphasis(self, edges, accounts):
        """Mark edges and accounts: uint8 of `Emphasis` in scene.ts."""
        e, a = (_packed(np.asarray(marks, np.uint8)) for marks in (edges, accounts))
        self.run("(s, [e, a], r) => r.setEmphasis(s.unpack(e), s.unpack(a))", e, a)

    def picture(self, **view):
        """Draw, and give the canvas as (height, width, 3) uint8."""
        png = self.run("(s, [name, v]) => s.picture(name, v)", self.name, {**self.view, **view})
        return image_of(png)

    def pick(self, x, y):
        """What lies under a point of the picture drawn last."""
        return self.run("(s, [x, y], r) => r.pick(x, y)", x, y)

    def fit(self, arrays, flat=False):
        """Frame the data."""
        packed = {name: _packed(array) for name, array in arrays.items()}
        self.view["camera"] = self.run(
            "(s, [scene, flat, aspect]) => s.fit({ ...s.unpacked(scene), flat }, aspect)",
            packed,
            flat,
            self.width / self.height,
        )


@contextmanager
def open_page(webgpu=True):
    """A page with the stage's script, served from localhost; errors of the page end the test."""
    bundle()  # here, where a failure is this test's: a page would wait in vain for what its server cannot give
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with open_browser(webgpu) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(120_000)
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda message: message.type in ("error", "warning") and errors.append(message.text))
            page.goto(f"http://localhost:{server.server_port}/")
            page.wait_for_function("globalThis.stage !== undefined")
            try:
                yield page
            except Exception as error:
                error.add_note("\n".join(errors))
                raise
        # Without a graphics card, Chromium says of each WebGL2 picture that it was read back.
        assert not [error for error in errors if "favicon" not in error and "GPU stall" not in error], errors
    finally:
        server.shutdown()
        server.server_close()
