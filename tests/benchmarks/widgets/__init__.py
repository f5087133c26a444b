"""Arteries and its rivals in JupyterLab, in headless Chromium, on the same graphs, in the same run.

    pip install -e '.[test,bench]'                      # the rivals are in the bench extra
    python -m tests.benchmarks.widgets                  # all peers, all graphs: about 25 minutes
    python -m tests.benchmarks.widgets --peers floor archivit --graphs punks

The graphs come from the folder that ``ARCHIVIT_DATA`` names (default ``../shared/data``). Rows are merged into
``.cache/bench/results.json`` one by one, each with its date, commit and machine, so that one peer can be measured again
alone, and shown as Markdown; there rows of another run than the latest are marked. A row that failed ends it with 1.

How the numbers are taken
-------------------------
first pixel
    From running the display cell (arrays loaded, widget not yet built) to the swap time of the first presented frame in
    which 1 % of the middle of the drawing has another colour than the rest. Of Arteries only frames count that its GPU
    renderer drew: those after its root says ``data-state="ready"`` and names a backend; a poster does not count.
    Its clock stands still, so that a changed picture means a changed channel.
display bytes
    On the kernel's websocket, from that moment until two seconds are quiet.
update
    All edges (or nodes) change one channel: from the call in the kernel to the swap time of the first changed picture,
    and the bytes on the websocket, headers included. Seven times, there and back again; the table has the medians.
drag
    The pointer goes round for ten seconds: frames in which the page really drew (a WebGL draw call, a WebGPU submit, a
    2D image), and CPU time of the page's process and the GPU's process for each such frame.
saved
    Size of the notebook as JupyterLab saves it, without widget state and with; whether a picture is there when it is
    opened again and nothing is run, and in the HTML that nbconvert makes of it, opened from the disk with no network.
    Without state the notebook is opened as a colleague gets it, not trusted; with state as its
    author does, trusted. Both with a fresh kernel.
calibration
    Milliseconds of a fixed piece of Python, best of three, right before the row. The machine is shared: compare wall
    times only between rows of like calibration. CPU times and bytes hardly depend on it.

A row whose picture is wrong has no numbers: nothing drawn, or nothing changed by the update, is a failure.
"""
