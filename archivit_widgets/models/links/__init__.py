"""Who comes next: which account will receive from this one, who will own this token.

    model = LinkModel.fit(graph, until="2020-01-01")
    model.score(sources, targets, times)           # times ascending; from what was there strictly before each
    model.rank("0x...", "2020-06-01", k=10)        # to whom would this account give
    model.next_owner(7804, "2020-06-01", k=10)     # who will own this token
    model.forecast(graph, periods=4, new_edges=20) # what will flow along each edge (`outlook`)

Model card
----------
What it is. 43 counters of the causal state (`causal`), LightGBM's trees on them (`trees`; fitted to what happened
against 20 others drawn uniformly, `fitting`), and a conditional logit of 15 weights that puts the trees together with
the heuristics they must beat (`blend`). No account has parameters of its own, so a model walks through other records.
Data. Any record of who gave to whom and when; tokens, values and names are not looked at. Mints, burns and unknown
buyers link nobody.
Protocol. That of `evaluate.links`: split at 0.70 and 0.85 of time, 3 seeds, state per event.
Numbers. UCI CollegeMsg: AP 0.976, AUC 0.972, MRR 0.659, Hits@10 0.786; the best rival at each: local-global 0.953,
0.942, 0.468 and 0.659; GraphMixer 0.929, 0.919, 0.262 and 0.455. Published by a like protocol (AP): DyGFormer 0.958,
TPNet 0.974. ``python -m tests.benchmarks.models_links`` prints these and more.
CryptoPunks (1,245 transfers judged): 0.883, 0.888, 0.129, 0.197; the best rivals: GraphMixer 0.770 and 0.734, who
received last 0.124, GraphMixer 0.186. Of pairs seen before (61 transfers) pair recency is better: MRR 0.455 against
0.341.
Cost. Some 12 s of CPU to fit 36,000 transfers; a transfer costs the same however long the history is; on one core 4
million transfers a second walked, 200,000 to 500,000 candidates scored.
Limits. Where pairs rarely repeat, pair recency alone ranks those few repeats better (CryptoPunks: 5 % of the judged
transfers), because the model spends its first places on likelier newcomers. A new source is judged by its candidates
alone. Probabilities of `rank` are shares among the accounts seen so far and not calibrated. The settings of the trees
were chosen on the validation part of UCI.
Not for. It says who tends to trade with whom, not who should, and nothing of anyone's intentions: no ground to refuse,
accuse or price a person by.
"""

from __future__ import annotations

from .model import LinkModel

__all__ = ["LinkModel"]
