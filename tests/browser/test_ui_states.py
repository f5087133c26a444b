"""States of a view: themes, out of sight, still, slow, lost, asleep, many, closed, and under a policy."""

import time

import numpy as np
import pytest

from .chromium import GPU, PATIENCE
from .host import open_host
from .market import make, picture

# Time enough for a loop of five frames a second to draw four.
MANY_FRAMES = """() => new Promise((done) => {
    let frames = 60;
    const next = () => (frames-- ? requestAnimationFrame(next) : done());
    next();
})"""


def corner(host):
    """The picture's own colour at its lower right corner, as (r, g, b)."""
    return picture(host)[-3, -3].tolist()


def drawn_again(host, change):
    """Make a change, and wait for the frame that shows it."""
    before = host.ask("a => a.draws")
    change()
    host.until(f"a => a.draws > {before}")
    host.rest()


def themed(host, theme):
    """Wait until the picture is drawn in a theme."""
    dark = str(theme == "dark").lower()
    host.until(f"(a, root) => root.dataset.theme === '{theme}' && a.view().theme.dark === {dark}")
    host.rest()


def test_the_theme_follows_the_host(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        root = host.page.locator(".archivit-arteries")
        assert root.get_attribute("data-theme") == "light"
        assert corner(host) == pytest.approx([255, 255, 255], abs=1)
        style = "document.documentElement.style"
        for name, color, theme in [
            ("--jp-layout-color0", "#111111", "dark"),
            ("--jp-layout-color0", "oklch(1 0 0)", "light"),
            ("--jp-layout-color0", "lab(10 0 0)", "dark"),
            ("--jp-layout-color0", "rgb(250, 240, 230)", "light"),
        ]:
            drawn_again(host, lambda n=name, c=color: host.page.evaluate(f"{style}.setProperty('{n}', '{c}')"))
            themed(host, theme)
        assert corner(host) == pytest.approx([250, 240, 230], abs=1)
        host.page.evaluate(f"{style}.removeProperty('--jp-layout-color0')")
        drawn_again(host, lambda: host.page.evaluate(f"{style}.setProperty('--vscode-editor-background', '#1e1e1e')"))
        themed(host, "dark")
        assert corner(host) == pytest.approx([30, 30, 30], abs=1)
        # A host may also change a class, and with it a style sheet's rule, without touching the root element's style.
        host.page.evaluate(f"{style}.removeProperty('--vscode-editor-background')")
        host.page.add_style_tag(content="body.night { background: #000 }")
        drawn_again(host, lambda: host.page.evaluate("document.body.className = 'night'"))
        themed(host, "dark")


def test_without_a_theme_of_the_host_the_browsers_preference_counts(webgpu_browser):
    with open_host(webgpu_browser, make(), color_scheme="dark") as host:
        host.ready()
        assert host.page.locator(".archivit-arteries").get_attribute("data-theme") == "dark"
        drawn_again(host, lambda: host.page.emulate_media(color_scheme="light"))
        assert host.page.locator(".archivit-arteries").get_attribute("data-theme") == "light"


def test_out_of_sight_nothing_is_drawn_and_on_the_way_back_the_picture_is_there(webgpu_browser):
    with open_host(webgpu_browser, make(clock=None)) as host:
        host.parts()
        moving = host.ask("a => a.draws")
        host.until(f"a => a.draws > {moving + 2}")
        host.page.evaluate("document.body.style.height = '9000px'; scrollTo(0, 8000)")
        host.until("a => !a.loop.seen")
        host.widget.push({"radius": np.ones(len(host.widget.graph.edges))})
        still = host.ask("a => a.draws")
        host.flush()
        host.hears(lambda: any(h.get("visible") is False and h["frame"] == 1 for h in host.heard))
        host.page.evaluate(MANY_FRAMES)
        assert host.ask("a => a.draws") == still
        host.page.evaluate("scrollTo(0, 0)")
        host.until("(a, root) => root.dataset.frame === '1'")


def test_less_motion_gives_a_still_picture(webgpu_browser):
    with open_host(webgpu_browser, make(clock=None, turn=True), reduced_motion="reduce") as host:
        host.parts()
        host.rest()
        assert host.ask("a => a.view().still")
        before, first = host.ask("a => a.draws"), picture(host)
        host.page.evaluate(MANY_FRAMES)
        assert np.array_equal(picture(host), first)
        assert host.ask("a => a.draws") == before
        host.page.emulate_media(reduced_motion="no-preference")
        host.until("a => !a.view().still")


def test_a_slow_adapter_says_so_and_neither_turns_nor_hurries(webgpu_browser):
    with open_host(webgpu_browser, make(clock=None, turn=True)) as host:
        host.parts()
        assert "At most 5 frames a second" in host.page.locator("[role=status]").inner_text()
        assert "processor" in host.page.locator("[role=status]").inner_text()
        assert host.ask("a => a.view().camera.yaw") == host.ask("a => a.stage.home().yaw")
        x, y = host.at(6)
        host.page.mouse.move(x + 60, y + 60)
        host.page.mouse.down()
        host.page.mouse.move(x + 90, y + 60, steps=2)
        host.until("a => a.view().hurried && a.view().scale < 1")
        host.page.mouse.up()
        host.until("a => !a.view().hurried && a.view().scale === 1")


def test_a_slow_adapter_draws_five_frames_a_second(webgpu_browser):
    """So small a picture costs next to nothing: the pace is the loop's own."""
    with open_host(webgpu_browser, make(clock=None, height=50), width=276) as host:
        host.ready()
        stamps = host.page.evaluate(
            """() => new Promise((done) => {
                const { stage } = document.querySelector('.archivit-arteries').archivit, stamps = [];
                const note = () => stamps.push(performance.now()) === 8 && done(stamps);
                stage.hub.on('drawn', note, stage.signal);
            })"""
        )
        assert (stamps[-1] - stamps[0]) / 7 >= 190


def depth(host, things, reach=6):
    """How far from white, 0..765, the picture is round each point of the page, as far as a pick reaches."""
    box = host.page.locator("canvas").bounding_box()
    pixels = 765 - picture(host).astype(int).sum(axis=2)
    places = [(round(x - box["x"]), round(y - box["y"])) for x, y in things]
    return np.array([pixels[y - reach : y + reach + 1, x - reach : x + reach + 1].max() for x, y in places])


def test_what_is_selected_stands_out_its_neighbours_less_and_the_rest_fades(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.rest()
        things = {
            "account": [*map(host.at, (0, 3))],  # a thick artery covers the third neighbour
            "chosen": [host.beside(1, 2)[:2]],  # the weakest of all
            "near": [host.beside(*pair)[:2] for pair in ((0, 1), (2, 3), (2, 5))],
            "far": [host.at(4), *(host.beside(*pair)[:2] for pair in ((3, 4), (4, 5)))],
        }
        reach = {"account": 0}  # of a sphere, and not of the arteries that end in it
        before = {name: depth(host, places, reach.get(name, 6)) for name, places in things.items()}
        host.page.mouse.click(*things["chosen"][0])
        host.until("a => a.stage.selection.edges.size === 1")
        host.rest()
        after = {name: depth(host, places, reach.get(name, 6)) / before[name] for name, places in things.items()}
        assert (after["account"] > 0.9).all(), after
        assert (after["chosen"] > 1).all(), after  # of few arteries the weakest is seen before
        assert ((after["near"] > 0.35) & (after["near"] < 0.8)).all(), after
        assert (after["far"] < 0.6).all(), after


def test_a_lost_device_comes_back_with_the_same_picture(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.widget.selection = [0]
        host.flush()
        host.until("a => a.stage.selection.edges.size === 1")
        host.rest()
        before = picture(host)
        with host.lost_and_back():
            host.page.evaluate(f"(async () => (await {GPU}.opened).device.destroy())()")
        host.rest()
        assert np.abs(picture(host).astype(int) - before).max() <= 2
        assert host.page.locator("canvas").count() == 1


def test_where_nobody_answers_the_saved_picture_says_how_to_wake_it(webgpu_browser):
    widget = make()
    widget._repr_mimebundle_()
    assert widget._poster.startswith("data:image/")
    with open_host(webgpu_browser, widget, views=0) as host:
        host.mute = True
        host.show()
        host.page.wait_for_selector(".archivit-arteries[data-state=stale]")
        poster = host.page.locator(".poster")
        assert "Run the cell to make it live" in poster.inner_text()
        assert host.page.evaluate("document.querySelector('.poster img').naturalWidth") > 100
        host.mute = False
        host.page.evaluate("host.model.take({ _scene: 'again' })")
        host.ready()
        assert not poster.is_visible()


def test_twenty_views_share_one_device_and_closing_them_frees_it(webgpu_browser):
    with open_host(webgpu_browser, make(height=90), views=20, height=4200) as host:
        host.ready()
        host.page.wait_for_function(f"{GPU}.users === 20")  # the rehearsal had one too
        assert host.page.evaluate(
            "[...document.querySelectorAll('.archivit-arteries')].every(e => e.dataset.backend === 'webgpu')"
        )
        assert sum(h["kind"] == "want" for h in host.heard) == 1
        host.page.evaluate(f"async () => void (await {GPU}.opened).device.lost.then(({{ reason }}) => (gone = reason))")
        host.page.evaluate(
            "roots = [...document.querySelectorAll('.archivit-arteries')].map(root => new WeakRef(root))"
        )
        host.page.evaluate("host.cleanups.splice(1).forEach(end => end())")
        collector = host.page.context.new_cdp_session(host.page)
        # The device that the last one holds holds no other, nor do observers and listeners; a frame on its way may.
        end, held = time.monotonic() + PATIENCE / 1000, 20
        while held > 1 and time.monotonic() < end:
            collector.send("HeapProfiler.collectGarbage")
            held = host.page.evaluate("roots.filter(root => root.deref()).length")
        assert held == 1
        host.page.evaluate("host.cleanups.splice(0).forEach(end => end()), host.end()")
        assert host.page.locator(".archivit-arteries").count() == 0
        assert host.page.evaluate("host.model.listeners()") == 0
        host.page.wait_for_function(f"{GPU}.users === 0 && {GPU}.opened === null")
        host.page.wait_for_function("globalThis.gone === 'destroyed'")


def test_the_policy_of_strict_hosts_is_kept(webgpu_browser):
    """Whatever it forbids is an error of the page, which ends this test and all others of this page."""
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.page.get_by_role("combobox").fill("Frick")
        host.page.get_by_role("option").first.wait_for()
        with host.page.expect_download():
            host.page.get_by_role("button", name="Save as PNG").click()


TRIED = {
    "fetch": "() => fetch('/own').catch(() => null)",
    "element": """kind => new Promise(end => document.body.append(
        Object.assign(document.createElement(kind), { onerror: () => end(), src: '/own' })))""",
}


@pytest.mark.parametrize("kind", ["fetch", "script", "img"])
def test_what_strict_hosts_forbid_is_noticed(webgpu_browser, kind):
    with (
        pytest.raises(AssertionError, match="Content Security Policy"),
        open_host(webgpu_browser, make(), views=0) as host,
    ):
        host.page.evaluate(TRIED.get(kind, TRIED["element"]), kind)


def test_a_frame_changes_the_picture_and_is_acknowledged(webgpu_browser):
    with open_host(webgpu_browser, make()) as host:
        host.parts()
        host.widget.push({"alert": np.ones(len(host.widget.graph.edges))})
        host.flush()
        host.until("(a, root) => root.dataset.frame === '1' && !a.renderer.busy")
        host.hears(lambda: any(h["kind"] == "ack" and h["frame"] == 1 and h["visible"] for h in host.heard))
        assert host.widget.stats()["backend"] == "webgpu"
