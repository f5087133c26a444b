"""A page that shows one Arteries without Jupyter: the same interface, messages and traits, the kernel in this process.

    with open_host(widget) as host:
        host.ready()
        host.page.mouse.move(400, 200)

Traits travel as JSON (bytes as base64), custom messages with their buffers; what the page sends is handled at once.
"""

from __future__ import annotations

import base64
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from .stage import FLAGS, WEBGPU_FLAGS

HERE = Path(__file__).parent
BUNDLE = HERE.parent.parent / "archivit_widgets/static/arteries.js"
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)
ON_ROOT = "() => { const root = document.querySelector('.archivit-arteries'); return (%s)(root.archivit, root); }"
HIDDEN = ("_esm", "_css", "_anywidget_id", "layout", "tabbable", "tooltip")


def _page() -> bytes:
    return (HERE / "host.html").read_bytes()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        script = self.path.endswith(".js")
        body = BUNDLE.read_bytes() if script else _page()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


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

    def ready(self, timeout=60_000):
        """Wait until every view has shown a frame."""
        self.page.wait_for_function(
            """() => { const all = [...document.querySelectorAll('.archivit-arteries')];
            return all.length && all.every(e => e.dataset.state === 'ready' && e.dataset.frame !== undefined); }""",
            timeout=timeout,
        )

    def parts(self):
        """Wait for what comes after the first frame."""
        self.ready()
        self.page.wait_for_selector(".archivit-arteries .toolbar")

    def until(self, script, timeout=20_000):
        """Wait until ``script(archivit, root)`` is true."""
        self.page.wait_for_function(ON_ROOT % script, timeout=timeout)

    def ask(self, script):
        """Give ``script(archivit, root)``."""
        return self.page.evaluate(ON_ROOT % script)


@contextmanager
def open_host(widget, webgpu=True, views=1, width=1000, height=900, **context):
    """A page with ``widget`` shown; errors of the page end the test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        with sync_playwright() as playwright:
            flags = FLAGS + (WEBGPU_FLAGS if webgpu else [])
            browser = playwright.chromium.launch(executable_path=executable, args=flags)
            page = browser.new_context(viewport={"width": width, "height": height}, **context).new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda message: message.type == "error" and errors.append(message.text))
            host = Host(page, widget)
            page.goto(f"http://localhost:{server.server_port}/")
            try:
                if views:
                    host.show(views)
                yield host
            except Exception as error:
                error.add_note("\n".join(errors))
                raise
            finally:
                browser.close()
            assert not [error for error in errors if "favicon" not in error], errors
    finally:
        server.shutdown()
        server.server_close()
