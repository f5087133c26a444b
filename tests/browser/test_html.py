"""The exported file: opened from the disk, without Python, without a network."""

import pandas as pd
import pytest

from archivit_widgets import Arteries, read_transfers

from .chromium import lose_gl, open_browser, open_page

EVIL = "<img src=x onerror=\"document.title='pwned'\">"

TITLE = f"A </title>{EVIL} title"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    ledger = pd.DataFrame(
        {
            "source": ["Ann", "Bob", EVIL, "Ann"],
            "target": ["Bob", "Cid", "Ann", "</script><script>document.title='pwned'</script>"],
            "token": ["1", "1", "2", "3"],
            "time": ["2001-01-01", "2002-01-01", "2003-01-01", "2003-05-01"],
            "value": [5.0, 7.0, 9.0, 11.0],
        }
    )
    path = tmp_path_factory.mktemp("html") / "arteries.html"
    Arteries(read_transfers(ledger), clock=0.0, turn=False, title=TITLE).to_html(path)
    return path


@pytest.fixture(scope="module", params=["webgpu", "webgl2"])
def backend(request):
    """A browser and what its pages draw with."""
    with open_browser(webgpu=request.param == "webgpu") as browser:
        yield browser, request.param


@pytest.fixture
def opened(backend, file):
    """The page, ready, and all that it asked for or complained of."""
    browser, name = backend
    page, asked, errors = open_page(browser, offline=True), [], []
    page.on("request", lambda asking: asked.append(asking.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector(f".archivit-arteries[data-state=ready][data-backend={name}]")
    yield page, asked, errors
    page.context.close()


def test_it_is_drawn_and_asks_for_nothing(opened):
    page, asked, errors = opened
    page.locator("[role=status]", has_text="4 arteries").wait_for()  # the page's policy forbids to ask with a script
    assert not errors
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


@pytest.mark.parametrize(("width", "height"), [(400, 300), (700, 340), (1200, 700)])
def test_the_whole_picture_is_seen_in_a_small_window(opened, width, height):
    page, _, _ = opened
    page.set_viewport_size({"width": width, "height": height})
    page.locator(".toolbar").wait_for()
    page.wait_for_function("innerWidth === document.querySelector('canvas').clientWidth")
    box = page.locator("canvas").bounding_box()
    assert box["height"] > 150
    assert box["y"] + box["height"] <= height
    foot = page.get_by_role("status").bounding_box()
    assert foot["y"] + foot["height"] >= height - 1


def test_names_stay_text(opened):
    page, _, _ = opened
    assert page.title() == TITLE
    assert page.query_selector("img[src=x]") is None


def test_search_answers_without_a_kernel(opened):
    page, _, _ = opened
    page.fill("[role=combobox]", "cid")
    assert page.inner_text("[role=option]") == "Cid"
    page.press("[role=combobox]", "Enter")
    page.wait_for_selector("[role=listbox]", state="hidden")


def test_without_scripts_the_still_picture_is_shown(backend, file):
    browser, _ = backend
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    box = page.locator("noscript img").bounding_box()
    assert box["width"] > 400
    assert "stands still" in page.inner_text("body")
    context.close()


def test_a_browser_too_old_shows_the_still_picture_and_why(backend, file):
    browser, _ = backend
    context = browser.new_context(offline=True)
    context.add_init_script("delete globalThis.DecompressionStream")
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("main img").bounding_box()["width"] > 400
    page.get_by_text("DecompressionStream").wait_for()
    assert page.query_selector("img[src=x]") is None
    context.close()


def test_a_lost_webgl2_context_comes_back(opened, backend):
    """The widget's own way, as in a notebook: told once, rebuilt on a new canvas."""
    page, _, errors = opened
    if backend[1] != "webgl2":
        pytest.skip("a lost WebGPU device: test_ui_states.py")
    page.evaluate(
        """() => {
          const root = document.querySelector('.archivit-arteries'), states = [];
          globalThis.back = new Promise((ready) => {
            new MutationObserver(() => {
              states.push(root.dataset.state);
              if (states.includes('lost') && root.dataset.state === 'ready') ready();
            }).observe(root, { attributeFilter: ['data-state'] });
          });
        }"""
    )
    lose_gl(page)
    page.evaluate("() => back")
    assert page.locator("canvas").count() == 1
    assert not errors
