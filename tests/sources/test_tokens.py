"""Which column says what was handed over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers

UNKNOWN = "No column of tokens was recognised (pass token='...'): no holding times are known and copies are kept."


def read(folder: Path, header: str, *rows: str) -> TransferGraph:
    path = folder / "sales.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return read_transfers(path)


@pytest.mark.parametrize(
    "name",
    [
        *("tokenid", "TOKENID", "nftid", "tokenIdentifier", "token identifier", "Object No.", "Accession No."),
        *("Inventory No.", "Inv. no.", "Inv.-Nr.", "Catalogue number", "Lot Number", "Lot no.", "Lot #", "lotNumber"),
        *("knoedler_number", "pi_record_no", "Artwork_Title", "Stock Number", "stock_no", "Losnummer"),
    ],
)
def test_common_names_of_tokens(name: str, tmp_path: Path) -> None:
    graph = read(tmp_path, f"seller,buyer,{name},date", "a,b,8,2020-01-01", "b,c,8,2021-01-01")
    assert graph.report.roles["token"] == name
    assert graph.tokens["token"].tolist() == ["8"]
    assert graph.edges["hold_time"].tolist()[1] == 366 * 86_400
    assert UNKNOWN not in graph.report.notes


def test_that_no_token_was_recognised_is_said(tmp_path: Path) -> None:
    assert UNKNOWN in read(tmp_path, "seller,buyer,thing,date", "a,b,8,2020-01-01").report.notes
    asked = read_transfers(tmp_path / "sales.csv", token="")
    assert UNKNOWN not in asked.report.notes


@pytest.mark.parametrize("number", ["Object Number", "Stock Number", "knoedler_number", "Inv. no.", "pi_record_no"])
def test_what_one_work_only_is_called_goes_before_its_title(number: str, tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        f"{number},Title,Previous Owner,New Owner,Date,Price",
        "1990.1,Untitled,Smith,Jones,1990-01-01,100",
        "1990.2,Untitled,Brown,Smith,1995-01-01,200",
        "1990.2,Untitled,Jones,Brown,1992-01-01,300",
        "1991.7,Landscape,Brown,Jones,1996-01-01,400",
    )
    assert graph.report.roles["token"] == number
    assert graph.tokens["token"].tolist() == ["1990.1", "1990.2", "1991.7"]
    assert graph.edges["hold_time"].notna().sum() == 1  # Brown's


def test_a_lot_is_one_of_its_sale(tmp_path: Path) -> None:
    rows = ["A,1,Smith,Jones,1990-01-01,100", "B,1,Jones,Brown,1995-01-01,200", "B,2,Smith,Brown,1995-01-01,300"]
    graph = read(tmp_path, "Sale,Lot,Seller,Buyer,Sale Date,Hammer Price", *rows)
    assert (graph.report.roles["token"], graph.report.roles["collection"]) == ("Lot", "Sale")
    assert graph.transfers["token"].tolist() == ["A/1", "B/1", "2"]
    assert "Sale: taken for the collection, as Lot is counted anew in every sale." in graph.report.notes
    assert read_transfers(tmp_path / "sales.csv", collection="").report.roles["collection"] is None


def test_a_lot_of_a_known_sale_goes_before_a_title(tmp_path: Path) -> None:
    rows = ["Br-A1,0012,A landscape,Calonne,Bryan,1801", "Br-A2,0012,A landscape,Bryan,Angerstein,1805"]
    graph = read(tmp_path, "catalogue_number,lot_number,title,seller,buyer,year", *rows)
    assert (graph.report.roles["token"], graph.report.roles["collection"]) == ("lot_number", "catalogue_number")
    assert graph.transfers["token"].tolist() == ["Br-A1/0012", "Br-A2/0012"]
    assert any(note.startswith("title: not read; lot_number and catalogue_number") for note in graph.report.notes)


@pytest.mark.parametrize("sale", ["Sold", "12.50", "1990-01-01"])
def test_a_lot_whose_sale_is_not_known_says_so(sale: str, tmp_path: Path) -> None:
    graph = read(tmp_path, "sale,Lot,Seller,Buyer,Sale Date", f"{sale},1,Smith,Jones,1990-01-01")
    assert (graph.report.roles["token"], graph.report.roles["collection"]) == ("Lot", None)
    assert any(note.startswith("Lot: lots are counted anew in every sale, and no") for note in graph.report.notes)


def test_a_lot_and_a_title_without_a_sale_are_asked_for() -> None:
    frame = pd.DataFrame({"seller": ["a"], "buyer": ["b"], "date": ["2020"], "Lot": ["1"], "Title": ["View"]})
    with pytest.raises(ArchivitError, match="token='Lot' or token='Title'"):
        read_transfers(frame)


def test_in_what_opensea_exports_the_token_is_the_asset_s_and_not_its_row(tmp_path: Path) -> None:
    graph = read(tmp_path, "seller,buyer,asset.id,asset.token_id,date", "a,b,100,8,2020-01-01", "b,c,101,8,2021-01-01")
    assert graph.report.roles["token"] == "asset.token_id"
