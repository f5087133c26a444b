"""What the page says of arteries that stand in no record."""

import pandas as pd

from .host import open_host
from .market import NAMES, make, settled

PAIRS = pd.DataFrame({"source": [NAMES[5]], "target": [NAMES[3]]})


def test_the_page_says_what_a_ghost_is(webgl2_browser):
    with open_host(webgl2_browser, make(ghosts=PAIRS)) as host:
        host.parts()
        settled(host)
        assert "1 artery likely new, dashed" in host.words()
        legend = host.page.locator(".legend .ghost")
        assert legend.text_content() == "Dashed likely new not in the record"
        x, y, row = host.beside(5, 3)
        assert row == len(host.widget.graph.edges)
        host.page.mouse.move(x, y)
        host.page.locator(".tooltip", has_text="likely, not in the record").wait_for()
        assert f"{NAMES[5]} → {NAMES[3]}" in host.page.locator(".tooltip").inner_text()
        host.page.mouse.click(x, y)
        host.page.get_by_text("Selected: 1 likely artery.").wait_for()
        assert len(host.widget.selection) == 0
