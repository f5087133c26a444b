"""A page that shows one Arteries without Jupyter: the same interface, messages and traits, the kernel in this process.

    with open_host(browser, widget) as host:
        host.ready()
        host.page.mouse.move(400, 200)

Traits travel as JSON (bytes as base64), custom messages with their buffers; what the page sends is handled at once.
The page allows what the strictest host allows and nothing else: it holds the bundle, and imports it from a blob.
"""

from __future__ import annotations

import base64
import json
import re
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from archivit_widgets.frames.camera import Camera, project

from .chromium import PATIENCE

HERE = Path(__file__).parent
BUNDLE = HERE.parent.parent / "archivit_widgets/static/arteries.js"
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; img-src data: blob:"
)
#: Browsers count localhost as secure, and a name without https as not.
SECURE, INSECURE = "http://localhost/", "http://notebooks.example/"
ON_ROOT = "() => { const root = document.querySelector('.archivit-arteries'); return (%s)(root.archivit, root); }"
HIDDEN = ("_esm", "_css", "_anywidget_id", "layout", "tabbable", "tooltip")


@cache
def _page() -> str:
    script = json.dumps(BUNDLE.read_text(encoding="utf-8")).replace("<", "\\u003c")
    return (HERE / "host.html").read_text(encoding="utf-8").replace("$BUNDLE", script)


def _serve(context, address):
    """Answer every request of a context with the page, without a server; its policy lets it make no other."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
    context.route(f"{address}**", lambda route: route.fulfill(body=_page(), headers=headers))


def _write(value):
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(value).decode()}
    return value


def _read(value):
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) and "$bytes" in value else value


def _bare(data):
    """Names of the traits that an update carries in buffers."""
    return [path[0] for path in data.get("buffer_paths", []) if len(path) == 1]


class Host:
    """The kernel's half, bound to one page."""

    def __init__(self, page, widget):
        self.page, self.widget = page, widget
        self.outgoing = []
        self.heard = []
        self.mute = False
        widget.comm.send = self._sent
        page.expose_function("kernelMessage", self._message)
        page.expose_function("kernelTraits", self._traits)

    def _state(self):
        return {
            k: _write(v)
            for k, v in self.widget.get_state().items()
            if k not in HIDDEN and not k.startswith("_model") and not k.startswith("_view")
        }

    def _sent(self, data, buffers=None, **_):
        if data["method"] == "custom":
            self.outgoing.append((data["content"], buffers or []))
        elif data["method"] == "update":
            traits = {name: _write(getattr(self.widget, name)) for name in [*data["state"], *_bare(data)]}
            self.outgoing.append(({"traits": traits}, []))

    def _drain(self):
        messages, self.outgoing = self.outgoing, []
        return [[content, [base64.b64encode(b).decode() for b in buffers]] for content, buffers in messages]

    def _message(self, content):
        self.heard.append(content)
        if self.mute:
            return []
        self.widget._handle_custom_msg(content, [])
        return self._drain()

    def _traits(self, traits):
        self.widget.set_state({k: _read(v) for k, v in traits.items()})
        return self._drain()

    def flush(self):
        """Carry what the kernel said by itself to the page."""
        self.page.evaluate("messages => host.receive(messages)", self._drain())

    def show(self, views=1):
        """Make the model in the page, and views of it."""
        self.page.evaluate(
            "async ([state, views]) => { await host.open(state); for (let i = 0; i < views; i++) await host.view(); }",
            [self._state(), views],
        )

    def ready(self):
        """Wait until every view has shown a frame."""
        self.page.wait_for_function(
            """() => { const all = [...document.querySelectorAll('.archivit-arteries')];
            return all.length && all.every(e => e.dataset.state === 'ready' && e.dataset.frame !== undefined); }"""
        )

    def parts(self):
        """Wait for what comes after the first frame."""
        self.ready()
        self.page.wait_for_selector(".archivit-arteries .toolbar")

    def until(self, script):
        """Wait until ``script(archivit, root)`` is true."""
        self.page.wait_for_function(ON_ROOT % script)

    def hears(self, check):
        """Wait until the kernel's half satisfies ``check``; messages arrive while the page is asked."""
        end = time.monotonic() + PATIENCE / 1000
        while not check():
            assert time.monotonic() < end, "the kernel has not heard of it"
            self.page.wait_for_timeout(20)

    def words(self):
        """Give the line under the first picture."""
        return self.page.get_by_role("status").first.inner_text()

    @contextmanager
    def lost_and_back(self):
        """Wait until the first view has lost its device, by what the body does, said so, and drawn again since."""
        self.page.evaluate(
            """() => {
                const root = document.querySelector('.archivit-arteries'), line = root.querySelector('[role=status]');
                globalThis.states = {};
                const note = () => (states[globalThis.last = root.dataset.state] = line.textContent);
                new MutationObserver(note).observe(root, { attributeFilter: ['data-state'] });
            }"""
        )
        yield
        self.page.wait_for_function("'lost' in states && last === 'ready'")
        said = self.page.evaluate("states.lost")
        assert re.search(r"The graphics device was lost \(.{9,}\); the picture is being rebuilt\.", said), said
        assert "lost" not in self.words()

    def rest(self):
        """Wait until no frame is wanted or under way; only where nothing moves by itself."""
        self.until("a => a.loop.resting && !a.renderer.busy")

    def ask(self, script):
        """Give ``script(archivit, root)``."""
        return self.page.evaluate(ON_ROOT % script)

    def at(self, account):
        """Where an account lies on the page, by the view drawn last."""
        view = self.ask("archivit => archivit.view()")
        camera = Camera.of(view["camera"])
        positions = self.widget._drawn.positions[[account]]
        x, y, _ = project(positions, camera, view["width"], view["height"])
        box = self.page.locator("canvas").first.bounding_box()
        return box["x"] + float(x[0]), box["y"] + float(y[0])

    def beside(self, source, target):
        """A point of the page at which the artery between two accounts lies."""
        (ax, ay), (bx, by) = self.at(source), self.at(target)
        box = self.page.locator("canvas").first.bounding_box()
        found = self.page.evaluate(
            """async ([x, y, dx, dy]) => {
                const { stage } = document.querySelector('.archivit-arteries').archivit;
                for (let k = 0; k < 60; k++) {
                    const s = (k % 2 ? 1 : -1) * Math.ceil(k / 2) * 2;
                    const hit = await stage.pick(x + s * dx, y + s * dy);
                    if (hit?.kind === 'edge') return [x + s * dx, y + s * dy, hit.row];
                }
                return null;
            }""",
            [(ax + bx) / 2 - box["x"], (ay + by) / 2 - box["y"], *_normal(bx - ax, by - ay)],
        )
        assert found, "no artery between them"
        return found[0] + box["x"], found[1] + box["y"], found[2]


def _normal(x, y):
    length = (x * x + y * y) ** 0.5
    return -y / length, x / length


@contextmanager
def open_host(browser, widget, views=1, width=1000, height=900, address=SECURE, **context):
    """A page with ``widget`` shown ``views`` times; errors of the page end the test."""
    opened = browser.new_context(viewport={"width": width, "height": height}, **context)
    try:
        opened.set_default_timeout(PATIENCE)
        _serve(opened, address)
        page = opened.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        host = Host(page, widget)
        page.goto(address)
        try:
            page.wait_for_function("globalThis.host !== undefined")
            if views:
                host.show(views)
            yield host
        except Exception as error:
            error.add_note("\n".join(errors))
            raise
        assert not errors, errors
    finally:
        opened.close()
