"""Files as they come: exports of Etherscan, OpenSea and Dune, stock books, auction ledgers, lists of provenance.

Each is written here in the form in which such files are found. What the report counts must add up, and its rows must be
the rows of the file.
"""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers

ONE, TWO, THREE = (f"0x{digit * 40}" for digit in "123")
ZERO = "0x" + "0" * 40


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


EVENTS = [
    {
        "event_type": "sale",
        "event_timestamp": 1617580000 + second,
        "payment": {"symbol": "ETH", "price": price},
        "seller": seller,
        "buyer": buyer,
        "nft": {"identifier": "7", "collection": "punks", "name": None},
    }
    for second, price, seller, buyer in ((0, "1.5", ONE, TWO), (9, "2.5", TWO, THREE))
]
# File, its text, rows read, kept, roles, values, and for each fault its rows.
FILES: list[tuple[str, str | bytes, int, int, dict[str, str], list[float | None], dict[str, tuple[int, ...]]]] = [
    (
        "provenance.csv",
        """Title,From,To,Date,Price
Portrait,The artist,"Blocke, Amsterdam",1656,fl. 120
Portrait,"Blocke, Amsterdam","(Unknown collector, London)",ca. 1720,
Portrait,"(Unknown collector, London)","Agnew, London",by 1850,£300
Portrait,"Agnew, London","Knoedler, New York",May 1905,£1200
Portrait,"Knoedler, New York",Mellon,1905-1907,"£2,500"
View,?,Lane,c.1904,n/a
View,Lane,unknown,[1915],-
View,Fischer,Museum,"7th June 1939",£ 900
""",
        8,
        5,
        {"source": "From", "target": "To", "token": "Title", "time": "Date", "value": "Price"},
        [None, None, 2500, 1200, 900],
        {
            "unparsable_price": (1,),
            "missing_price": (2,),
            "unparsable_time": (3,),
            "missing_party": (6, 7),
            "approximate_time": (2, 5),
            "out_of_order": (5,),
        },
    ),
    (
        "stock.tsv",
        """Stock No.\tTitle\tBought from\tSold to\tYear\tPrice
A1\tVenice\tChristie's\tMellon\t1905-1907\t1200
A2\tOise\tTedesco\tMellon\tca. 1907\t
A3\tGleaners\tSedelmeyer\tunsold\t1908\t-
A4\tAngelus\tSedelmeyer\tLouvre\t1909 (?)\t80000
A5\tSower\tSedelmeyer\tLouvre\tthe 1910s\t10
""",
        5,
        4,
        {"source": "Bought from", "target": "Sold to", "time": "Year"},
        [1200, None, 80000, 10],
        {"not_sold": (3,), "missing_price": (2,), "approximate_time": (1, 2, 4, 5)},
    ),
    (
        "knoedler.csv",
        """pi_record_no,title,seller_name_1,buyer_name_1,sale_date_year,sale_date_month,sale_date_day,price_amount,transaction
K-1,Venice,Goupil & Cie.,"Vanderbilt, W.",1872,5,3,12000,Sold
K-2,Oise,Goupil & Cie.,"Stewart, A.T.",1873,0,0,1500,Sold
K-3,Oise,Goupil & Cie.,,1873,6,,1500,Unsold
""",
        3,
        2,
        {"source": "seller_name_1", "target": "buyer_name_1", "value": "price_amount", "kind": "transaction"},
        [12000, 1500],
        {"not_sold": (3,), "year_only": (2,)},
    ),
    (
        "auktion.csv",
        "Verkäufer;Käufer;Los;Datum;Zuschlag\nArco;Cassirer;12;14.03.1907;1.200,50\nCassirer;Folkwang;12;02.06.1909;2.500,--\n"
        "Arco;Flechtheim;13;14.11.1909;900\n".encode("cp1252"),
        3,
        3,
        {"source": "Verkäufer", "target": "Käufer", "token": "Los", "time": "Datum", "value": "Zuschlag"},
        [1200.5, 2500, 900],
        {},
    ),
    (
        "us.csv",
        """Consignor,Purchaser,Lot #,Sale Date,Hammer Price
"Smith, J.","Jones, A.",1,"Mar 5, 2010","$1,250,000"
"Jones, A.","Brown, B.",1,11/14/2010,"$2,500,000.00"
"Brown, B.",Anonymous,2,12/1/2010,Withdrawn
Total,,,,"$3,750,000"
""",
        4,
        3,
        {"source": "Consignor", "target": "Purchaser", "time": "Sale Date", "value": "Hammer Price"},
        [1250000, 2500000, None],
        {"unparsable_price": (3,), "missing_time": (4,), "missing_party": (4,)},
    ),
    (
        "etherscan.csv",
        f'''"Txhash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","Token ID","Type","TokenName"
"0xaa01","12345","1617580000","2021-04-04 23:46:40","{ZERO}","{ONE}","1","ERC-721","PUNKS"
"0xaa02","12346","1617590000","2021-04-05 02:33:20","{ONE}","{TWO}","1","ERC-721","PUNKS"
''',
        2,
        2,
        {"source": "From", "target": "To", "token": "Token ID", "time": "UnixTimestamp"},
        [None, None],
        {},
    ),
    (
        "dune.csv",
        f"""block_time,nft_token_id,buyer,seller,price_usd,eth_price,project
2021-04-05 12:13:14.000 UTC,1,{ONE},\\x{"0" * 40},2000.5,1.25,opensea
2021-04-06 12:13:14.000 UTC,1,\\x{"3" * 40},{ONE},<nil>,<nil>,opensea
2021-04-07 12:13:14.000 UTC,1,{TWO},{THREE},7,0.5,opensea
""",
        3,
        3,
        {"source": "seller", "target": "buyer", "token": "nft_token_id", "value": "eth_price"},
        [1.25, None, 0.5],
        {"missing_price": (2,)},
    ),
    (
        "opensea.json",
        json.dumps({"asset_events": EVENTS, "next": "abc"}),
        2,
        2,
        {"token": "identifier", "collection": "collection", "value": "price", "currency": "symbol"},
        [1.5, 2.5],
        {},
    ),
    (
        "opensea.jsonl",
        "\n".join(map(json.dumps, EVENTS)),
        2,
        2,
        {"token": "identifier", "collection": "collection", "value": "price", "currency": "symbol"},
        [1.5, 2.5],
        {},
    ),
    (
        "missing.jsonl.gz",
        gzip.compress(
            b'{"seller":"a","buyer":"b","date":"2001-01-01","price":1}\n{"buyer":"c","date":"2001-01-02","price":null}\n\n'
            b'{"seller":"c","buyer":"d","date":"2001-01-03","price":"1.500,50","extra":{"a":[1]}}\n{"seller":"d","buyer":"e"}'
        ),
        4,
        2,
        {"source": "seller", "time": "date"},
        [1, 1500.5],
        {"missing_party": (2,), "missing_time": (4,)},
    ),
    (
        "merged.xlsx",
        sheet(
            ("Stock book of the gallery",),
            (),
            ("Parties", None, "Object", "Sale", None),
            ("Seller", "Buyer", "Title", "Date", "Price (GBP)"),
            ("Ann", "Bob", "Venice", "1905-03-04", 1200),
            ("Bob", "Cid", "Venice", "1906-03-04", "=E5*2"),
            (),
            ("Total", None, None, None, "=SUM(E5:E7)"),
        ),
        4,
        2,
        {"source": "Seller", "target": "Buyer", "value": "Price (GBP)"},
        [1200, None],
        {"blank_row": (3,), "missing_time": (4,), "missing_party": (4,), "missing_price": (2,)},
    ),
    (
        "footer.csv",
        """seller,buyer,date,price
a,b,2001-01-01,1
seller,buyer,date,price
c,d,2001-01-03,3
Total,,,6
"Source: archive, 2020"
""",
        5,
        2,
        {"source": "seller"},
        [1, 3],
        {"ragged_row": (5,), "unparsable_time": (2,), "missing_time": (4,), "missing_party": (4,)},
    ),
]


