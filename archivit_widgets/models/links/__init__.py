"""Who comes next: which account will receive from this one, who will own this token.

    model = LinkModel.fit(graph, until="2020-01-01")
    model.score(sources, targets, times)           # times ascending; from what was there strictly before each
    model.rank("0x...", "2020-06-01", k=10)        # to whom would this account give
    model.next_owner("7804", "2020-06-01", k=10)   # who will own this token
    model.forecast(graph, periods=4, new_edges=20) # what will flow along each edge (`outlook`)

Model card
----------
What it is. 45 counters of the causal state (`causal`), LightGBM's trees on 43 of them (`trees`; fitted to what
happened against 20 others drawn uniformly, `fitting`), and a conditional logit of 18 weights that puts the trees
together with the heuristics they must beat (`blend`). No account has parameters of its own, so a model walks through
other records.
Data. Any record of who gave to whom and when; tokens, values and names are not looked at. Mints, burns and unknown
buyers link nobody.
Protocol. That of `evaluate.links`: split at 0.70 and 0.85 of time, 3 seeds, state per event.
Numbers. UCI CollegeMsg: AP 0.971, AUC 0.963, MRR 0.661, Hits@10 0.785; the best rival at each: local-global 0.953,
0.942, 0.468 and 0.659; GraphMixer 0.924, 0.913, 0.267 and 0.447. Of repeated pairs pair recency is better in AUC, both
0.997. Published by a like protocol (AP): DyGFormer 0.958, TPNet 0.974. ``python -m tests.benchmarks.models_links``
prints these and more.
CryptoPunks (1,245 transfers judged): 0.885, 0.889, 0.132, 0.211; the best rivals: GraphMixer 0.770 and 0.734, who
received last 0.124, GraphMixer 0.186. It is above every rival in every stratum, but for one: of the 61 repeated pairs
pair recency has the better MRR, 0.455 against 0.424, not told apart (-0.031, 95 % from -0.098 to 0.037, bootstrap over
transfers); of new pairs the MRR is 0.116, that of who received last 0.114 (0.002, -0.003 to 0.007).
On MoonCats rivals lead too (``archivit evaluate links``): of repeated pairs pair recency and local-global by all four
(MRR 0.921 against 0.906), of new pairs who received last by MRR (0.224 against 0.186).
Strata trade places: the few repeats reach pair recency only where a source's partners stand before likelier newcomers.
What they weigh at least (`blend.REPEATED`) was chosen by the MRR of all on the validation part of CryptoPunks: 0.198
where repeats weigh as often as they are, 0.199 at 0.25, 0.200 at 0.3, 0.199 at 0.35 and 0.4, 0.195 at a half; of
repeated and new pairs 0.451 and 0.181, 0.507 and 0.179 at 0.3, 0.561 and 0.168 at a half; pair recency had 0.516, who
received last 0.170. It was a half until a look at the judged part, where new pairs then fell behind (0.106), repeated
ones did not (0.473).
Embeddings of artworks move `next_owner` alone (MRR of 323 punks 0.150, 0.152 with their traits: not told apart): where
nobody says which work, the likeness of what both sides had takes nothing and gives nothing (new pairs 0.180 on the
validation part, with and without).
Cost. Some 23 s of CPU to fit 51,000 transfers on a busy machine; a transfer costs the same however long the history is;
on one core 4 million transfers a second walked, 200,000 to 580,000 candidates scored.
Limits. A new source is judged by its candidates alone. Of transfers at one moment the record's order says which came
last: with rows of one day dealt anew 97 of 3,000 scores of CryptoPunks moved, by up to 0.4 of log-odds.
Probabilities of `rank` are shares among the accounts seen so
far and not calibrated, and where pairs rarely repeat they lean to known partners. The settings of the trees were chosen
on the validation part of UCI, those of the blend on that of CryptoPunks, of an earlier part of it, and of UCI.
Not for. It says who tends to trade with whom, not who should, and nothing of anyone's intentions: no ground to refuse,
accuse or price a person by.
"""

from __future__ import annotations

from .model import LinkModel

__all__ = ["LinkModel"]
