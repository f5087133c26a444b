"""Hands on the picture: fingers, buttons, full screen, and where the camera goes when a thing is chosen."""

import numpy as np
import pytest

from .host import open_host
from .market import DAY, NAMES, box_around, camera, make, row, selected, settled


@pytest.fixture
def host(webgpu_browser):
    """A picture that stands still, in a page that can be scrolled."""
    with open_host(webgpu_browser, make(), height=700) as host:
        host.page.evaluate("document.body.style.height = '3000px'")
        host.parts()
        host.rest()
        yield host


@pytest.fixture
def touch(host):
    """Puts fingers on the page: ``touch(kind, (x, y), ...)``."""
    session = host.page.context.new_cdp_session(host.page)

    def send(kind, *points):
        fingers = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    return send


def drag(touch, x, y, dx, dy, steps=5):
    """One finger goes a way in steps, and is lifted."""
    touch("touchStart", (x, y))
    for k in range(1, steps + 1):
        touch("touchMove", (x + dx * k / steps, y + dy * k / steps))
    touch("touchEnd")


def test_one_finger_turns_the_picture(host, touch):
    x, y = host.at(6)
    home = camera(host)
    drag(touch, x + 40, y + 40, 100, 0)
    host.until(f"a => a.stage.camera.yaw < {home['yaw']} - 0.3")
    after = camera(host)
    assert after["target"] == home["target"]
    assert after["distance"] == home["distance"]
    assert host.page.evaluate("scrollY") == 0
    assert host.widget.selection.empty
    host.hears(lambda: host.widget.camera == after)


# Settles when the page has not scrolled for 20 animation frames.
STANDS = """() => new Promise((done) => {
    let [last, same] = [NaN, 0];
    const look = () => {
        same = scrollY === last ? same + 1 : 0;
        last = scrollY;
        if (same > 20) done();
        else requestAnimationFrame(look);
    };
    look();
})"""


def test_a_finger_that_scrolls_the_page_leaves_the_picture_as_it_was_until_that_has_the_focus(host, touch):
    x, y = host.at(6)
    home = camera(host)
    drag(touch, x + 40, y + 60, 0, -100, steps=12)
    host.page.wait_for_function("scrollY > 40")
    host.until(f"a => a.stage.camera.pitch === {home['pitch']}")
    assert not host.page.locator("canvas").evaluate("e => e.matches(':focus')")
    host.page.evaluate(STANDS)  # a finger's scrolling goes on after it
    host.page.evaluate("scrollTo(0, 0)")
    host.page.evaluate(STANDS)
    host.page.locator("canvas").focus()
    drag(touch, x + 40, y + 60, 0, -100, steps=12)
    host.until(f"a => Math.abs(a.stage.camera.pitch - {home['pitch']}) > 0.3")
    assert host.page.evaluate("scrollY") == 0


def test_a_tap_selects(host, touch):
    x, y = host.at(2)
    touch("touchStart", (x, y))
    touch("touchEnd")
    host.hears(lambda: list(host.widget.selected_accounts.account) == [NAMES[2]])


def test_two_fingers_move_and_spread(host, touch):
    x, y = host.at(6)
    home = camera(host)
    touch("touchStart", (x - 30, y), (x + 30, y))
    for k in range(1, 6):
        touch("touchMove", (x - 30 + 10 * k, y), (x + 30 + 10 * k, y))
    touch("touchEnd")
    host.until(f"a => a.stage.camera.target[0] !== {home['target'][0]}")
    moved = camera(host)
    assert moved["yaw"] == home["yaw"]
    assert moved["distance"] == pytest.approx(home["distance"], rel=0.02)
    settled(host)
    assert host.at(6)[0] == pytest.approx(x + 50, abs=8)  # what lay under the fingers went with them
    touch("touchStart", (x - 80, y), (x + 80, y))
    for d in (60, 50, 40):
        touch("touchMove", (x - d, y), (x + d, y))
    touch("touchEnd")
    host.until(f"a => a.stage.camera.distance > {home['distance']} * 1.6")
    far = camera(host)["distance"]
    touch("touchStart", (x - 30, y), (x + 30, y))
    for d in (40, 60, 80):
        touch("touchMove", (x - d, y), (x + d, y))
    touch("touchEnd")
    host.until(f"a => a.stage.camera.distance < {far} * 0.6")
    assert host.widget.selection.empty


