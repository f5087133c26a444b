"""Names that hold HTML or script stay names, wherever they are shown: in a live page and in an exported file."""

import numpy as np
import pandas as pd
import pytest

from archivit_widgets.widgets.arteries import Arteries

from ..ledger import graph_of
from .chromium import open_page
from .host import open_host

DAY = 86_400


def evil(name):
    """A name that would run, or at least be an element, if anybody took it for HTML."""
    return f"{name}<img src=x onerror=\"pwned='{name}'\"><script>pwned='{name}'</script><svg onload=pwned=1>"


TITLE, UNIT, RADIUS, LOST = evil("title"), evil("unit"), evil("radius"), evil("lost")
ACCOUNTS = [evil(f"account {k} ") for k in range(4)]
TOKENS = [evil(f"token {k} ") for k in range(3)]
ROOT = ".archivit-arteries"
#: A point of the picture that shows a thing of some kind, in pixels of the page.
FIND = """async ([root, kind]) => {
    const { stage } = root.archivit, box = stage.canvas().getBoundingClientRect();
    for (let y = 40; y < box.height - 20; y += 4)
        for (let x = 220; x < box.width - 220; x += 4)
            if ((await stage.pick(x, y))?.kind === kind) return [box.left + x, box.top + y];
    return null;
}"""


@pytest.fixture
def widget():
    graph = graph_of(
        [*ACCOUNTS, None],
        [*ACCOUNTS[1:], ACCOUNTS[0], ACCOUNTS[0]],
        np.arange(5) * 400 * DAY,
        [1.0, 2.0, 3.0, 4.0, 5.0],
        [TOKENS[0], TOKENS[1], TOKENS[2], TOKENS[0], LOST],
        currency=UNIT,
    )
    places = np.array([[-0.4, 0.4, 0], [0.4, 0.4, 0], [0.4, -0.4, 0], [-0.4, -0.4, 0]])
    radius = pd.Series(np.arange(1.0, 5.0), name=RADIUS)
    return Arteries(
        graph, radius=radius, color="volume", positions=places, height=360, clock=1.0, turn=False, title=TITLE
    )


@pytest.fixture(params=["live", "file"])
def page(request, widget, webgpu_browser, tmp_path):
    """The widget's page, in a notebook's way or as a file from the disk."""
    if request.param == "live":
        with open_host(webgpu_browser, widget) as host:
            host.parts()
            yield host.page
        return
    widget.to_html(tmp_path / "names.html")
    page = open_page(webgpu_browser, viewport={"width": 1000, "height": 700})
    page.goto((tmp_path / "names.html").as_uri())
    page.wait_for_selector(f"{ROOT}[data-state=ready] .toolbar")
    yield page
    page.context.close()


def shows(page, part, *names):
    """Wait until a part of the widget holds the names, whole or cut short, as text."""
    for name in names:
        page.wait_for_function(
            "([part, name]) => document.querySelector(part)?.textContent.includes(name)", arg=[part, name]
        )


def test_names_are_text_everywhere(page):
    root = page.locator(ROOT)
    page.wait_for_function(f"() => document.querySelector('{ROOT}').archivit.loop.resting")
    shows(page, f"{ROOT} .heading", TITLE)
    shows(page, f"{ROOT} .legend", RADIUS, f"volume ({UNIT})")
    shows(page, f"{ROOT} .status", f"strongest: {ACCOUNTS[3][:8]}")
    shows(page, f"{ROOT} .labels", ACCOUNTS[0][:8])
    for kind, names in (("edge", [*TOKENS, UNIT]), ("account", [ACCOUNTS[0], UNIT])):
        point = page.evaluate(FIND, [root.element_handle(), kind])
        assert point, kind
        page.mouse.move(*point)
        shows(page, f"{ROOT} .tooltip", UNIT)
        words = page.locator(f"{ROOT} .tooltip").text_content()
        assert any(name[:9] in words for name in names[:-1]), words
        assert "<img" in words
    page.get_by_role("combobox").fill("<img")
    shows(page, f"{ROOT} .found", *ACCOUNTS, *TOKENS)
    page.get_by_role("combobox").fill("lost")
    page.get_by_role("option", name="lost").click()
    shows(page, f"{ROOT} .hint", f"{LOST} never moved")
    page.get_by_role("combobox").fill("account 2")
    page.get_by_role("option", name="account 2").click()
    page.wait_for_selector(f"{ROOT} .labels .chosen")
    assert "account 2" in page.locator(f"{ROOT} .labels .chosen").first.text_content()
    made = page.evaluate(
        f"""() => [...document.querySelectorAll('[onerror], [onload], {ROOT} script, {ROOT} img:not(.poster img)')]
            .map((e) => e.outerHTML)"""
    )
    assert made == []
    assert page.evaluate("typeof pwned") == "undefined"
