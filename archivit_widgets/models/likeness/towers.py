"""Two towers that meet: one reads pictures of pixels, one reads words; both give unit vectors of one space.

The image tower is a small patch mixer. Pictures of a collection are drawn on one grid, so where something stands says
much of what it is: patches of 4 x 4 pixels are read alike, then seen with their neighbours, then all of them by place.
The text tower adds up vectors of words and pairs of words (Joulin et al. 2016, Bag of Tricks), and mixes the sum.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

PATCH = 4
CHANNELS = 64
HOTTEST = 100.0  # as in CLIP: a temperature of 0.01 at least


class ImageTower(nn.Module):
    """Pixels to unit vectors: (n, 3, size, size) uint8 -> (n, dims) float32."""

    def __init__(self, size: int, width: int, dims: int) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, CHANNELS, PATCH, stride=PATCH)
        self.around = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)
        self.place = nn.Linear(CHANNELS * (size // PATCH) ** 2, width)
        self.mix = nn.Linear(width, width)
        self.out = nn.Linear(width, dims)

    def forward(self, pixels: Tensor) -> Tensor:
        """Read pictures."""
        x = functional.gelu(self.patch(pixels.float() / 127.5 - 1))
        x = x + functional.gelu(self.around(x))
        x = self.place(x.flatten(1))
        x = x + self.mix(functional.gelu(_level(x)))
        return functional.normalize(self.out(_level(x)), dim=-1)


class TextTower(nn.Module):
    """Features to unit vectors: indices of all texts in one line, and where each begins -> (n, dims) float32."""

    def __init__(self, features: int, dims: int) -> None:
        super().__init__()
        self.word = nn.EmbeddingBag(features, dims, mode="sum")
        self.mix = nn.Linear(dims, 2 * dims)
        self.out = nn.Linear(2 * dims, dims)
        nn.init.normal_(self.word.weight, std=dims**-0.5)

    def forward(self, features: Tensor, begin: Tensor) -> Tensor:
        """Read texts."""
        x = self.word(features, begin)
        return functional.normalize(x + self.out(functional.gelu(self.mix(_level(x)))), dim=-1)


class Towers(nn.Module):
    """Both towers, and how sharply they tell apart: the temperature is 1 / exp(scale)."""

    def __init__(self, size: int, width: int, dims: int, features: int) -> None:
        super().__init__()
        self.image = ImageTower(size, width, dims)
        self.text = TextTower(features, dims)
        self.scale = nn.Parameter(torch.tensor([math.log(1 / 0.07)]))

    def loss(self, images: Tensor, texts: Tensor, fits: Tensor) -> Tensor:
        """Contrast a batch, InfoNCE in both directions, where one text may fit several pictures.

        Parameters
        ----------
        images, texts
            (n, dims) unit vectors.
        fits
            (n, n) ones where the text (row) is true of the picture (column). With caption dropout a text such as
            "shark head" is true of many: to push those apart would teach the opposite of what a search should find.
            As in supervised contrastive learning (Khosla et al. 2020), all that fit share the target.
        """
        logits = texts @ images.T * self.scale.exp().clamp(max=HOTTEST)
        to_image = fits / fits.sum(1, keepdim=True) * logits.log_softmax(1)
        to_text = fits / fits.sum(0, keepdim=True) * logits.log_softmax(0)
        return -(to_image.sum() + to_text.sum()) / (2 * len(logits))


def _level(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:])
