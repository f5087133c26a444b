"""Every edge column worked out the slow way, straight from the definitions."""

import math


def hold_times(source, target, time, token):
    """Seconds since the source's latest arrival of that token earlier in the order; None where none."""
    held = []
    for i in range(len(time)):
        arrival = None
        if source[i] is not None and token[i] is not None:
            for j in range(i - 1, -1, -1):
                if token[j] != token[i]:
                    continue
                if target[j] is None:
                    break
                if target[j] == source[i]:
                    arrival = time[j]
                    break
        held.append(None if arrival is None else time[i] - arrival)
    return held


def edges(source, target, time, value, token, half_life, inside=None):
    """(source, target) -> dict of columns; `inside` chooses transfers, holding times come from the whole record."""
    held = hold_times(source, target, time, token)
    inside = range(len(time)) if inside is None else inside
    groups = {}
    for i in inside:
        if source[i] is not None and target[i] is not None:
            groups.setdefault((source[i], target[i]), []).append(i)
    end = max((time[i] for i in inside), default=0)
    made = {}
    for pair, rows in groups.items():
        known = [value[i] for i in rows if not math.isnan(value[i])]
        holds = [held[i] for i in rows if held[i] is not None]
        last = max(time[i] for i in rows)
        made[pair] = {
            "transaction_count": len(rows),
            "volume": sum(known),
            "avg_value": sum(known) / len(known) if known else math.nan,
            "first_time": min(time[i] for i in rows),
            "last_time": last,
            "recency": 2.0 ** (-(end - last) / half_life) if (end - last) / half_life < 2000 else 0.0,
            "hold_time": sum(holds) / len(holds) if holds else math.nan,
        }
    largest = max((m["volume"] for m in made.values()), default=0)
    for m in made.values():
        m["flow"] = math.log1p(m["volume"]) / math.log1p(largest) if m["volume"] else 0.0
        m["pressure"] = m["flow"] * m["recency"]
    return made
