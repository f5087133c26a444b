"""Every fault is counted, and read is kept + dropped, always."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets import read_transfers

from .tables import ZERO, address

DAYS = [f"2020-01-{day:02}" for day in range(1, 29)]


def sales(rows: list[tuple[object, ...]], columns: str = "from to date token_id price") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def test_missing_parties_are_dropped() -> None:
    rows = [(None, "b", "2020-01-01", 1, 1), ("a", "-", "2020-01-02", 1, 1), ("a", "b", "2020-01-03", 1, 1)]
    report = read_transfers(sales(rows)).report
    assert (report.read, report.kept) == (3, 1)
    assert report.reasons["missing_party"].rows == (1, 2)
    assert report.reasons["missing_party"].dropped == 2


def test_a_lot_that_was_bought_in_changes_no_hands() -> None:
    report = read_transfers(sales([("a", "Bought in", "2020-01-01", 1, 9), ("a", "b", "2020-01-02", 1, 9)])).report
    assert report.reasons["not_sold"].dropped == 1
    assert report.kept == 1


def test_copies_are_dropped_where_a_token_is_named() -> None:
    rows = [("a", "b", "2020-01-01", 1, 1), ("b", "c", "2020-01-02", 1, 1), ("a", "b", "2020-01-01", 1, 1)] * 2
    graph = read_transfers(sales(rows))
    assert graph.rows.tolist() == [1, 2]
    reason = graph.report.reasons["duplicates"]
    assert (reason.count, reason.dropped, reason.rows) == (4, 4, (3, 4, 5, 6))


def test_copies_are_kept_where_no_token_is_named() -> None:
    frame = sales([("a", "b", "2020-01-01", 1, 1)] * 3).drop(columns="token_id")
    report = read_transfers(frame).report
    assert report.kept == 3
    assert (report.reasons["duplicates"].count, report.reasons["duplicates"].dropped) == (2, 0)


def test_a_copy_equals_in_all_columns_of_the_file() -> None:
    frame = sales([("a", "b", "2020-01-01", 1, 1)] * 2).assign(note=["x", "y"])
    assert read_transfers(frame).report.kept == 2


def test_zero_address() -> None:
    rows = [
        (ZERO, "a", DAYS[0], 1, 0),  # mint
        ("a", ZERO, DAYS[1], 1, 5),  # paid: the buyer was lost
        ("c", "d", DAYS[2], 1, 5),
        ("d", "0x0", DAYS[3], 1, 0),  # nothing paid, never moves again: a burn
        ("e", ZERO, DAYS[4], 2, 0),  # nothing paid, but it moves again
        ("f", "g", DAYS[5], 2, 0),
        (ZERO, ZERO, DAYS[6], 3, 0),  # nobody at all
    ]
    graph = read_transfers(sales(rows))
    assert graph.transfers["kind"].tolist() == ["mint", "unknown_buyer", "sale", "burn", "unknown_buyer", "transfer"]
    assert ZERO not in graph.accounts["account"].tolist()
    assert "0x0" not in graph.accounts["account"].tolist()
    assert graph.transfers["source"].isna().tolist() == [True, False, False, False, False, False]
    assert graph.transfers["target"].isna().tolist() == [False, True, False, True, True, False]
    assert len(graph.edges) == 2
    assert graph.report.reasons["unknown_buyer"].rows == (2, 5)
    assert graph.report.reasons["unknown_buyer"].text == (
        "went to the zero address and is no burn (1 paid for, 1 whose token moves again): the record lost the taker"
    )
    assert graph.report.reasons["zero_value"].rows == (6,)  # whoever mints or burns pays nobody
    assert graph.report.reasons["missing_party"].rows == (7,)


def test_rows_without_a_token_are_counted() -> None:
    rows = [
        ("a", "b", DAYS[0], 1, 5),
        ("b", "c", DAYS[1], None, 5),
        ("b", "c", DAYS[2], "-", 5),
        ("b", "c", "x", "", 5),
    ]
    graph = read_transfers(sales(rows))
    reason = graph.report.reasons["missing_token"]
    assert (reason.rows, reason.dropped) == ((2, 3), 0)
    assert reason.text == "no token: part of no token's chain, and without a holding time"
    assert graph.transfers["token"].isna().tolist() == [False, True, True]
    assert "missing_token" not in read_transfers(sales(rows[:1])).report.reasons
    assert "missing_token" not in read_transfers(sales(rows).drop(columns="token_id")).report.reasons


@pytest.mark.parametrize("named", [True, False])
def test_what_is_burnt_without_a_token_is_said(named: bool) -> None:
    """Nothing was paid, and nothing is known that moves again: a burn, be it that the file has tokens or not."""
    rows = [("a", "b", DAYS[0], 1, 5), ("c", ZERO, DAYS[1], None, 0), ("d", ZERO, DAYS[2], None, None)]
    rows += [("e", ZERO, DAYS[3], None, 7)]
    graph = read_transfers(sales(rows) if named else sales(rows).drop(columns="token_id"))
    assert graph.transfers["kind"].tolist() == ["sale", "burn", "burn", "unknown_buyer"]
    reasons = graph.report.reasons
    assert reasons["burn_without_token"].rows == (2, 3)
    assert reasons["burn_without_token"].text == (
        "went to the zero address for nothing, and no token is named that could move again: taken for a burn"
    )
    assert reasons["unknown_buyer"].text.startswith("went to the zero address and is no burn (1 paid for):")
    told = read_transfers(sales(rows).assign(kind=["sale", "burn", "burn", "sale"]))
    assert "burn_without_token" not in told.report.reasons


def test_addresses_are_compared_without_regard_to_case() -> None:
    upper, lower = "0x" + "AB" * 20, "0x" + "ab" * 20
    rows = [("Knoedler", upper, DAYS[0], "0xFF", 1), (lower, "knoedler", DAYS[1], "0xff", 1)]
    graph = read_transfers(sales(rows))
    assert graph.accounts["account"].tolist() == ["Knoedler", upper, "knoedler"]
    assert graph.tokens["token"].tolist() == ["0xFF"]
    turned = read_transfers(sales([(lower, "x", DAYS[0], 1, 1), ("x", upper, DAYS[1], 1, 1)]))
    assert turned.accounts["account"].tolist() == [lower, "x"]


def test_names_where_addresses_are_expected() -> None:
    rows = [(address(i), address(i + 1), DAYS[i], 1, 1) for i in range(8)] + [
        (address(9), "Wrapped (W)", DAYS[9], 1, 1)
    ]
    report = read_transfers(sales(rows)).report
    assert report.reasons["name_for_address"].rows == (9,)
    names = read_transfers(
        sales([("a", address(1), DAYS[0], 1, 1), ("b", "c", DAYS[1], 1, 1), ("c", "d", DAYS[2], 1, 1)])
    )
    assert "name_for_address" not in names.report.reasons


def test_transfers_to_oneself_are_kept() -> None:
    graph = read_transfers(sales([("a", "a", DAYS[0], 1, 1), ("a", "b", DAYS[1], 1, 1)]))
    assert graph.report.reasons["self_transfer"].rows == (1,)
    assert len(graph.edges) == 2


def test_numbers_are_accounts() -> None:
    frame = sales([(1.0, 2.0, DAYS[0], 1.0, 1), (2.0, 10.0, DAYS[1], 1.0, 1)])
    graph = read_transfers(frame)
    assert graph.accounts["account"].tolist() == ["1", "2", "10"]
    assert graph.tokens["token"].tolist() == ["1"]


def test_order_is_time_and_then_the_file() -> None:
    rows = [("c", "d", DAYS[1], 1, 1), ("a", "b", DAYS[0], 1, 1), ("e", "f", DAYS[1], 2, 1), ("g", "h", DAYS[0], 2, 1)]
    graph = read_transfers(sales(rows))
    assert graph.rows.tolist() == [2, 4, 1, 3]
    assert graph.report.reasons["out_of_order"].rows == (2, 4)


def test_every_row_of_a_fault_is_listed_up_to_a_bound() -> None:
    rows: list[tuple[object, ...]] = [("a", "b" if i % 2 else None, DAYS[0], i, 1) for i in range(30_000)]
    report = read_transfers(sales(rows)).report
    for few, count in ((report, 15_000), (read_transfers(sales(rows[:200])).report, 100)):
        found = few.to_dict()["reasons"]["missing_party"]
        assert found["count"] == few.reasons["missing_party"].count == count
        assert found["rows"] == list(range(1, 20_001, 2))[:count]
    assert "15,000  dropped: no source or no target (rows 1, 3, 5, 7, 9, ...)" in str(report)
    assert '<td class="rows">1, 3, 5, …</td>' in report._repr_html_()


def test_the_report_as_plain_values() -> None:
    found = read_transfers(sales([("a", "b", DAYS[0], 1, 0), ("a", None, DAYS[1], 1, 1)])).report.to_dict()
    assert found == {
        "read": 2,
        "kept": 1,
        "dropped": 1,
        "reasons": {
            "missing_party": {"count": 1, "dropped": 1, "rows": [2]},
            "zero_value": {"count": 1, "dropped": 0, "rows": [1]},
        },
        "roles": {
            "source": "from",
            "target": "to",
            "token": "token_id",
            "collection": None,
            "time": "date",
            "value": "price",
            "kind": None,
            "currency": None,
        },
        "currency": None,
    }


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["", "-", "a", "b", "c", ZERO, address(1), address(1).upper(), "0x0", "Bought in", "None", "é<b>"]),
    st.text(max_size=6),
)
TIMES = st.one_of(
    st.none(), st.sampled_from([*DAYS, "1503-01-01", "soon", "1880", "2020-02-30", ""]), st.text(max_size=8)
)
PRICES = st.one_of(st.none(), st.sampled_from(["1", "0", "-", "2,5", "1e400", "-3", "£4"]), st.text(max_size=6))
ROWS = st.lists(st.tuples(CELLS, CELLS, TIMES, CELLS, PRICES), min_size=1, max_size=12)


@settings(max_examples=80)
@given(rows=ROWS, with_token=st.booleans())
def test_nothing_is_lost_silently(rows: list[tuple[object, ...]], with_token: bool) -> None:
    # One row is a transfer whatever the others are, and nothing is asked that only a user could answer: no refusal.
    rows = [*rows, ("y", "z", "2020-01-01", "1", "1")]
    frame = sales(rows, "source target time token value").astype("str")
    asked = {} if with_token else {"token": ""}
    roles = {"source": "source", "target": "target", "time": "time", "value": "value"}
    graph = read_transfers(frame, **roles, **asked, day_first=True)
    report = graph.report
    assert report.read == len(rows) == report.kept + report.dropped
    assert report.kept == len(graph.transfers) == len(graph.rows)
    assert sum(reason.dropped for reason in report.reasons.values()) == report.dropped
    assert all(0 <= reason.dropped <= reason.count <= report.read for reason in report.reasons.values())
    assert all(1 <= row <= report.read for reason in report.reasons.values() for row in reason.rows)
    time = graph.transfers["time"].to_numpy()
    assert (np.diff(time) >= 0).all()
    known = graph.transfers[["source", "target"]].notna().any(axis=1)
    assert known.all()
    parties = pd.concat([graph.transfers["source"].astype(object), graph.transfers["target"].astype(object)])
    assert parties.nunique() == len(graph.accounts)


@pytest.mark.parametrize("rounded", ["1.15792E+77", "1e+18", "1.15792089237316e+77"])
def test_tokens_that_a_sheet_rounded_are_said(rounded: str) -> None:
    tokens = [rounded, rounded, "0x1.1E+02", str(2**256 - 1)]
    frame = pd.DataFrame({"seller": list("ABAD"), "buyer": list("BCDA"), "token_id": tokens})
    report = read_transfers(frame.assign(date="2021-01-01")).report
    reason = report.reasons["rounded_token"]
    assert (reason.rows, reason.dropped) == ((1, 2), 0)
    assert f"such as {rounded}: different tokens may be one" in reason.text
