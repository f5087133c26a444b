"""Rows of results as Markdown."""

from . import graphs, peers

HEAD = (
    "widget",
    "draws",
    "first pixel, ms (CPU)",
    "display, MB",
    "update of all, ms (CPU)",
    "update, kB",
    "CPU ms per drawn frame",
    "bundle, MB",
    "notebook, MB (with state)",
    "reopened (with state)",
    "HTML offline (with state)",
    "calibration, ms",
)


def markdown(rows):
    """One table for each graph, below what was measured when and where; rows of other runs are marked."""
    runs = sorted({_run(row) for row in rows}, reverse=True)
    marks = {run: f" (run {i})" if i else "" for i, run in enumerate(runs)}
    lines = [f"{run}{marks[run]}." for run in runs]
    for graph, what in graphs.GRAPHS.items():
        shown = [row for key in peers.PEERS for row in rows if (row["key"], row["graph"]) == (key, graph)]
        if shown:
            lines += ["", f"**{what}** ({shown[0]['accounts']:,} nodes, {shown[0]['edges']:,} edges)", ""]
            lines += [_line(HEAD), "|" + " --- |" * len(HEAD)]
            lines += [_line(_cells(row, marks[_run(row)])) for row in shown]
    return "\n".join(lines)


def _run(row):
    """When, of which commit, where and in what a row was measured; as text, the latest run is the greatest."""
    said = [row.get(name, "not known") for name in ("date", "commit", "machine", "chromium")]
    return "{}; commit {}; {}; Chromium {}".format(*said)


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _cells(row, mark):
    name = f"{row['peer']} {row.get('version', '')}".strip() + mark
    if "failed" in row:
        return (name, row["draws"], row["failed"], *["-"] * (len(HEAD) - 4), str(row.get("calibration", "-")))
    update = f"{row['update_ms']:,} ({row['update_cpu']:,})" if "update_ms" in row else "none"
    return (
        name,
        row["draws"],
        f"{row['first_ms']:,} ({row['first_cpu']:,})",
        f"{row['display_bytes'] / 1e6:.2f}",
        update,
        f"{row['update_bytes'] / 1e3:.1f}" if "update_bytes" in row else "-",
        f"{row['drag_cpu_frame']:,}" if row["drag_cpu_frame"] else "-",
        f"{row['bundle'] / 1e6:.2f}",
        f"{row['plain_bytes'] / 1e6:.2f} ({row['state_bytes'] / 1e6:.2f})" if "plain_bytes" in row else "-",
        _both(row, "reopened"),
        _both(row, "html"),
        str(row["calibration"]),
    )


def _both(row, what):
    if f"plain_{what}" not in row:
        return "-"
    plain, state = (("yes" if row[f"{kind}_{what}"] else "no") for kind in ("plain", "state"))
    return f"{plain} ({state})"
