"""A temporal graph network as a rival: GraphMixer, for records without features of accounts or transfers.

Cong et al. 2023, Do We Really Need Complicated Model Architectures For Temporal Networks? An account is the times and
directions of its latest `RECENT` transfers, each as cosines of how long ago (fixed frequencies), mixed by one block of
MLP-Mixer and averaged; a pair is what two layers say of both accounts. Who the partners were it does not see: the
paper's node features are all zero here, so that pairs that repeat look like any others.

Fitted with one negative a transfer, drawn from all destinations until then, by binary cross-entropy; the epoch with the
smallest loss on the held part is kept. Equal seeds give equal models. It is a rival in tables, not a model to use.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm.auto import tqdm

from ...arguments import whole
from ...graph.columns import F64, I32, I64
from ...graph.transfers import TransferGraph
from ..links.causal import F32, half_lives
from ..links.fitting import HELD, seen_until
from ..links.history import History, Scorer
from ..training import best_device, reproducible

RECENT, WIDTH = 20, 32
EPOCHS, BATCH, RATE = 5, 200, 1e-3
STRIDE = 8_192  # accounts embedded at once
_DAY = 86_400.0


class Mixer(nn.Module):
    """From the latest transfers of two accounts to a score."""

    frequency: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Sequential(
            nn.LayerNorm(RECENT), nn.Linear(RECENT, RECENT // 2), nn.GELU(), nn.Linear(RECENT // 2, RECENT)
        )
        self.channels = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        )
        self.encode = nn.Linear(WIDTH + 2, WIDTH)
        self.pair = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 1))
        # The paper's time encoding, alpha = beta = sqrt(d); times are days here, seconds there.
        frequency = np.sqrt(WIDTH) ** (-np.arange(WIDTH) / np.sqrt(WIDTH)) * 10
        self.register_buffer("frequency", torch.tensor(frequency, dtype=torch.float32))

    def embed(self, latest: torch.Tensor) -> torch.Tensor:
        """(n, RECENT, 3) days ago, gave, received (0, 0, 0 where there is none) to (n, WIDTH)."""
        there = latest[..., 1:].sum(-1, keepdim=True)
        waves = torch.cos(latest[..., :1] * self.frequency) * there
        rows = self.encode(torch.cat([waves, latest[..., 1:]], dim=-1))
        rows = rows + self.tokens(rows.transpose(1, 2)).transpose(1, 2)
        rows = rows + self.channels(rows)
        mean: torch.Tensor = rows.mean(dim=1)
        return mean

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """(n, WIDTH) of both accounts to (n,) scores."""
        score: torch.Tensor = self.pair(torch.cat([source, target], dim=-1)).squeeze(-1)
        return score


class GraphMixer(Scorer):
    """GraphMixer with the interface of `LinkModel`: ``fit`` and ``score``."""

    def __init__(self, history: History, network: Mixer) -> None:
        super().__init__(history, half_lives(history.time))
        self.network = network
        self._latest = Latest(history)

    @classmethod
    def fit(
        cls, graph: TransferGraph, until: Any = None, seed: int = 0, progress: bool = True, *, epochs: int = EPOCHS
    ) -> GraphMixer:
        """Fit to the transfers up to a moment, as `LinkModel.fit` does."""
        epochs = whole("epochs", epochs, 1)
        history = History.of(graph)
        seen = seen_until(history, until)
        cut = int((1 - HELD) * seen)
        with reproducible(seed) as generator:
            one = cls(history, Mixer().to(best_device()))
            drawn = np.random.default_rng(seed)
            optimizer = torch.optim.Adam(one.network.parameters(), RATE)
            best, kept = np.inf, copy.deepcopy(one.network.state_dict())
            for _ in tqdm(range(epochs), "GraphMixer", delay=2, leave=False, disable=not progress):
                shuffled = torch.randperm(cut, generator=generator).numpy()
                for begin in range(0, cut, BATCH):
                    optimizer.zero_grad()
                    one._loss(shuffled[begin : begin + BATCH], cut, drawn).backward()  # type: ignore[no-untyped-call]  # torch's
                    optimizer.step()
                with torch.no_grad():
                    held = float(one._loss(np.arange(cut, seen), seen, np.random.default_rng(seed)))
                if held < best:
                    best, kept = held, copy.deepcopy(one.network.state_dict())
        one.network.load_state_dict(kept)
        one.network.eval()
        return one

    def _loss(self, rows: NDArray[Any], end: int, drawn: np.random.Generator) -> torch.Tensor:
        """Cross-entropy of transfers against one negative each."""
        history = self.history
        known = np.unique(history.target[:end])
        accounts = np.concatenate([history.source[rows], history.target[rows], drawn.choice(known, len(rows))])
        source, target, other = self._embedded(accounts, np.tile(history.time[rows], 3)).chunk(3)
        scores = torch.cat([self.network(source, target), self.network(source, other)])
        truth = torch.arange(len(scores), device=scores.device) < len(rows)
        return nn.functional.binary_cross_entropy_with_logits(scores, truth.float())

    def _embedded(self, accounts: I32, time: I64) -> torch.Tensor:
        latest = torch.from_numpy(self._latest.of(accounts, time)).to(self.network.frequency.device)
        embedded: torch.Tensor = self.network.embed(latest)
        return embedded

    @torch.no_grad()
    def _scored(self, source: I32, target: I32, time: NDArray[np.int64]) -> F64:
        asked = np.concatenate([source, target]).astype(np.int64)
        moments, when = np.unique(time, return_inverse=True)
        keys, place = np.unique(asked * len(moments) + np.tile(when, 2), return_inverse=True)
        accounts, times = (keys // len(moments)).astype(np.int32), moments[keys % len(moments)]
        parts = [self._embedded(accounts[k : k + STRIDE], times[k : k + STRIDE]) for k in range(0, len(keys), STRIDE)]
        rows = torch.cat(parts) if parts else torch.zeros((0, WIDTH))
        both = torch.from_numpy(place).to(rows.device).chunk(2)
        score: F64 = self.network(*(rows[one] for one in both)).cpu().numpy().astype(np.float64)
        return score


class Latest:
    """The latest transfers of an account strictly before a time, out and in, looked up in order of time."""

    def __init__(self, history: History) -> None:
        n = len(history)
        account = np.concatenate([history.source, history.target])
        place = np.tile(np.arange(n), 2)
        order = np.lexsort((place, account))
        self._begin = np.searchsorted(account[order], np.arange(len(history.accounts) + 1))
        self._time, self._gave = history.time[place[order]], order < n
        self._key = account[order] * np.int64(n + 1) + place[order]  # ascending
        self._history = history

    def of(self, account: I32, time: I64) -> F32:
        """(n, RECENT, 3) days ago, gave, received of the latest transfers, the very latest first; 0: none."""
        before = np.searchsorted(self._history.time, time)  # transfers before it
        end = np.searchsorted(self._key, account * np.int64(len(self._history) + 1) + before)
        row = end[:, None] - 1 - np.arange(RECENT)
        there = row >= self._begin[account][:, None]
        row = np.where(there, row, 0)
        gave = self._gave[row]
        ago = (time[:, None] - self._time[row]) / _DAY
        found: F32 = (np.stack([ago, gave, ~gave], axis=-1) * there[..., None]).astype(np.float32)
        return found
