"""What a researcher touches: pointer, keys, search, timeline, against a kernel that answers."""

import pytest

from .host import open_host
from .market import DAY, EVIL, box_around, camera, make, row, selected, settled


@pytest.fixture(scope="module")
def host(webgpu_browser):
    with open_host(webgpu_browser, make(height=420)) as host:
        host.parts()
        yield host


@pytest.fixture(autouse=True)
def _as_at_first(host):
    """Nothing selected, no window, the first view, and the focus nowhere."""
    yield
    host.page.keyboard.up("Shift")
    host.page.keyboard.press("Escape")
    host.widget.selection = None
    host.widget.window = None
    host.flush()
    host.page.evaluate("document.activeElement.blur(), document.body.style.height = '', scrollTo(0, 0)")
    host.page.mouse.move(2, 2)
    host.ask("archivit => archivit.stage.move(archivit.stage.home())")
    settled(host)


def test_the_tooltip_tells_what_lies_under_the_pointer(host):
    x, y, _ = host.beside(0, 1)
    host.page.mouse.move(x, y)
    tip = host.page.locator(".tooltip")
    tip.wait_for(state="visible")
    words = tip.inner_text()
    for part in (
        "Knoedler",
        "Duveen",
        "transfers\n2",
        "volume\n1M GBP",
        "average\n500,000 GBP",
        "1862-09-04",
        "Vermeer",
        "Hals",
    ):
        assert part in words, words
    host.page.mouse.move(*host.at(3))
    host.page.wait_for_function("name => document.querySelector('.tooltip b')?.textContent === name", arg=EVIL)
    for part in ("received\n1 transfer", "gave\n1 transfer", "first\n1861-01-12", "last\n1861-04-22"):
        assert part in tip.inner_text(), tip.inner_text()
    assert host.page.locator(".archivit-arteries img:not(.poster img)").count() == 0
    host.page.mouse.move(2, 2)
    tip.wait_for(state="hidden")


def test_a_click_selects_and_shift_adds_and_takes_away(host):
    x, y, edge = host.beside(1, 2)
    host.page.mouse.click(x, y)
    host.hears(lambda: selected(host) == {(1, 2)})
    assert edge == row(host, 1, 2)
    host.until("(a, root) => root.querySelector('[role=status]').textContent.includes('Selected: 1 artery')")
    x, y, _ = host.beside(3, 4)
    host.page.keyboard.down("Shift")
    host.page.mouse.click(x, y)
    host.hears(lambda: selected(host) == {(1, 2), (3, 4)})
    host.page.mouse.click(x, y)
    host.page.keyboard.up("Shift")
    host.hears(lambda: selected(host) == {(1, 2)})
    host.page.keyboard.press("Escape")
    host.hears(lambda: host.widget.selection.empty)


def test_a_click_on_an_account_takes_its_arteries_and_its_neighbours_stand_out(host):
    host.page.mouse.click(*host.at(2))
    host.hears(lambda: list(host.widget.selected_accounts.account) == ["Frick"])
    assert selected(host) == {(1, 2), (2, 3), (2, 5)}
    names = host.page.locator(".labels span:not(.away)")
    host.until("() => document.querySelector('.labels .chosen')?.textContent === 'Frick'")
    assert "Frick" in names.all_inner_texts()


def test_a_box_takes_what_lies_inside(host):
    host.page.keyboard.down("Shift")
    with box_around(host, 3, 4):
        host.page.locator(".box").wait_for(state="visible")
    host.page.keyboard.up("Shift")
    host.hears(lambda: set(host.widget.selected_accounts.account) == {EVIL, "Mellon"})
    assert selected(host) == {(3, 4)}
    assert not host.page.locator(".box").is_visible()
    assert camera(host) == host.ask("a => a.stage.home()")


def test_python_selects_and_the_picture_moves_there(host):
    before = camera(host)
    host.widget.selection = [row(host, 0, 1)]
    host.flush()
    host.until("a => a.stage.selection.edges.size === 1")
    settled(host)
    after = camera(host)
    assert after["distance"] < before["distance"]
    assert after["target"] != before["target"]


def test_the_search_box_finds_accounts_and_tokens(host):
    box = host.page.get_by_role("combobox")
    box.fill("mel")
    host.page.get_by_role("option", name="Mellon").wait_for()
    box.press("Enter")
    host.hears(lambda: list(host.widget.selected_accounts.account) == ["Mellon"])
    assert not host.page.get_by_role("listbox").is_visible()
    box.fill("verm")
    host.page.get_by_role("option", name="Vermeer").click()
    host.hears(lambda: selected(host) == {(0, 1), (1, 2), (2, 3)})
    box.fill("img")
    host.page.get_by_role("option", name=EVIL).wait_for()
    box.press("Escape")
    assert not host.page.get_by_role("listbox").is_visible()


