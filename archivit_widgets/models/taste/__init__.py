"""What collectors would want: a graph filter without training, embeddings of artworks beside it.

    model = TasteModel.fit(graph)                           # of tokens; embeddings=... for those never traded
    model = TasteModel.fit(graph, items=traits)             # of what belongs to tokens: columns token, item
    model.wants("Ann", k=10); model.collectors("Sunset"); model.alike("Ann")

Model card
----------
Data: who had which token (`holdings`): what was bought, and what was given away. Formula: `graph_filter`; an account
about which nothing is known is offered what is popular. Judged by `evaluate.taste`, whose docstring holds the
protocol; ``python -m tests.benchmarks.models_taste`` prints the tables. Recall@20 on accounts seen before:

    buyers x traits of CryptoPunks     0.664   popularity 0.660 (gain -0.002 to 0.011), NDCG@20 gain 0.001 to 0.008
    the same market to July 2022       0.667   popularity 0.659 (gain 0.001 to 0.015); item neighbours 0.673 are
                                               better (0.000 to 0.012), by NDCG@20 worse (0.010 to 0.023)
    buyers x CryptoPunks               0.003   recent popularity 0.009 (level): nearly unpredictable
    with trait vectors as embeddings   0.014   without 0.001; embeddings alone 0.016 (level)
    buyers x tokens of NFTGraph-Tiny   0.284   recent popularity 0.249, all rivals significantly worse

Settings matter: `evaluate.taste.tuned` chooses them on a record's own past; where tokens are few and bought again and
again by others, weight for what is popular of late is most of it.
Limits: it knows nothing of prices, budgets or who is still active; a token that nobody had and that has no embedding
gets no score of its own. What newcomers are offered changes: chosen on earlier ones it found 0.167 on NFTGraph-Tiny,
popularity over all time 0.252. `alike` is a description, not a forecast: accounts of equal size tell as much on
NFTGraph-Tiny (0.088, not told apart from 0.095), more on traits of CryptoPunks (0.627, not 0.613). Of works that
are equally near where the list of the nearest ends the first of the record stay in it: its rows dealt anew, some scores
change.
Must not be used for: telling who a collector is, or advice on buying.
"""

from __future__ import annotations

from .model import TasteModel

__all__ = ["TasteModel"]
