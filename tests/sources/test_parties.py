"""Which columns are the parties of a transfer, where some hold nothing and names are those of a database."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers


def read(folder: Path, header: str, *rows: str, **asked: str) -> TransferGraph:
    path = folder / "sales.csv"
    path.write_text("\n".join([header, *rows, ""]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_transfers(path, **asked)


@pytest.mark.parametrize(
    ("source", "target"),
    [("Sold from", "Sold to"), ("Donor", "Donee"), ("Vendor", "Vendee"), ("sell_name_1", "buy_name_1")],
)
def test_names_of_parties(source: str, target: str, tmp_path: Path) -> None:
    roles = read(tmp_path, f"{target},{source},date", "b,a,1801-05-12", "c,b,1802-05-12").report.roles
    assert (roles["source"], roles["target"]) == (source, target)


def test_a_column_that_holds_nothing_is_no_party(tmp_path: Path) -> None:
    header = "date,from_owner,to_owner,consigned_by,bought_by,artwork,price"
    graph = read(tmp_path, header, "1801-05-12,,,Calonne,Bryan,x,100", "1802-05-12,,-,Bryan,Angerstein,x,200")
    assert (graph.report.roles["source"], graph.report.roles["target"]) == ("consigned_by", "bought_by")
    assert graph.report.kept == 2
    assert "from_owner: empty; consigned_by is read." in graph.report.notes
    assert "to_owner: empty; bought_by is read." in graph.report.notes


def test_parties_that_hold_nothing_are_asked_for_or_told_by_content(tmp_path: Path) -> None:
    header = "date,from_owner,to_owner,consigned,acquired,artwork,price"
    graph = read(tmp_path, header, "1801-05-12,,,Calonne,Bryan,x,100", "1802-05-12,,,Bryan,Angerstein,x,200")
    assert (graph.report.roles["source"], graph.report.roles["target"]) == ("consigned", "acquired")
    assert any("told by their content: consigned as source, acquired as target" in note for note in graph.report.notes)
    with pytest.raises(
        ArchivitError, match=r"no column for source .* one of: acquired \('Agar'\), from_owner \(empty\)"
    ):
        read(tmp_path, "date,from_owner,to_owner,acquired", "1801-05-12,,Bryan,Agar")


def test_a_party_that_stands_below_the_sample_is_there(tmp_path: Path) -> None:
    rows = [",b,2020-01-01"] * 2_500 + ["a,b,2020-01-02"]
    assert read(tmp_path, "from,to,date", *rows).report.kept == 1


def test_mints_come_from_nobody(tmp_path: Path) -> None:
    graph = read(tmp_path, "from,to,date,kind", ",b,2020-01-01,mint", ",c,2020-01-02,mint")
    assert graph.transfers["kind"].tolist() == ["mint", "mint"]


def test_that_nothing_was_kept_is_said_without_a_warning(tmp_path: Path) -> None:
    graph = read(tmp_path, "from,to,date,price", ",b,2020-01-01,5", ",c,2020-01-02,6", source="from")
    assert (graph.report.read, graph.report.kept) == (2, 0)
    assert graph.report.notes[0].startswith("Nothing was kept: ")


def test_sales_of_the_getty_provenance_index(tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        "catalogue_number,lot_number,lot_sale_year,lot_sale_month,lot_sale_day,title,sell_name_1,sell_name_2,buy_name_1,"
        "buy_name_2,transaction,price_amount_1,price_currency_1,price_note_1,est_price,prev_owner_1,post_owner_1",
        'Br-A1,0012,1801,05,12,A landscape,"Calonne, C. A. de",,Bryan,,Sold,210.00,pounds,,,,',
        'Br-A1,0013,1801,05,12,A landscape,"Calonne, C. A. de",,,,Bought In,110.50,pounds,,,,',
        "Br-A2,0012,1805,03,,A landscape,Bryan,,Angerstein,,Sold,315,guineas,,,,",
    )
    roles = graph.report.roles
    assert (roles["source"], roles["target"]) == ("sell_name_1", "buy_name_1")
    assert roles["time"] == "lot_sale_year + lot_sale_month + lot_sale_day"
    assert (roles["token"], roles["collection"]) == ("lot_number", "catalogue_number")
    assert graph.report.kept == 2
    assert graph.report.reasons["not_sold"].rows == (2,)


def test_columns_that_may_be_a_party_are_listed_first() -> None:
    frame = pd.DataFrame({"empty": [None], "number": ["7"], "date": ["2020-01-01"], "who": ["Bryan"], "to": ["Agar"]})
    with pytest.raises(ArchivitError, match=r"one of: who \('Bryan'\), number \('7'\), empty \(empty\)$"):
        read_transfers(frame)


def test_one_row_is_no_rows(tmp_path: Path) -> None:
    assert "sales.csv: 1 row read, 1 kept, 0 dropped" in str(read(tmp_path, "from,to,date", "a,b,2020-01-01").report)
    both = read(tmp_path, "from,to,date", "a,b,2020-01-01", "b,a,2020-01-01").report
    assert "sales.csv: 2 rows read, 2 kept, 0 dropped" in str(both)
