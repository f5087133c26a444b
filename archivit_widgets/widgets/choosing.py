"""A widget of a graph of which a user chooses arteries, accounts and a window of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets as t

from ..frames import protocol
from .selection import select_accounts, select_edges, select_window, with_ends
from .watchers import Watchers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph


class Choosing(anywidget.AnyWidget):
    """What is chosen, kept equal to the page's.

    Parameters
    ----------
    graph
        What is shown.
    options
        Traits.
    """

    _window: Any = t.List(allow_none=True, default_value=None).tag(sync=True)
    _selection = t.Bytes(b"").tag(sync=True, echo_update=False, from_json=lambda data, _: bytes(data or b""))
    _selected_accounts = t.Bytes(b"").tag(sync=True, echo_update=False, from_json=lambda data, _: bytes(data or b""))

    def __init__(self, graph: TransferGraph, **options: Any) -> None:
        self.graph = graph
        self._watchers = Watchers("on_select")
        self._told = (b"", b"")
        super().__init__(**options)

    @property
    def selection(self) -> pd.DataFrame:
        """The selected rows of ``graph.edges``; set, the picture follows. A chosen ghost stands out, but is no row.

        May be set with rows of ``graph.edges``, a boolean mask (a pandas one in any order of its index), names of
        accounts (their arteries), or None; or with a table, of any graph, whose lines name edges by ``source`` and
        ``target`` or accounts by ``account``. What is not there is an `ArchivitError`.
        """
        return self.graph.edges.iloc[self._selected_edges()]

    @selection.setter
    def selection(self, wish: Any) -> None:
        held = self._selected_edges(), protocol.unpack_rows(self._selected_accounts)
        self._select(*select_edges(self.graph, wish, held))

    @property
    def selected_accounts(self) -> pd.DataFrame:
        """The selected rows of ``graph.accounts``.

        May be set with rows of ``graph.accounts``, a boolean mask, names, a table with names as ``account``, or None.
        What is not there is an `ArchivitError`.
        """
        return self.graph.accounts.iloc[protocol.unpack_rows(self._selected_accounts)]

    @selected_accounts.setter
    def selected_accounts(self, wish: Any) -> None:
        self._select(protocol.unpack_rows(self._selection), select_accounts(self.graph, wish))

    def selection_graph(self) -> TransferGraph:
        """Cut out all transfers between the selected accounts and the ends of the selected arteries.

        Where no artery is selected, those of the selected accounts are taken: they stand out in the picture.
        """
        edges, accounts = self._selected_edges(), protocol.unpack_rows(self._selected_accounts)
        return self.graph.subgraph(accounts=with_ends(self.graph, edges, accounts))

    def on_select(self, call: Callable[[pd.DataFrame], Any], remove: bool = False) -> Callable[[pd.DataFrame], Any]:
        """Call a function with the selection whenever that changes.

        An error in it is said below the cell; the selection stays, and the other functions are called.

        Parameters
        ----------
        call
            Takes `selection`.
        remove
            End what an earlier call with the same function began.

        Returns
        -------
        ``call``.

        Raises
        ------
        ArchivitError
            ``call`` is no function, or is to be removed and was never given.
        """
        (self._watchers.remove if remove else self._watchers.add)(call)
        return call

    @property
    def window(self) -> tuple[int, int] | None:
        """The timeline's window [start, end) in seconds since 1970 UTC, or None.

        May be set with a pair of what `TransferGraph.between` takes, or None. A window that is none, or lies outside
        the record, is an `ArchivitError`. Outside it all fades; ghosts do where it ends before the record does.
        """
        return tuple(self._window) if self._window else None

    @window.setter
    def window(self, wish: tuple[Any, Any] | None) -> None:
        self._window = select_window(self.graph, wish)

    def _selected_edges(self) -> NDArray[np.int64]:
        rows = protocol.unpack_rows(self._selection)
        return rows[rows < len(self.graph.edges)]

    def _select(self, edges: Any, accounts: Any) -> None:
        with self.hold_sync(), self.hold_trait_notifications():
            self._selection = protocol.pack_rows(edges)
            self._selected_accounts = protocol.pack_rows(accounts)

    def _tell(self, _: Any) -> None:
        now = (self._selection, self._selected_accounts)
        if now == self._told:  # both traits changed at once
            return
        self._told = now
        self._watchers.tell(lambda: self.selection)