def test_drag_turns_and_right_drag_moves(host):
    x, y = host.at(6)
    home = camera(host)
    host.page.mouse.move(x + 90, y + 90)
    host.page.mouse.down()
    host.page.mouse.move(x + 190, y + 90, steps=3)
    host.page.mouse.up()
    turned = camera(host)
    assert turned["yaw"] < home["yaw"] - 0.5
    assert turned["target"] == home["target"]
    host.page.mouse.down(button="right")
    host.page.mouse.move(x + 240, y + 90, steps=3)
    host.page.mouse.up(button="right")
    moved = camera(host)
    assert moved["yaw"] == turned["yaw"]
    assert moved["target"] != home["target"]
    host.hears(lambda: host.widget.camera == moved)


def test_the_wheel_scrolls_the_page_until_the_picture_has_the_focus_and_a_pinch_always_zooms(host):
    host.page.evaluate("document.body.style.height = '3000px'")
    x, y = host.at(6)
    home = camera(host)
    host.page.mouse.move(x, y)
    host.page.mouse.wheel(0, 120)
    host.page.wait_for_function("scrollY > 0")
    assert camera(host) == home
    assert "scrolls the page" in host.page.locator(".hint").text_content()
    host.page.evaluate("scrollTo(0, 0)")
    host.page.keyboard.down("Control")
    host.page.mouse.wheel(0, -60)
    host.page.keyboard.up("Control")
    host.until("a => a.stage.camera.distance < a.stage.home().distance")
    before = camera(host)["distance"]
    host.page.locator("canvas").focus()
    host.page.mouse.wheel(0, -120)
    host.until(f"a => a.stage.camera.distance < {before}")
    assert host.page.evaluate("scrollY") == 0


def test_every_key_does_what_the_help_says(host):
    host.page.locator("canvas").focus()
    press = host.page.keyboard.press
    home = camera(host)
    press("ArrowRight")
    assert camera(host)["yaw"] != home["yaw"]
    press("ArrowUp")
    assert camera(host)["pitch"] != home["pitch"]
    press("+")
    assert camera(host)["distance"] < home["distance"]
    press("Shift+ArrowLeft")
    assert camera(host)["target"] != home["target"]
    press("r")
    host.until("a => JSON.stringify(a.stage.camera) === JSON.stringify(a.stage.home())")
    host.hears(lambda: host.widget.camera is None)  # so that a file of it is framed where it is opened
    press("Space")
    assert host.ask("a => a.stage.mood.paused") is True
    press("Space")
    press("b")
    assert host.page.get_by_role("button", name="Select in a box").get_attribute("aria-pressed") == "true"
    press("b")
    press("/")
    assert host.page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    press("Escape")
    assert host.page.evaluate("document.activeElement.tagName") == "CANVAS"


def test_a_window_is_drawn_over_the_bars_and_bent_by_keys(host):
    box = host.page.locator(".track").bounding_box()
    y = box["y"] + 20
    host.page.mouse.move(box["x"] + 0.25 * box["width"], y)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 0.55 * box["width"], y, steps=4)
    host.page.mouse.up()
    low, high = host.widget._timeline["edges"][0], host.widget._timeline["edges"][-1]
    wanted = [low + share * (high - low) for share in (0.25, 0.55)]
    host.hears(lambda: host.widget.window == pytest.approx(wanted, abs=(high - low) / 100))
    host.until("() => document.querySelector('.track').classList.contains('windowed')")
    assert "transfer" in host.page.locator(".window").inner_text()
    first = host.page.get_by_role("slider", name="Window start")
    first.press("End")
    first.press("Home")
    host.hears(lambda: host.widget.window[0] == low)
    first.press("Escape")
    host.hears(lambda: host.widget.window is None)


def test_python_sets_the_window_and_play_moves_it(host):
    low = host.widget._timeline["edges"][0]
    host.widget.window = (low, low + 150 * DAY)
    host.flush()
    host.until("a => a.stage.window !== null")
    play = host.page.get_by_role("button", name="Play the window")
    play.click()
    host.until(f"a => a.stage.window[0] > {low + 30 * DAY}")
    play.click()
    host.hears(lambda: host.widget.window[0] > low + 20 * DAY)
    assert host.widget.window[1] - host.widget.window[0] == pytest.approx(150 * DAY, abs=2)
    play.click()
    host.until("a => a.stage.window !== null")
    host.widget.window = None
    host.flush()
    host.until("() => document.querySelector('.timeline button').ariaPressed === 'false'")
    host.until("a => a.stage.window === null")


def test_the_legend_says_all_channels_with_units_and_folds(host):
    legend = host.page.locator(".legend")
    words = legend.inner_text()
    for part in (
        "Radius",
        "volume (GBP)",
        "Pulse",
        "recency",
        "Colour",
        "avg value (GBP)",
        "Alert",
        "none in the data",
    ):
        assert part in words, words
    assert legend.locator(".alert circle").count() > 3  # beads: the next frame may bring an alert
    legend.locator("summary").click()
    assert not host.page.locator(".legend .channels").is_visible()
    legend.locator("summary").click()


def test_the_picture_is_saved_as_png(host):
    with host.page.expect_download() as download:
        host.page.get_by_role("button", name="Save as PNG").click()
    data = download.value.path().read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 3000
