"""For every reader: axe-core, the keyboard alone, words for what is shown, and small screens."""

from pathlib import Path

import numpy as np
import pytest

from archivit_widgets.widgets.arteries import Arteries

from .host import open_host
from .market import PLACES, market
from .test_ui_ladder import NO_ADAPTER, NO_CONTEXT

AXE = Path(__file__).parent.parent.parent / "js/node_modules/axe-core/axe.min.js"


def make(**options):
    alert = np.arange(8) == 2
    return Arteries(market(), positions=np.array(PLACES), alert=alert, **{"height": 360, "clock": 1.0, **options})


#: What axe cannot judge by itself: words over the picture, whose pixels it does not see.
UNSURE = {"color-contrast"}


def grave(host):
    """What axe finds under the widget's root that is serious, or leaves to people and is not known."""
    if not host.page.evaluate("'axe' in globalThis"):
        host.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = host.page.evaluate("axe.run('.archivit-arteries')")
    assert len(found["passes"]) > 5
    sure = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    open_to_people = [each for each in found["incomplete"] if each["id"] not in UNSURE]
    return [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"]]) for v in sure + open_to_people]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(webgpu_browser, scheme):
    with open_host(webgpu_browser, make(title="The market"), color_scheme=scheme) as host:
        if scheme == "dark":
            host.page.add_style_tag(content="body { background: #111418 }")
        host.parts()
        host.page.wait_for_selector(f".archivit-arteries[data-theme={scheme}]")
        host.page.get_by_role("combobox").fill("e")
        host.page.get_by_role("option").first.wait_for()
        host.page.get_by_role("button", name="Keys and gestures").click()
        host.widget.window = (host.widget._timeline["start"], host.widget._timeline["end"] - 10_000_000)
        host.flush()
        host.until("a => a.stage.window !== null")
        assert grave(host) == []
        host.page.keyboard.press("Escape")
        host.widget.selection = [0, 1]
        host.flush()
        host.until("(a, root) => root.querySelector('[role=status]').textContent.includes('Selected: 2 arteries')")
        host.rest()
        host.page.mouse.move(*host.at(1))
        host.page.locator(".tooltip").wait_for(state="visible")
        assert grave(host) == []
        host.page.evaluate("void (navigator.gpu.requestAdapter = () => new Promise(() => null))")  # none comes back
        host.page.evaluate("async () => (await globalThis[Symbol.for('archivit.gpu.1')].opened).device.destroy()")
        host.page.wait_for_selector(".archivit-arteries[data-state=lost]")
        assert grave(host) == []


def test_axe_finds_nothing_serious_where_nobody_answers_or_nothing_draws(webgpu_browser):
    widget = make(title="The market")
    widget._repr_mimebundle_()  # with a poster
    with open_host(webgpu_browser, widget, views=0) as host:
        host.mute = True
        host.show()
        host.page.wait_for_selector(".archivit-arteries[data-state=stale]")
        assert grave(host) == []
    with open_host(webgpu_browser, widget, views=0) as host:
        host.page.evaluate(NO_ADAPTER)
        host.page.evaluate(NO_CONTEXT)
        host.show()
        host.page.wait_for_selector(".archivit-arteries[data-backend=static][data-state=ready]")
        assert grave(host) == []


def test_what_axe_would_find_is_grave(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.ask("(a, root) => root.querySelector('.toolbar button').replaceChildren()")
        host.ask("(a, root) => root.querySelector('.toolbar button').removeAttribute('aria-label')")
        host.ask("(a, root) => root.querySelector('.toolbar button').removeAttribute('title')")
        assert [found[0] for found in grave(host)] == ["button-name"]


def test_the_tab_key_goes_through_everything_in_order_and_the_focus_is_seen(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.rest()
        order, seen = [], []
        for _ in range(13):
            host.page.keyboard.press("Tab")
            name, outline = host.page.evaluate(
                """() => {
                    const e = document.activeElement, { outlineWidth, outlineStyle } = getComputedStyle(e);
                    const outlined = parseFloat(outlineWidth) > 1 && outlineStyle !== "none";
                    return [e.getAttribute("aria-label") ?? e.textContent, outlined];
                }"""
            )
            order.append(name)
            seen.append(outline)
        starts = [
            "Arteries",
            "Find an",
            "The first view",
            "Select in",
            "Pause",
            "Save",
            "Full",
            "Keys",
            "Legend",
            "Play",
        ]
        starts += ["Window start", "Window end"]
        assert [a.startswith(b) for a, b in zip(order, starts, strict=False)] == [True] * 12, order
        assert all(seen[:12]), list(zip(order, seen, strict=True))


def test_the_picture_and_its_state_are_said_in_words(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        status = host.page.get_by_role("status")
        assert status.count() == 1
        assert "7 accounts, 8 arteries, 1860 to 1862" in status.inner_text()
        picture = host.page.get_by_role("application")
        assert "7 accounts" in picture.get_attribute("aria-label")
        described = picture.evaluate("e => document.getElementById(e.getAttribute('aria-describedby')).textContent")
        assert "arrow keys: turn" in described
        host.widget.selection = [0, 1]
        host.flush()
        host.until("(a, root) => root.querySelector('[role=status]').textContent.includes('Selected: 2 arteries')")
        slider = host.page.get_by_role("slider", name="Window start")
        assert "1860" in slider.get_attribute("aria-valuetext")


@pytest.mark.parametrize("width", [276, 480, 900])
def test_nothing_overlaps_or_overflows_where_there_is_little_room(webgpu_browser, width):
    with open_host(webgpu_browser, make(), width=width, height=700) as host:
        host.parts()
        host.rest()
        assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        host.page.mouse.move(width / 2, 600)  # over the timeline, which then has something to say
        parts = (".search", ".toolbar", ".legend", ".timeline .window", ".track", ".axis")
        boxes = [host.page.locator(part).bounding_box() for part in parts]
        names = host.page.locator(".labels span:not(.away)").all()
        assert names
        boxes += [name.bounding_box() for name in names]
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                apart = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
                apart |= a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
                assert apart, (a, b)
        assert host.page.locator(".legend").evaluate("e => e.open") == (width > 720)


@pytest.mark.parametrize(("width", "height"), [(176, 120), (276, 200), (400, 120), (700, 480), (900, 360)])
def test_the_open_legend_is_never_cut_and_covers_no_button(webgpu_browser, width, height):
    with open_host(webgpu_browser, make(height=height), width=width + 24, height=900) as host:
        host.parts()
        host.rest()
        legend = host.page.locator(".legend")
        if not legend.evaluate("e => e.open"):
            legend.locator("summary").click()
        assert legend.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")
        assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        words = legend.evaluate(
            """e => {
                const whole = e.getBoundingClientRect();
                return [...e.querySelectorAll('.ticks span, .strip, .ramp, .caption')].every((part) => {
                    const box = part.getBoundingClientRect();
                    return box.left >= whole.left && box.right <= whole.right + 0.5 && box.bottom <= whole.bottom + 0.5;
                });
            }"""
        )
        assert words
        box = legend.bounding_box()
        for button in host.page.locator(".toolbar button, .search, .timeline, [role=status]").all():
            other = button.bounding_box()
            apart = other["x"] >= box["x"] + box["width"] or other["x"] + other["width"] <= box["x"]
            apart |= other["y"] >= box["y"] + box["height"] or other["y"] + other["height"] <= box["y"]
            assert apart, (other, box)
