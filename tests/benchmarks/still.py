"""What the still pictures cost. From the repository's root::

    python -m tests.benchmarks.still sales.csv       # any file that read_transfers reads; the simulated market without

CPU milliseconds, the least of seven, in a process where everything has been drawn once.
"""

import sys
import time

from archivit_widgets import Arteries, read_transfers, simulate_market
from archivit_widgets.widgets import portrait
from archivit_widgets.widgets.static import SMALL_BYTES, draw

ROUNDS = 7


def least(call):
    """The value of a call, and its least CPU milliseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        value = call()
        best = min(best, 1000 * (time.process_time() - began))
    return value, best


def main():
    graph = read_transfers(sys.argv[1]) if len(sys.argv) > 1 else simulate_market()
    w = Arteries(graph)
    scene, shown, legend = w._drawn, w._stream.wanted, w._legend
    picture, drawn = least(lambda: portrait.portray(scene, shown, legend, None, ""))
    png, encoded = least(lambda: portrait.beside(picture))
    poster, packed = least(lambda: portrait.poster(picture))
    _, printed = least(lambda: draw(scene, shown, legend, width=1600, height=900))
    assert len(png) <= SMALL_BYTES, "the picture beside the widget is too large"
    print(f"{len(graph.edges):,} arteries, picture {picture.width} x {picture.height}")
    print(f"drawn {drawn:.0f} ms, PNG {encoded:.0f} ms and {len(png):,} bytes")
    print(f"poster {packed:.0f} ms and {len(poster):,} bytes; 1600 x 900 for print {printed:.0f} ms")


if __name__ == "__main__":
    main()
