import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets.frames import protocol
from archivit_widgets.frames.stream import SILENCE

from .bench import EDGES, Bench, Page, edge, value


def test_nothing_is_sent_to_nobody_and_the_first_page_gets_the_latest():
    bench = Bench()
    bench.stream.push(value(1))
    bench.stream.push(value(2))
    assert bench.sent == []
    page = bench.page()
    assert page.channels[:, 0].tolist() == [2] * EDGES
    assert bench.frames == []
    assert bench.stream.stats()["replaced"] == 1


def test_credit_is_two_and_the_latest_wins():
    bench = Bench()
    page = bench.page()
    for k in range(1, 11):
        bench.now += 0.05
        bench.stream.push(value(k))
    assert bench.frames == [1, 2]
    assert page.channels[0, 0] == 2
    bench.ack(page, 1)
    assert bench.frames == [1, 2, 3]
    assert page.channels[0, 0] == 10
    stats = bench.stream.stats()
    assert stats["offered"] == 10
    assert stats["sent"] == 3
    assert stats["replaced"] == 7
    assert stats["pending"] == 0
    assert stats["acknowledged"] == 1
    assert stats["backend"] == "webgl2"
    assert stats["latency_p50"] == 450.0


def test_an_acknowledgement_that_comes_late_takes_no_credit_back():
    bench = Bench()
    page = bench.page()
    for k in (1, 2):
        bench.now += 0.05
        bench.stream.push(value(k))
    bench.ack(page, 2)
    bench.ack(page, 1)
    for k in (3, 4, 5):
        bench.now += 0.05
        bench.stream.push(value(k))
    assert bench.frames == [1, 2, 3, 4]


def test_an_acknowledgement_of_another_stream_pays_for_nothing():
    bench = Bench()
    bench.page()
    for k in range(1, 5):
        bench.now += 0.05
        bench.stream.push(value(k))
        bench.stream.acknowledge("a", "a stream before the restart", 900, {})
    assert bench.frames == [1, 2]
    assert bench.stream.stats()["acknowledged"] == 0


def test_no_edge_is_lost_when_frames_are_replaced():
    bench = Bench()
    page = bench.page()
    for k in range(1, 31):
        bench.now += 0.05
        frame = bench.stream.wanted.copy()
        frame[k] = k
        bench.stream.push(frame)
    bench.ack(page)
    bench.wait(0.05)
    assert page.channels[:31, 0].tolist() == list(range(31))
    assert page.lost == 0


