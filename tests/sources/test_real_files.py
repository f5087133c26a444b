"""Every file of the real data that holds transfers is read, or refused in one clear line."""

from pathlib import Path

import numpy as np
import pytest

from archivit_widgets import ArchivitError, read_transfers

from ..data import real


def test_cryptopunks() -> None:
    graph = read_transfers(real("cryptopunks_sales.csv"))
    assert len(graph.accounts) == 2308
    assert len(graph.edges) == 6302
    assert (graph.report.read, graph.report.kept, graph.report.dropped) == (10_233, 10_233, 0)
    assert graph.currency == "ETH"
    assert graph.transfers["value"].sum() == pytest.approx(118_302.7, abs=0.05)
    kinds = graph.transfers["kind"].value_counts()
    assert kinds["unknown_buyer"] == graph.report.reasons["unknown_buyer"].count == 1926
    table = graph.transfers.reset_index(drop=True)
    lost = table[table["kind"] == "unknown_buyer"]
    assert (lost["value"] > 0).sum() == 1925
    last = table.reset_index().groupby("token", observed=True)["index"].max()
    assert (lost.index < last[lost["token"]].to_numpy()).sum() == 870  # sold again by whoever it was
    assert kinds["burn"] == 0
    reasons = graph.report.reasons
    assert reasons["missing_price"].count == 9
    assert reasons["zero_value"].count == 9  # between accounts: a tenth went to nobody
    assert np.all(np.diff(graph.transfers["time"]) >= 0)


def test_punks_by_account_number() -> None:
    graph = read_transfers(real("punks_traits/tx_db.csv"))
    assert graph.report.kept == 17_826
    assert graph.report.reasons["zero_value"].count == 603
    assert graph.report.reasons["out_of_order"].count == 17_805
    assert graph.report.roles["kind"] is None


def test_mooncats() -> None:
    graph = read_transfers(real("mooncats/mooncats_adoptions.csv"))
    reasons = graph.report.reasons
    assert graph.report.kept == 12_307
    assert graph.transfers["value"].notna().sum() == 2_099
    assert reasons["missing_price"].count == 10_208
    assert reasons["self_transfer"].count == 2
    assert reasons["name_for_address"].count == 9_000
    assert "suspicious_date" not in reasons


def test_graves_auctions() -> None:
    graph = read_transfers(real("graves/graves_art_sales.csv"))
    report = graph.report
    assert (report.read, report.kept, report.dropped) == (25_034, 14_654, 10_380)
    assert report.reasons["not_sold"].count == 1_351
    assert graph.currency == "GBP"
    assert report.roles["value"] == "pounds + shillings + pence"
    assert report.roles["time"] == "year + month_day"
    # Row 3 of the file: 17 April 1863, which a spreadsheet had turned into 4/17/2016, to Marks for 55 pounds 13.
    row = graph.transfers[graph.rows == 3].iloc[0]
    assert row["time"] == np.datetime64("1863-04-17", "s").astype(np.int64)
    assert (row["source"], row["target"], row["value"]) == ("Lewin B. Mozley", "Marks", 55.65)
    accounts = graph.accounts["account"].str.lower()
    assert not accounts.isin(["bought in", "—", "-", ""]).any()
    assert report.reasons["suspicious_date"].count == 8


@pytest.mark.parametrize(("name", "rows"), [("cycle200", 117_805), ("fanin200", 118_250)])
def test_payments(name: str, rows: int) -> None:
    graph = read_transfers(real(f"amlsim/{name}/transactions.csv"))
    assert graph.report.kept == rows
    assert graph.report.reasons["duplicates"].dropped == 0
    assert graph.transfers["time"].between(1, 200).all()
    assert len(graph.tokens) == 0


def test_messages_without_names_of_columns() -> None:
    graph = read_transfers(real("temporal/uci_collegemsg.txt"))
    assert graph.report.kept == 59_835
    assert graph.transfers["time"].iloc[0] == 1_082_040_961


@pytest.mark.parametrize(
    "name",
    [
        "nftgraph_tiny/tinynft_data.npz",
        "nftgraph_tiny/tinynft_nodes.csv",
        "amlsim/cycle200/nodes.csv",
        "cmoa/cmoa_artworks.csv.gz",
        "tate/tate_artworks.csv.gz",
        "punks_traits/punk_db.csv",
        "punks_traits/addresses.json",
        "punks_traits/parts-24x24.png",
        "nouns/image-data.json",
        "labels/phishing_scams.csv",
    ],
)
def test_files_without_transfers_say_so_in_one_line(name: str) -> None:
    with pytest.raises(ArchivitError) as caught:
        read_transfers(real(name))
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(Path(name).name)
