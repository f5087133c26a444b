"""``archivit detect``: tables of alerts as Parquet, as CSV and on standard output."""

import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archivit_widgets import cli, read_transfers
from archivit_widgets.models.wash import detect

COLUMNS = [
    "row", "file_row", "source", "target", "token", "time", "value", "score", "pattern", "group", "evidence",
]  # fmt: skip


@pytest.fixture
def market(tmp_path):
    assert cli.main(["simulate", "-o", str(tmp_path / "market.csv"), "--transfers", "2000", "--seed", "2"]) == 0
    return tmp_path / "market.csv"


def test_alerts_go_into_parquet_and_csv_alike(market, tmp_path, capsys):
    for name in ("alerts.parquet", "alerts.csv"):
        assert cli.main(["detect", str(market), "-o", str(tmp_path / name), "--threshold", "0.1"]) == 0
    assert "no funding was given" in capsys.readouterr().err
    assert cli.main(["detect", str(market), "-o", "-", "--threshold", "0.1"]) == 0
    packed = pq.read_table(tmp_path / "alerts.parquet")
    assert packed.column_names == COLUMNS
    assert packed.schema.field("evidence").type.value_type == pa.int64()
    assert packed.schema.field("time").type == pa.int64()
    table, text = packed.to_pandas(), pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert (tmp_path / "alerts.csv").read_text().count("\n") == len(table) + 1
    assert text["evidence"].map(json.loads).tolist() == [rows.tolist() for rows in table["evidence"]]
    graph = read_transfers(market)
    wanted = detect(graph)
    kept = wanted[wanted["score"] >= 0.1]
    assert 0 < len(kept) == len(table)
    assert table["row"].tolist() == kept.index.tolist()
    assert table["file_row"].tolist() == graph.rows[kept.index].tolist()
    assert table["score"].tolist() == kept["score"].tolist()
    assert table["source"].astype(str).tolist() == graph.transfers["source"].iloc[kept.index].astype(str).tolist()


def test_threshold_0_writes_every_row_and_1_none(market, tmp_path):
    for threshold, rows in (("0", 2_000), ("1", 0)):
        out = tmp_path / "alerts.parquet"
        assert cli.main(["detect", str(market), "-o", str(out), "--threshold", threshold]) == 0
        packed = pq.read_table(out)
        assert packed.num_rows == rows
        assert packed.schema.field("evidence").type.value_type == pa.int64()


def test_wrong_thresholds_and_outputs_are_one_line(market, capsys):
    with pytest.raises(SystemExit) as status:
        cli.main(["detect", str(market), "-o", "-", "--threshold", "2"])
    assert status.value.code == 2
    assert "'2' is no number from 0 to 1" in capsys.readouterr().err
    assert cli.main(["detect", str(market), "-o", "alerts.txt"]) == 2
    assert "must end in .parquet or .csv" in capsys.readouterr().err


def test_who_paid_is_read_from_a_file_in_whatever_case_its_addresses_are(tmp_path, capsys):
    named = [str(tmp_path / name) for name in ("market.csv", "funders.csv", "told.parquet", "shouted.parquet")]
    market, funders, told, shouted = named
    assert cli.main(["simulate", "-o", market, "--transfers", "4000", "--seed", "7", "--funding", funders]) == 0
    assert cli.main(["detect", market, "-o", told, "--threshold", "0", "--funding", funders]) == 0
    assert "who paid for whom" in capsys.readouterr().err
    table = pd.read_csv(funders)
    table.assign(funder=table["funder"].str.upper().str.replace("0X", "0x")).to_csv(funders, index=False)
    assert cli.main(["detect", market, "-o", shouted, "--threshold", "0", "--funding", funders]) == 0
    one, other = pd.read_parquet(told), pd.read_parquet(shouted)
    assert "funded_ring" in set(one["pattern"])
    assert one["score"].tolist() == other["score"].tolist()


def test_a_table_that_says_nothing_of_payers_is_one_line(market, tmp_path, capsys):
    (tmp_path / "funders.csv").write_text("who,when\na,1\n")
    assert cli.main(["detect", str(market), "-o", "-", "--funding", str(tmp_path / "funders.csv")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--funding" in said.err.splitlines()[-1]
    assert "funder" in said.err.splitlines()[-1]


def test_payments_that_were_left_out_are_told(market, tmp_path, capsys):
    nobody = "0x" + 40 * "0"
    (tmp_path / "funders.csv").write_text(
        f"funder,account,time\na,,1600000000\na,b,1600000000\n{nobody},b,1600000000\n"
    )
    assert cli.main(["detect", str(market), "-o", "-", "--funding", str(tmp_path / "funders.csv")]) == 0
    said = capsys.readouterr().err
    assert "3 payments, 1 kept; 1 dropped: no source or no target; 1 dropped: funder or account is nobody" in said


def test_payments_that_are_read_are_not_written_over(market, tmp_path, capsys):
    text = "funder,account,time\na,b,1600000000\n"
    (tmp_path / "funders.csv").write_text(text)
    funders = str(tmp_path / "funders.csv")
    assert cli.main(["detect", str(market), "--funding", funders, "-o", funders]) == 2
    assert "funders.csv: is the file that is read; name another output" in capsys.readouterr().err
    assert (tmp_path / "funders.csv").read_text() == text