def test_a_delta_goes_only_where_it_is_smaller():
    bench = Bench()
    page = bench.page()
    for rows, base in ((range(EDGES // 2 - 1), 0), (range(EDGES // 2), None), ([], 2)):
        bench.now += 0.05
        bench.ack(page)
        bench.stream.push(
            np.where(np.isin(np.arange(EDGES), rows)[:, None], 255 - bench.stream.wanted, bench.stream.wanted)
        )
        content, buffers = bench.sent[-1]
        assert content["base"] == base
        assert sum(b.nbytes for b in buffers) == (4 * EDGES if base is None else 8 * len(rows))


def test_at_most_thirty_frames_a_second():
    bench = Bench()
    page = bench.page()
    for k in range(1000):
        bench.now += 0.001
        bench.stream.push(value(k % 256))
        bench.ack(page)
    assert 29 <= len(bench.frames) <= 31


def test_a_page_that_lost_its_way_asks_and_gets_a_keyframe():
    bench = Bench()
    page = bench.page()
    bench.stream.push(edge(3, 9))
    bench.ack(page)
    page.frame, page.channels = 77, None
    bench.now += 0.05
    bench.stream.push(edge(4, 9))
    assert page.lost == 1
    bench.stream.join("a", "s", 77)
    bench.wait(0.05)
    assert page.frame == bench.frames[-1]
    assert np.array_equal(page.channels, edge(4, 9))
    assert bench.stream.stats()["recovered"] == 1


def test_the_fastest_page_leads_and_the_silent_one_is_let_go():
    bench = Bench()
    fast, slow = bench.page("fast"), bench.page("slow")
    for k in range(1, 41):
        bench.now += 0.1
        bench.stream.push(value(k))
        bench.ack(fast)
    assert len(bench.frames) == 40
    assert bench.stream.stats()["clients"] == 1
    bench.ack(slow)
    assert bench.stream.stats()["clients"] == 2


def test_a_silent_page_is_let_go_after_three_seconds_where_no_cell_runs():
    bench = Bench()
    page = bench.page()
    living = []
    for k in range(1, 60):
        bench.now += 0.1
        bench.stream.push(value(k))
        living.append(bench.stream.stats()["clients"])
    assert bench.frames == [1, 2, 3]  # the third tries whether somebody is there after all
    assert living.index(0) in (30, 31)  # three seconds after the first frame that it owes
    assert not any(living[31:])
    bench.ack(page, 2)
    bench.wait(0.1)
    assert page.channels[0, 0] == 59


def test_a_page_that_was_let_go_and_has_nothing_left_to_answer_is_found_again():
    bench = Bench()
    page = bench.page()
    for k in range(1, 20):  # it draws the two frames that it gets, but its answers go astray
        bench.now += 0.2
        bench.stream.push(edge(k, k))
    assert bench.stream.stats()["clients"] == 0
    page.frame = answered = 2
    for k in range(20, 60):  # and it speaks only of what is new to it
        bench.now += 0.2
        bench.stream.push(edge(k, k))
        if page.frame != answered:
            bench.ack(page)
            answered = page.frame
    assert bench.stream.stats()["clients"] == 1
    assert np.array_equal(page.channels, edge(59, 59))
    assert page.lost == 0


def test_what_was_pushed_last_reaches_a_page_that_had_been_let_go():
    bench = Bench()
    page = bench.page()
    for k in range(1, 5):
        bench.now += 0.05
        bench.stream.push(edge(k, k))
    assert page.frame == 2
    bench.wait(SILENCE + 0.1)
    assert np.array_equal(page.channels, edge(4, 4))
    assert bench.stream._delay(bench.now) is None  # and then nothing keeps the waiter


def test_where_nobody_answers_frames_go_out_seldom_and_the_large_ones_more_so():
    for edges, frames in ((EDGES, 60 / SILENCE), (400_000, 60 / 16)):
        bench = Bench(edges)
        bench.page()
        bench.pages = []
        for k in range(1, 601):
            bench.now += 0.1
            bench.stream.push({"radius": np.full(edges, k % 256, np.uint8)})
        assert frames - 1 <= len(set(bench.frames)) - protocol.CREDIT <= frames + 1


def test_a_page_that_had_only_the_scene_when_it_was_let_go_owes_nothing():
    bench = Bench()
    first = bench.page("first")
    for k in range(1, 6):
        bench.now += 0.1
        bench.stream.push(value(k))
        bench.ack(first)
    second = bench.page("second")
    bench.stream._clients.clear()
    bench.stream.acknowledge("second", None, second.frame, {})
    bench.now += 0.1
    bench.stream.push(value(6))
    assert second.channels[0, 0] == 6


def test_an_idle_page_stays():
    bench = Bench()
    page = bench.page()
    bench.stream.push(value(1))
    bench.ack(page)
    bench.now += 3600
    bench.stream.push(value(2))
    assert bench.frames == [1, 2]
    assert bench.stream.stats()["clients"] == 1


def test_while_a_cell_runs_frames_are_paced_by_time():
    bench = Bench()
    page = bench.page()
    bench.cell.running = True
    for k in range(1, 1001):
        bench.now += 0.01
        bench.stream.push(value(k % 256))
    assert 90 <= len(bench.frames) <= 104
    bench.cell.running, bench.cell.ended = False, bench.now
    bench.wait(1)
    assert bench.stream.stats()["clients"] == 1
    bench.ack(page)
    bench.wait(0.1)
    assert page.channels[0, 0] == 1000 % 256


def test_while_a_cell_runs_large_frames_go_by_their_bytes():
    bench = Bench(edges=400_000)
    bench.page()
    bench.cell.running = True
    for k in range(1, 101):
        bench.now += 0.05
        bench.stream.push(np.full((400_000, 4), k, np.uint8))
    assert 20 <= len(set(bench.frames)) <= 28  # 1.6 MB each, 8 MB a second, for five seconds


def test_a_page_that_comes_while_a_frame_waits_holds_what_all_others_hold():
    bench = Bench()
    first = bench.page("a")
    for k in (1, 2, 3):
        bench.now += 0.05
        bench.stream.push(value(k))
    second = bench.page("b")
    content, (scene,) = [sent for sent in bench.sent if sent[0]["kind"] == "scene"][-1]
    assert (content["frame"], scene[0]) == (2, 2)  # what was sent last, under its own number
    assert (second.frame, second.channels[0, 0]) == (first.frame, first.channels[0, 0]) == (3, 3)


def test_where_acknowledgements_come_from_another_thread_credit_rules_in_cells_too():
    bench = Bench()
    page = bench.page()
    bench.cell.running = True
    bench.stream.push(value(1))
    helper = threading.Thread(target=bench.ack, args=(page,))
    helper.start()
    helper.join()
    for k in range(2, 100):
        bench.now += 0.02
        bench.stream.push(value(k))
    assert len(bench.frames) == 3


def test_a_cell_that_shows_and_pushes_at_once_reaches_a_page_that_nobody_has_heard_of():
    bench = Bench()
    bench.pages.append(page := Page("a"))
    bench.cell.running = True
    bench.stream.introduce()
    bench.stream.push(value(5))
    assert page.channels[0, 0] == 5


def test_transitions_last_as_long_as_frames_are_apart():
    bench = Bench()
    page = bench.page()
    lengths = []
    for gap in (5, 0.2, 0.2, 0.01, 0.9):
        bench.now += gap
        bench.stream.push(value(1))
        bench.ack(page)
        bench.wait(0)
        lengths.append(bench.sent[-1][0]["ms"])
    assert lengths[:3] == [150, 200, 200]
    assert lengths[-1] == 500


moves = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(0, 19), st.integers(0, 255)),
        st.tuples(st.just("ack"), st.integers(0, 1)),
        st.tuples(st.just("wait"), st.floats(0, 4)),
        st.tuples(st.just("forget"), st.integers(0, 1)),
        st.tuples(st.just("cell"), st.booleans()),
    ),
    max_size=60,
)