def test_a_box_with_control_adds(host):
    host.widget.selection = [row(host, 0, 1)]
    host.flush()
    host.until("a => a.stage.selection.edges.size === 1")
    settled(host)
    host.page.get_by_role("button", name="Select in a box").click()
    host.page.keyboard.down("Control")
    with box_around(host, 0, 1):
        pass
    host.page.keyboard.up("Control")
    host.hears(lambda: set(host.widget.selected_accounts.account) == {NAMES[0], NAMES[1]})
    assert selected(host) == {(0, 1)}
    button = host.page.get_by_role("button", name="Select in a box")
    assert button.get_attribute("aria-pressed") == "false"  # one box, and drags turn again


def test_the_first_view_the_selection_and_zoom_by_key_and_button(host):
    press = host.page.keyboard.press
    home = camera(host)
    host.page.locator("canvas").focus()
    press("-")
    assert camera(host)["distance"] > home["distance"]
    press("Home")
    host.until("a => JSON.stringify(a.stage.camera) === JSON.stringify(a.stage.home())")
    settled(host)
    host.page.mouse.click(*host.at(4))
    host.hears(lambda: list(host.widget.selected_accounts.account) == [NAMES[4]])
    assert camera(host) == home  # a click alone moves nothing
    press("f")
    host.until(f"a => a.stage.camera.distance < {home['distance']}")
    settled(host)
    box = host.page.locator("canvas").bounding_box()
    ends = [host.at(a) for a in (3, 4, 5)]
    assert all(box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"] for x, y in ends)
    host.page.get_by_role("button", name="The first view").click()
    host.until("a => JSON.stringify(a.stage.camera) === JSON.stringify(a.stage.home())")


def test_a_found_account_and_a_found_token_are_flown_to(host):
    home = camera(host)
    search = host.page.get_by_role("combobox")
    search.fill("mel")
    host.page.get_by_role("option", name="Mellon").click()
    host.hears(lambda: list(host.widget.selected_accounts.account) == ["Mellon"])
    settled(host)
    near = camera(host)
    assert near["distance"] < home["distance"]
    middle = np.array(host.widget._drawn.positions)[[NAMES.index(n) for n in (NAMES[3], "Mellon", "Morgan")]]
    assert near["target"] == pytest.approx((middle.min(axis=0) + middle.max(axis=0)) / 2, abs=1e-4)
    search.fill("goya")
    host.page.get_by_role("option", name="Goya").wait_for()
    search.press("Enter")
    host.hears(lambda: selected(host) == {(6, 6)})
    assert host.widget.selected_accounts.empty
    settled(host)
    assert camera(host)["target"] != near["target"]
    x, y = host.at(6)
    box = host.page.locator("canvas").bounding_box()
    assert (x, y) == pytest.approx((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), abs=2)


def test_the_window_is_moved_and_bent_by_hand_and_ended_by_a_click_beside_it(host):
    low, high = host.widget._timeline["edges"][0], host.widget._timeline["edges"][-1]
    bar = (high - low) / 100
    host.widget.window = (low + 0.3 * (high - low), low + 0.5 * (high - low))
    host.flush()
    host.until("a => a.stage.window !== null")
    box = host.page.locator(".track").bounding_box()

    def pull(start, end):
        y = box["y"] + 18
        host.page.mouse.move(box["x"] + start * box["width"], y)
        host.page.mouse.down()
        host.page.mouse.move(box["x"] + end * box["width"], y, steps=4)
        host.page.mouse.up()

    def is_window(start, end):
        wanted = [low + share * (high - low) for share in (start, end)]
        host.hears(lambda: host.widget.window == pytest.approx(wanted, abs=bar))

    pull(0.4, 0.6)
    is_window(0.5, 0.7)
    pull(0.7, 0.8)
    is_window(0.5, 0.8)
    pull(0.5, 0.2)
    is_window(0.2, 0.8)
    pull(0.5, 0.95)  # as far as the bars go
    is_window(0.4, 1.0)
    host.page.mouse.click(box["x"] + 0.1 * box["width"], box["y"] + 18)
    host.hears(lambda: host.widget.window is None)


def test_the_window_plays_to_the_end_and_stops_there_or_where_it_is_touched(host):
    low, high = host.widget._timeline["edges"][0], host.widget._timeline["edges"][-1]
    play = host.page.get_by_role("button", name="Play the window")
    host.widget.window = (high - 200 * DAY, high - 80 * DAY)
    host.flush()
    host.until("a => a.stage.window !== null")
    play.click()
    assert play.get_attribute("aria-pressed") == "true"
    host.page.wait_for_selector(".timeline button[aria-pressed=false]")
    host.hears(lambda: host.widget.window is not None and host.widget.window[1] >= high)
    assert host.widget.window[1] - host.widget.window[0] == pytest.approx(120 * DAY, abs=2)
    play.click()  # from the start again
    host.until(f"a => a.stage.window[0] < {low + 300 * DAY}")
    box = host.page.locator(".track").bounding_box()
    host.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 18)
    host.page.mouse.down()
    assert play.get_attribute("aria-pressed") == "false"
    host.page.mouse.up()


