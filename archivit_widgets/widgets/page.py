"""One HTML file that shows a widget without Python, from the disk and without a network."""

from __future__ import annotations

import base64
import gzip
from html import escape

# Bundle and data are compressed, so no name can end a tag; a module from a blob works from file:// too.
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; \
style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>body {{ margin: 0; font-family: system-ui, sans-serif; }}
main .archivit-arteries {{ min-height: 100vh; }}
main .stage {{ flex: 1 0 160px; height: auto !important; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #111; color: #eee; }} }}</style>
<main></main>
<noscript><img src="data:image/png;base64,{picture}" alt="{title}">
<p>This picture stands still: it needs JavaScript in a browser of 2023 or newer.</noscript>
<script type="text/plain" id="bundle">{bundle}</script>
<script type="text/plain" id="data">{data}</script>
<script type="module">
const text = (id) => document.getElementById(id).textContent;
const main = document.querySelector("main");
try {{
  const packed = Uint8Array.from(atob(text("bundle")), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const code = URL.createObjectURL(new Blob([await new Response(stream).text()], {{ type: "text/javascript" }}));
  const {{ mount }} = await import(code);
  URL.revokeObjectURL(code);
  await mount(main, text("data"));
}} catch (error) {{
  main.innerHTML = document.querySelector("noscript").textContent;
  main.append(`${{error}}`);
}}
</script>
</html>
"""


def page(title: str, bundle: str, data: str, picture: bytes) -> str:
    """Write the file.

    Parameters
    ----------
    title
        Of the page; any text.
    bundle
        The page's half, an ES module that exports ``mount(element, data)``.
    data
        What `archive.pack` gives.
    picture
        PNG, for a reader who runs no scripts.
    """
    packed = base64.b64encode(gzip.compress(bundle.encode(), 9, mtime=0)).decode("ascii")
    still = base64.b64encode(picture).decode("ascii")
    return _PAGE.format(title=escape(title), bundle=packed, data=data, picture=still)