@given(moves)
def test_whatever_happens_pages_that_answer_end_with_what_was_pushed(moves):
    bench = Bench(edges=20)
    pages = [bench.page("a"), bench.page("b")]
    for kind, *args in moves:
        if kind == "push":
            row, k = args
            frame = bench.stream.wanted.copy()
            frame[row] = k
            bench.stream.push(frame)
        elif kind == "ack":
            bench.ack(pages[args[0]])
        elif kind == "wait":
            bench.wait(args[0])
        elif kind == "cell":
            bench.cell.running = args[0]
            bench.cell.ended = bench.now
        else:
            pages[args[0]].frame = -1
    bench.cell.running = False
    for _ in range(4):
        for page in pages:
            if page.lost or page.frame < 0:
                page.lost = 0
                bench.stream.join(page.name, "s", page.frame)
            bench.ack(page, max(page.frame, 0))
        bench.wait(0.1)
    for page in pages:
        assert np.array_equal(page.channels, bench.stream.wanted)
    stats = bench.stream.stats()
    assert stats["offered"] == stats["sent"] - stats["recovered"] + stats["replaced"] + stats["pending"]


def test_chunks_of_a_large_frame_come_in_order():
    bench = Bench(edges=400_000)
    bench.pages = []
    bench.stream.join("a", "s", 0)
    bench.stream.push(np.full((400_000, 4), 3, np.uint8))
    parts = [content["part"] for content, _ in bench.sent]
    assert parts == [0, 1, 2, 3]
    assert all(buffers[0].nbytes <= protocol.CHUNK for _, buffers in bench.sent)
