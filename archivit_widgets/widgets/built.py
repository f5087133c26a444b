"""The page's half of the widget, as npm has built it."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ArchivitError

BUNDLE = Path(__file__).parent.parent / "static" / "arteries.js"
UNBUILT = "The page's half of archivit_widgets is not built: run npm ci && npm run build in js/."


def esm() -> str | Path:
    """What anywidget loads; where it is not built, a page that says so."""
    # A path makes anywidget watch the file, and keeps every widget alive (anywidget#929): for developers only.
    if os.environ.get("ANYWIDGET_HMR") == "1":
        return BUNDLE
    return _text() or f'export default {{ render({{ el }}) {{ el.textContent = "{UNBUILT}"; }} }};'


def bundle() -> str:
    """Text of the bundle.

    Raises
    ------
    ArchivitError
        It is not built, in a checkout.
    """
    text = _text()
    if text is None:
        raise ArchivitError(UNBUILT)
    return text


def _text() -> str | None:
    text = BUNDLE.read_text(encoding="utf-8") if BUNDLE.exists() else ""
    return text if "mount" in text else None  # what an exported file calls; a placeholder has none