@pytest.mark.parametrize(
    ("name", "text", "read", "kept", "roles", "values", "faults"), FILES, ids=[f[0] for f in FILES]
)
def test_files_as_they_come(
    tmp_path: Path,
    name: str,
    text: str | bytes,
    read: int,
    kept: int,
    roles: dict[str, str],
    values: list[float | None],
    faults: dict[str, tuple[int, ...]],
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    graph = read_transfers(tmp_path / name)
    report = graph.report
    assert roles.items() <= {role: (column or "").split(" + ")[0] for role, column in report.roles.items()}.items()
    assert {code: reason.rows for code, reason in report.reasons.items() if code not in QUIET} == faults
    assert (report.read, report.kept, len(graph.transfers)) == (read, kept, kept)
    assert sum(reason.dropped for reason in report.reasons.values()) == report.dropped == read - kept
    assert [None if value != value else value for value in graph.transfers["value"]] == values


QUIET = {"suspicious_date"}  # of so few rows any may stand out


def test_bytes_of_postgres_are_addresses(tmp_path: Path) -> None:
    graph = read(tmp_path, "dune.csv")
    assert graph.transfers["kind"].tolist() == ["mint", "transfer", "sale"]
    assert len(graph.accounts) == 3


def test_a_record_without_prices_says_so(tmp_path: Path) -> None:
    assert any("No column of prices" in note for note in read(tmp_path, "etherscan.csv").report.notes)
    assert not any("No column of prices" in note for note in read(tmp_path, "dune.csv").report.notes)


def test_names_within_objects_that_are_taken_get_their_parents(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"name": 1, "seller": {"name": "a"}, "buyer": {"name": "b"}, "date": "2001-01-01"}]))
    assert read_transfers(path).report.roles["target"] == "buyer_name"
    path.write_text(json.dumps({"items": [json.loads(path.read_text())[0], None]}))
    report = read_transfers(path).report
    assert (report.read, report.kept, report.roles["target"]) == (2, 1, "buyer_name")


def test_a_web_page_called_a_sheet_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text("<html><table><tr><td>seller</td></tr></table></html>")
    with pytest.raises(ArchivitError, match=r"export.xls: is a web page, although its ending is \.xls"):
        read_transfers(path)
    path.write_text("seller\tbuyer\tdate\na\tb\t2001-01-01\n")
    assert read_transfers(path).report.kept == 1


def read(folder: Path, name: str) -> TransferGraph:
    text = next(file[1] for file in FILES if file[0] == name)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_transfers(folder / name)
