"""The widget: ownership flows as living arteries in a notebook cell."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from ..arguments import number, of_kind, whole
from ..frames import channels, protocol
from ..frames.arrange import arrange, centred
from ..frames.camera import Camera
from ..frames.emphasis import Emphasis, emphasise, named, within
from ..frames.player import Player
from ..frames.scene import Scene
from ..frames.stream import Stream
from ..graph import words
from ..graph.columns import check_graph
from ..graph.doubts import sure
from ..graph.transfers import TransferGraph
from ..output import output_path, written
from . import archive, built, page, portrait, static
from .answers import Answers, receive
from .cell import cells
from .choosing import Choosing
from .forecast import entry, read_forecast, said
from .ghosts import LEGEND, read_ghosts
from .rings import read_alert
from .summary import histogram, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike

    from .ghosts import Pairs

TALLEST = 16_384  # CSS pixels


class Arteries(Choosing):
    """Ownership flows as living arteries: radius is volume, pulse is recency, colour is value, a red bead is an alert.

    Parameters
    ----------
    graph
        What is shown.
    radius, pulse, color, alert
        What drives each channel: a column of ``graph.edges``, an array in data units with one value for each edge, a
        constant visual fraction 0..1, or None. NaN has a neutral colour. An artery is an alert where alert >= 0.5.
        ``alert`` may also be a table aligned with ``graph.transfers``: ``score`` 0..1, ``group`` (a number for each
        ring; -1 or NA: none) and, if known, ``pattern`` and ``sentence``. An artery's alert is the largest score of its
        transfers, and a click on it lights the arteries of its ring in order of time, and says the sentence.
    scales
        channel -> ``"log"``, ``"linear"``, ``"rank"``, ``"identity"``, or (kind, low, high) in data units. Where
        absent: log for radius and color, rank for pulse, identity for alert.
    ghosts
        A table of pairs, ``source`` and ``target`` (names of accounts, or rows of ``graph.accounts``), that no transfer
        joins: arteries that are likely, and stand in no record. They follow after ``graph.edges`` as rows of the
        picture, at radius 0: thin orange dashes over the record. They stay dashed, whatever `push` makes of them, and
        are orange until they have a value.
    forecast
        (start, end), moments as `TransferGraph.between` takes them (a start of None: where the record ends): what plays
        there is predicted. The timeline reaches to the end, and both it and the legend say so.
    positions
        (n_accounts, 2) or (n_accounts, 3); placed by `layout.place` where None.
    height
        Of the picture, in CSS pixels.
    clock
        Seconds on the animation's clock, to freeze it; None lets it run.
    turn
        Whether the picture turns a little by itself until it is touched.
    camera
        ``{yaw, pitch, distance, target: [x, y, z]}``, or None for the view that fits the data.
    title
        Stands above the picture where it is not empty.

    Raises
    ------
    ArchivitError
        If a column is not there, a length is wrong, or a scale makes no sense.

    Examples
    --------
    >>> w = Arteries(graph, alert=suspicion)              # doctest: +SKIP
    >>> w.play(model(day) for day in days)                # doctest: +SKIP
    """

    _esm = built.esm()

    height = t.Int(480).tag(sync=True)
    camera = t.Dict(allow_none=True, default_value=None).tag(sync=True)
    clock = t.Float(None, allow_none=True).tag(sync=True)
    turn = t.Bool(True).tag(sync=True)
    _title = t.Unicode("").tag(sync=True)
    _legend: Any = t.List().tag(sync=True)
    _timeline = t.Dict().tag(sync=True)
    _summary = t.Unicode("").tag(sync=True)
    _poster = t.Unicode("").tag(sync=True)
    _scene = t.Unicode("").tag(sync=True)
    _rings = t.Bool(False).tag(sync=True)

    def __init__(
        self,
        graph: TransferGraph,
        radius: Any = channels.DEFAULTS["radius"],
        pulse: Any = channels.DEFAULTS["pulse"],
        color: Any = channels.DEFAULTS["color"],
        alert: Any = channels.DEFAULTS["alert"],
        *,
        scales: Mapping[str, Any] | None = None,
        ghosts: pd.DataFrame | None = None,
        forecast: tuple[Any, Any] | None = None,
        positions: ArrayLike | None = None,
        height: int = 480,
        clock: float | None = None,
        turn: bool = True,
        camera: dict[str, Any] | None = None,
        title: str = "",
    ) -> None:
        check_graph(graph)
        whole("height", height, 1, TALLEST)
        of_kind("turn", turn, bool, "True or False")
        of_kind("title", title, str, "a text")
        if clock is not None:
            clock = number("clock", clock)
        if camera is not None:
            Camera.of(camera)
        self._player: Player | None = None
        alert, self._known_rings = read_alert(graph, alert)
        given = {"radius": radius, "pulse": pulse, "color": color, "alert": alert}
        # What can be refused is, before the comm opens: a page whose widget closes while it loads says so as an error.
        made = channels.encode(graph.edges, given, scales or {}, graph.currency, sure(graph).span(graph))
        pairs = read_ghosts(graph, ghosts)
        self._forecast = read_forecast(graph, forecast)
        if positions is not None:
            centred(positions, len(graph.accounts))
        # The comm opens before the layout: the page loads its half and wakes the graphics device meanwhile.
        traits = {"height": height, "clock": clock, "turn": turn, "camera": camera, "_title": title}
        super().__init__(graph, **traits, _timeline=histogram(graph, self._forecast))
        try:
            self._begin(made, positions, pairs)
        except Exception:
            self.close()
            raise

    def _begin(self, made: channels.Channels, positions: ArrayLike | None, ghosts: Pairs) -> None:
        self._drawn = arrange(self.graph, _place(self.graph) if positions is None else positions, ghosts)
        self._answers = Answers(self.graph, ghosts, self._known_rings)
        name, likely = secrets.token_hex(8), self._drawn.ghosts
        shown = np.pad(made.bytes, ((0, likely), (0, 0)))  # of ghosts nothing is known yet
        self._stream = Stream(self.send, name, self._introduction(name), shown, cells(), ghosts=likely)
        self.on_msg(receive)
        self.observe(self._tell, ["_selection", "_selected_accounts"])
        # The scene goes ahead unasked, so that a picture comes even while the cell that made it still runs.
        self._stream.introduce()
        with self.hold_sync():
            spans = [entry(self._forecast)] if self._forecast else []
            self._legend = made.legend + [LEGEND] * (likely > 0) + spans
            self._rings = len(self._known_rings.sentences) > 0
            self._summary, self._scene = summarise(self.graph, likely), name

    def push(self, given: Any) -> None:
        """Show new values; returns at once, and the latest wins where the page is slow. The legend says what is pushed.

        Parameters
        ----------
        given
            Visual values, not data: channel -> (n_edges,), or (n_edges,) for the pulse, or (n_edges, 4) for radius,
            pulse, color, alert; n_edges + k of them where there are k ghosts, these last. Floats are fractions 0..1
            (clipped and counted in `stats`; a warning says so where they are far outside), uint8 go as they are.
            NumPy arrays, torch tensors, pandas columns. Channels left out keep their values. A dict may also hold
            ``"time"``, the moment that the frame shows, as `TransferGraph.between` takes it: the timeline marks it.

        Raises
        ------
        ArchivitError
            If a channel is unknown, a length is wrong, or the time is none.
        """
        self._stream.push(*channels.timed(given))
        self._legend = channels.relabel(self._legend, self._stream.pushed)

    def play(self, frames: Iterable[Any], fps: float = 10) -> None:
        """Push each of ``frames`` from a background thread, until they end or `stop`.

        Parameters
        ----------
        frames
            What `push` takes, one after the other: a list or a generator.
        fps
            Frames a second, above 0. One that takes longer to come is pushed when it comes.

        Raises
        ------
        ArchivitError
            ``fps`` is not above 0, or ``frames`` cannot be iterated over. What goes wrong later is said below the cell.
        """
        self.stop()
        self._player = Player(self.push, frames, fps)

    def stop(self) -> None:
        """End what `play` began; the picture stays as it is."""
        if self._player:
            self._player.stop()

    def stats(self) -> dict[str, Any]:
        """Count the stream.

        Returns
        -------
        ``offered`` frames by push and play; ``sent``; ``replaced`` by a later one; ``pending`` (0 or 1); ``recovered``
        (keyframes sent again because a page asked); ``acknowledged``; ``bytes`` of buffers; ``clipped`` values;
        ``latency_p50`` and ``latency_p99`` from sending to acknowledgement in ms; ``alert_p50`` and ``alert_p99`` from
        the call of `push` that makes an artery an alert until a page has drawn it, in ms; ``fps`` and ``backend`` of
        the page; ``clients``, the pages that answer; ``playing``; ``error`` of what was played.
        """
        player = self._player
        return {
            **self._stream.stats(),
            "playing": player is not None and player.playing,
            "error": repr(player.error) if player and player.error else None,
        }

    @t.validate("height")
    def _check_height(self, proposal: dict[str, Any]) -> int:
        return whole("height", proposal["value"], 1, TALLEST)

    @t.validate("camera")
    def _check_camera(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        return None if proposal["value"] is None else Camera.of(proposal["value"]).state()

    @t.validate("clock")
    def _check_clock(self, proposal: dict[str, Any]) -> float | None:
        return None if proposal["value"] is None else number("clock", proposal["value"])

    def save_png(self, path: str | Path, width: int = 1600, height: int = 900, theme: str = "light") -> None:
        """Draw the arteries in the kernel and write the picture: all of them, with the values last pushed.

        It is seen from where the page looks, and what is selected or in the window stands out. Pulses stand still.

        Parameters
        ----------
        path
            Ends in ``.png``.
        width, height
            Pixels.
        theme
            ``light`` or ``dark``.

        Raises
        ------
        ArchivitError
            The size or the theme cannot be drawn, or the file cannot be written.
        """
        path = output_path(path, [".png"])
        eye = Camera.of(self.camera) if self.camera else None
        scene, emphasis = self._emphasised()
        image = static.draw(
            scene,
            self._stream.wanted,
            self._legend,
            camera=eye,
            width=width,
            height=height,
            theme=theme,
            title=self._title,
            note=said(self._stream.time, self._forecast),
            emphasis=emphasis,
        )
        with written(path) as file:
            static.save_png(file, image)

    def to_html(self, path: str | Path) -> None:
        """Write one file that shows the arteries without Python and without a network, with the same interactions.

        It begins with the values last pushed, the window, and the camera where the page has it.

        Parameters
        ----------
        path
            Ends in ``.html`` or ``.htm``.

        Raises
        ------
        ArchivitError
            If the file cannot be written, or the page's half is not built, in a checkout.
        """
        path = output_path(path, [".html", ".htm"])
        bundle, picture = built.bundle(), self._portray(selected=False)  # the file begins with nothing selected
        kept = ("height", "camera", "clock", "turn", "_title", "_legend", "_timeline", "_summary", "_window", "_rings")
        traits = {**{name: getattr(self, name) for name in kept}, "_poster": portrait.poster(picture)}
        data = archive.pack(self.graph, self._drawn, self._stream.wanted, traits, self._stream.time, self._known_rings)
        text = page.page(self._title or self._summary, bundle, data, portrait.beside(picture))
        with written(path) as file:
            file.write(text.encode())

    def close(self) -> None:
        """Close the widget and free what it holds in the page."""
        if getattr(self, "_player", None):
            self.stop()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Give the live view, and beside it the picture that a saved notebook shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        picture = self._portray()
        data["image/png"] = base64.b64encode(portrait.beside(picture)).decode()
        width, height = picture.size
        # The display waits for the picture beside it, but need not wait for its small copy too.
        cells().after(lambda: self.set_trait("_poster", portrait.poster(picture)))
        # By the second our extension of JupyterLab knows the output as ours.
        return data, {**metadata, "image/png": {"width": width, "height": height}, "archivit": {"widget": "Arteries"}}

    def _portray(self, selected: bool = True) -> Any:
        note = said(self._stream.time, self._forecast)
        scene, emphasis = self._emphasised(selected)
        return portrait.portray(scene, self._stream.wanted, self._legend, self.camera, self._title, note, emphasis)

    def _emphasised(self, selected: bool = True) -> tuple[Scene, Emphasis | None]:
        """Give the scene with the names of what is selected, and what stands out in it, by the window too."""
        kept = (self._selection, self._selected_accounts) if selected else (b"", b"")
        edges, accounts = (protocol.unpack_rows(rows) for rows in kept)
        end = self._timeline.get("end", np.inf)
        open_ = within(self.graph, self.window, self._drawn.ghosts, end) if self.window else None
        emphasis = emphasise(self._drawn, edges, accounts, open_)
        return named(self._drawn, self.graph, emphasis), emphasis

    def __repr__(self) -> str:
        """Give a text that is the same on every run."""
        parts = [words.count(len(self.graph.accounts), "account"), words.count(len(self.graph.edges), "edge")]
        if self._drawn.ghosts:
            parts.append(words.count(self._drawn.ghosts, "ghost"))
        return f"Arteries({', '.join(parts)})"

    def _introduction(self, name: str) -> Callable[[Any, int, int | None], Iterable[protocol.Message]]:
        return lambda shown, frame, time: protocol.scene_messages(self._drawn, shown, name, frame, time)


def _place(graph: TransferGraph) -> Any:
    from ..graph import layout  # slow to import, and not needed where positions are given

    return layout.place(graph)
