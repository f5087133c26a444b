"""A click on an alert lights its ring, with a kernel and in a file without one."""

import numpy as np
import pandas as pd

from .chromium import open_page
from .host import open_host
from .market import PAIRS, make, market, settled

#: Of market(): Knoedler to Duveen, Duveen to Frick, and the first again; and the artery that nobody is in a ring with.
RING = [0, 1, 8]
SAID = "Sold <b>round</b> in a ring of two."


#: Where an artery lies on the canvas.
FIND = """async (row) => {
    const { stage } = document.querySelector('.archivit-arteries').archivit;
    for (let y = 5; y < stage.size.height; y += 9) for (let x = 5; x < stage.size.width; x += 9) {
        const hit = await stage.pick(x, y);
        if (hit?.kind === 'edge' && hit.row === row) return [x, y];
    }
}"""


def alerts():
    """One line for each of nine transfers."""
    table = pd.DataFrame({"score": np.zeros(9), "group": -1, "sentence": ""})
    table.loc[RING, ["score", "group", "sentence"]] = [0.9, 3, SAID]
    table.loc[4, "score"] = 0.8
    return table


def ends(widget):
    """Pairs of the selected arteries, once the kernel has heard of them."""
    names = list(dict.fromkeys(market().account_type.categories))
    return {(names.index(a), names.index(b)) for a, b in widget.selection[["source", "target"]].to_numpy()}


def click(host, source, target):
    x, y, _ = host.beside(source, target)
    host.page.mouse.move(x, y)
    host.page.mouse.click(x, y)


def test_a_click_on_an_alert_selects_its_ring_and_says_what_it_is(webgl2_browser):
    with open_host(webgl2_browser, make(alert=alerts())) as host:
        host.parts()
        settled(host)
        click(host, 0, 1)
        host.page.locator("[role=status]", has_text=SAID).wait_for()
        host.page.get_by_text("Selected: 2 arteries.").wait_for()
        host.page.wait_for_timeout(200)
        assert ends(host.widget) == {PAIRS[0], PAIRS[1]}
        host.page.keyboard.press("Escape")
        host.page.wait_for_function("() => !document.querySelector('[role=status]').textContent.includes('round')")


def test_an_alert_in_no_ring_says_what_can_be_counted(webgl2_browser):
    with open_host(webgl2_browser, make(alert=alerts())) as host:
        host.parts()
        settled(host)
        click(host, 4, 5)
        host.page.locator("[role=status]", has_text="Alert: 1 transfer among 2 accounts").wait_for()
        assert "Selected: 1 artery." in host.words()


def test_under_reduced_motion_steps_are_numbered(webgl2_browser):
    with open_host(webgl2_browser, make(alert=alerts()), reduced_motion="reduce") as host:
        host.parts()
        settled(host)
        click(host, 0, 1)
        host.page.locator("[role=status]", has_text=SAID).wait_for()
        settled(host)
        x, y, _ = host.beside(0, 1)
        host.page.mouse.move(x + 1, y)
        host.page.locator(".tooltip", has_text="steps 1, 3 of 3").wait_for()


def test_a_file_lights_rings_without_a_kernel(webgl2_browser, tmp_path):
    make(alert=alerts()).to_html(tmp_path / "a.html")
    page = open_page(webgl2_browser, offline=True)
    page.goto((tmp_path / "a.html").as_uri())
    page.wait_for_selector(".archivit-arteries[data-state=ready] .timeline", state="attached")
    canvas, status = page.locator("canvas").bounding_box(), page.locator("[role=status]")
    x, y = page.evaluate(FIND, 0)
    page.mouse.click(canvas["x"] + x, canvas["y"] + y)
    page.locator("[role=status]", has_text=SAID).wait_for(timeout=20_000)
    assert "Selected: 2 arteries." in status.inner_text()
    page.context.close()
