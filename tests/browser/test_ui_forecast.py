"""The page's clock: the forecast on the timeline, the moment of the frame on show, and in a file without a kernel."""

import numpy as np

from .chromium import open_page
from .host import open_host
from .market import DAY, make

LAST = 800 * DAY - 40_000 * DAY
SPAN = (LAST + 1, LAST + 400 * DAY)


def dates(host):
    """Left edges of the hatches, the marker and the track, and right edges, in pixels."""
    return host.page.evaluate(
        """() => Object.fromEntries(['.track', '.track .hatched', '.marker', '.track svg'].map((name) => {
            const box = document.querySelector(`.timeline ${name}`)?.getBoundingClientRect();
            return [name, box && [box.left, box.right]];
        }))"""
    )


def show(host, **frame):
    """Push a frame, and wait until it is on show."""
    number = host.ask("a => a.feed.frame") + 1
    host.widget._stream._latest = -1e9  # it need not wait for its turn
    host.widget.push(frame)
    host.flush()
    host.page.wait_for_function(f"() => document.querySelector('.archivit-arteries').dataset.frame === '{number}'")


def test_the_timeline_hatches_the_forecast_and_marks_the_frame_on_show(webgl2_browser):
    with open_host(webgl2_browser, make(forecast=SPAN)) as host:
        host.parts()
        at = dates(host)
        (left, right), (start, end) = at[".track"], at[".track .hatched"]
        assert abs(end - right) < 1
        assert abs((start - left) / (right - left) - 800 / 1200) < 0.03  # bars stand on whole months
        assert host.page.locator(".timeline .said").inner_text().endswith("forecast from 4 Sep 1862")
        assert host.page.locator(".marker").is_hidden()
        assert "predicted" in host.page.locator(".legend .forecast").text_content()
        show(host, pulse=0.5, time=SPAN[0] + 200 * DAY)
        middle = dates(host)[".marker"][0]
        assert abs(middle - (start + end) / 2) < 3
        assert ", predicted" in host.words()
        show(host, pulse=0.6, time=LAST)
        assert dates(host)[".marker"][0] < start
        assert "predicted" not in host.words()
        show(host, pulse=0.7)
        assert host.page.locator(".marker").is_hidden()


def test_a_window_chooses_among_what_is_recorded(webgl2_browser):
    with open_host(webgl2_browser, make(forecast=SPAN)) as host:
        host.parts()
        (left, right), (start, _) = dates(host)[".track"], dates(host)[".track .hatched"]
        y = host.page.locator(".track").bounding_box()["y"] + 12
        host.page.mouse.move(left + (start - left) / 2, y)
        host.page.mouse.down()
        host.page.mouse.move(right - 4, y, steps=3)
        host.page.mouse.up()
        host.page.wait_for_function("() => document.querySelector('.brush').offsetWidth > 10")
        brush = host.page.locator(".brush").bounding_box()
        assert brush["x"] + brush["width"] <= start + 40


def test_a_file_says_which_moment_it_shows(webgl2_browser, tmp_path):
    widget = make(forecast=SPAN)
    widget.push({"pulse": np.full(len(widget.graph.edges), 0.5), "time": SPAN[0] + DAY})
    widget.to_html(tmp_path / "a.html")
    page = open_page(webgl2_browser, offline=True)
    page.goto((tmp_path / "a.html").as_uri())
    page.locator("[role=status]", has_text=", predicted").wait_for()
    assert page.locator(".marker").is_visible()
    page.context.close()