def fills(host):
    """Wait until the picture fills the screen, the timeline and the status line below it."""
    host.page.wait_for_function("document.fullscreenElement === document.querySelector('.archivit-arteries')")
    width, height = host.page.evaluate("[innerWidth, innerHeight]")
    host.until(f"a => a.view().width > {0.95 * width} && a.view().height > {0.75 * height}")
    settled(host)
    box, root = host.page.locator("canvas").bounding_box(), host.page.locator(".archivit-arteries").bounding_box()
    assert (root["width"], root["height"]) == (width, height)
    view = host.ask("a => a.view()")
    assert (box["width"], box["height"]) == pytest.approx((view["width"], view["height"]), abs=1)
    below = [host.page.locator(part).bounding_box() for part in (".timeline", ".status")]
    assert all(part["y"] >= box["y"] + box["height"] - 1 for part in below)
    assert below[-1]["y"] + below[-1]["height"] <= height
    assert all(0 < x < width and 0 < y < box["y"] + box["height"] for x, y in map(host.at, range(7)))


def test_full_screen_fills_the_screen_and_leaves_no_trace(host):
    before = host.page.locator("canvas").bounding_box()
    home = camera(host)
    button = host.page.get_by_role("button", name="Full screen")
    # The second end is what the browser does at Escape: a key of its own window, which a headless one does not have.
    for end in (button.click, lambda: host.page.evaluate("document.exitFullscreen()")):
        button.click()
        fills(host)
        end()
        host.page.wait_for_function("document.fullscreenElement === null")
        host.until(f"a => a.view().height === {before['height']}")
        settled(host)
        assert host.page.locator("canvas").bounding_box() == before
        host.until(f"a => a.view().camera.distance === {home['distance']}")  # framed anew, a little later
        assert camera(host) == home


def test_the_pause_button_stops_the_frames_and_lets_them_go_on(webgpu_browser):
    widget = make(height=200, clock=None)
    with open_host(webgpu_browser, widget) as host:
        host.parts()
        drawn = host.ask("a => a.draws")
        host.until(f"a => a.draws > {drawn + 2}")
        pause = host.page.get_by_role("button", name="Pause the pulses")
        pause.click()
        assert pause.get_attribute("aria-pressed") == "true"
        host.rest()
        drawn, stands = host.ask("a => [a.draws, a.view().time]")
        widget.push({"radius": np.ones(len(widget.graph.edges))})  # what is new is shown all the same
        host.flush()
        host.until("(a, root) => root.dataset.frame === '1'")
        host.rest()
        assert host.ask("a => a.draws") > drawn
        assert host.ask("a => a.view().time") == stands
        pause.click()
        assert pause.get_attribute("aria-pressed") == "false"
        host.until(f"a => a.view().time > {stands}")
