"""The time from a push with a new alert to the page that has drawn it."""

import numpy as np

from archivit_widgets.frames.alarm import WAITED_FOR

from .bench import EDGES, Bench


def alert(*rows):
    out = np.zeros(EDGES, np.uint8)
    out[list(rows)] = 255
    return {"alert": out}


def times(bench):
    stats = bench.stream.stats()
    return stats["alert_p50"], stats["alert_p99"]


def test_an_alert_counts_from_its_push_to_the_acknowledgement_of_its_frame():
    bench = Bench()
    page = bench.page()
    assert times(bench) == (None, None)
    bench.stream.push(alert(3))
    bench.now += 0.04
    bench.ack(page)
    assert times(bench) == (40, 40)
    bench.stream.push(alert(3))  # it is none that is new
    bench.stream.push({"radius": np.full(EDGES, 9, np.uint8)})
    bench.wait(0.5)
    bench.ack(page)
    assert times(bench) == (40, 40)


def test_an_alert_in_a_frame_that_was_replaced_has_waited_all_the_while():
    bench = Bench()
    page = bench.page()
    bench.stream.push({"radius": np.full(EDGES, 1, np.uint8)})
    bench.now += 0.01
    bench.stream.push(alert(3))  # too early after the frame before
    bench.now += 0.01
    bench.stream.push(alert(3, 4))
    bench.wait(0.1)
    assert len(bench.frames) == 2
    bench.ack(page)
    assert times(bench)[0] == 105  # one pushed 110 ms ago, one 100
    assert 109 < times(bench)[1] <= 110


def test_an_alert_that_was_taken_back_or_never_seen_does_not_count():
    bench = Bench()
    page = bench.page()
    bench.stream.push({"radius": np.full(EDGES, 1, np.uint8)})
    bench.now += 0.01
    for frame in (alert(3), alert()):
        bench.stream.push(frame)
    bench.wait(0.1)
    bench.ack(page)
    bench.stream.push(alert(5))
    bench.wait(0.1)
    bench.stream.acknowledge("a", bench.stream.name, page.frame, {"visible": False})
    assert times(bench) == (None, None)


def test_what_is_waited_for_is_bounded():
    bench = Bench()
    bench.page()
    for k in range(2 * WAITED_FOR):
        bench.stream._alarm.pushed(np.zeros((1, 4), np.uint8), np.full((1, 4), 255, np.uint8), 0.0)
        bench.stream._alarm.sent(k, np.zeros((1, 4), np.uint8), np.full((1, 4), 255, np.uint8))
    assert len(bench.stream._alarm._under_way) == WAITED_FOR
