"""Checkpoints that others trained: CLIP and SigLIP through transformers, and open_clip's own.

They are read from a folder, or from the cache that Hugging Face's tools fill; never from the network, and only as
safetensors: weights in a pickle could run code.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...arguments import of_kind, short
from ...errors import ArchivitError
from ..training import best_device
from .pictures import opened

F32 = NDArray[np.float32]
AT_ONCE = 32
OPEN_CLIP = "open_clip_config.json"
# What each library needs, one of each line at least.
NEEDED = {
    "config.json": (
        ("model.safetensors", "model.safetensors.index.json"),
        ("preprocessor_config.json", "processor_config.json"),
        ("tokenizer.json", "vocab.json", "tokenizer.model", "spiece.model"),
    ),
    OPEN_CLIP: (("open_clip_model.safetensors",),),
}


@dataclass(frozen=True)
class Transformers:
    """A model of transformers that has both towers."""

    name: str
    model: Any
    pictures: Any
    words: Any

    @classmethod
    def read(cls, name: str, folder: Path) -> Transformers:
        """Load from a folder."""
        try:
            from transformers import AutoImageProcessor, AutoModel, AutoTokenizer
        except ImportError:
            raise ArchivitError(f"{name}: needs transformers: pip install 'archivit-widgets[clip]'") from None
        with _readable(name):
            model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
            reader: Any = AutoImageProcessor  # has no types
            pictures = reader.from_pretrained(folder, local_files_only=True)
            words = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
            raise ArchivitError(f"{name}: is a {type(model).__name__}, which does not read both pictures and texts")
        return cls(name, model.to(best_device()).eval(), pictures, words)

    @torch.inference_mode()
    def images(self, given: Any) -> F32:
        """Encode pictures, (n, dims) unit rows."""
        return _rows(
            self.model.get_image_features(**self._there(self.pictures(images=part, return_tensors="pt")))
            for part in _parts(opened(given))
        )

    @torch.inference_mode()
    def texts(self, given: Sequence[str]) -> F32:
        """Encode texts, (n, dims) unit rows."""
        config = self.model.config.text_config
        most = int(config.max_position_embeddings)
        sigmoid = str(self.model.config.model_type).startswith("siglip")  # fitted to small letters, padded, no mask
        told = [text.lower() for text in given] if sigmoid else given
        padding = "max_length" if sigmoid else True
        rows = []
        for part in _parts(told):
            read = self.words(part, padding=padding, max_length=most, truncation=True, return_tensors="pt")
            kept = {key: read[key] for key in ("input_ids", "attention_mask") if key in read}
            if sigmoid:
                kept.pop("attention_mask", None)
            rows.append(self.model.get_text_features(**self._there(kept)))
        return _rows(iter(rows))

    def _there(self, read: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value.to(self.model.device) for key, value in read.items()}


@dataclass(frozen=True)
class OpenClip:
    """A model of open_clip."""

    name: str
    model: Any
    pictures: Any
    words: Any

    @classmethod
    def read(cls, name: str, folder: Path) -> OpenClip:
        """Load from a folder."""
        try:
            import open_clip
        except ImportError as problem:
            raise ArchivitError(
                f"{name}: needs open_clip and torchvision ({short(problem, 60)}): "
                "pip install 'archivit-widgets[open-clip]'"
            ) from None
        except RuntimeError as problem:  # what a torchvision built for another torch raises
            raise ArchivitError(
                f"{name}: open_clip's torchvision does not load beside torch {torch.__version__} "
                f"({short(problem, 60)}): install the build of torchvision that belongs to it"
            ) from None
        with _readable(name):
            model, pictures = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
            words = open_clip.get_tokenizer(f"local-dir:{folder}")
        return cls(name, model.to(best_device()).eval(), pictures, words)

    @torch.inference_mode()
    def images(self, given: Any) -> F32:
        """Encode pictures, (n, dims) unit rows."""
        where = next(self.model.parameters()).device
        stacks = (torch.stack([self.pictures(one) for one in part]) for part in _parts(opened(given)))
        return _rows(self.model.encode_image(stack.to(where)) for stack in stacks)

    @torch.inference_mode()
    def texts(self, given: Sequence[str]) -> F32:
        """Encode texts, (n, dims) unit rows."""
        where = next(self.model.parameters()).device
        return _rows(self.model.encode_text(self.words(part).to(where)) for part in _parts(given))


def pretrained(name_or_path: str | os.PathLike[str]) -> Transformers | OpenClip:
    """Load a checkpoint from a folder, or from the cache by its name on the hub, ``openai/clip-vit-base-patch32``.

    Raises
    ------
    ArchivitError
        It is not there, a file of it is missing, or the library that reads it; each with how to get it.
    """
    name = str(of_kind("a checkpoint", name_or_path, (str, os.PathLike), "the name of one, or a folder"))
    folder = _folder(name.removeprefix("hf-hub:"))
    kind = next((one for one in NEEDED if (folder / one).is_file()), None)
    if kind is None:
        raise ArchivitError(f"{name}: {folder} has neither {' nor '.join(NEEDED)}; {_how(name)}")
    for choice in NEEDED[kind]:
        if not any((folder / one).is_file() for one in choice):
            raise ArchivitError(f"{name}: {' or '.join(choice)} is missing in {folder}; {_how(name)}")
    return OpenClip.read(name, folder) if kind == OPEN_CLIP else Transformers.read(name, folder)


def _folder(name: str) -> Path:
    """Give the folder of a checkpoint: the one named, or that of the newest revision in the cache."""
    given = Path(name).expanduser()
    if given.is_dir():
        return given
    if given.is_absolute() or name.startswith((".", "~")) or name.count("/") != 1:
        raise ArchivitError(f"{short(name, 90)}: there is no such folder, and no name on the hub, which is owner/name")
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        raise ArchivitError(f"{name}: needs transformers: pip install 'archivit-widgets[clip]'") from None
    with _readable(name):
        kept = [try_to_load_from_cache(name, one) for one in NEEDED]
    found = next((Path(one).parent for one in kept if isinstance(one, str)), None)
    if found is None:
        raise ArchivitError(f"{name}: config.json is neither in a folder of that name nor in the cache; {_how(name)}")
    return found


def _how(name: str) -> str:
    """Say how a checkpoint is had by somebody whose machine has no network."""
    if Path(name).is_dir():
        return "copy the whole folder, weights as safetensors"
    bare = name.removeprefix("hf-hub:")
    return (
        f"where there is a network: hf download {bare} --local-dir {bare.rpartition('/')[2]}; "
        "then pass that folder, nothing is fetched from here"
    )


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say in one line what a library could not read."""
    try:
        yield
    except ArchivitError:
        raise
    except Exception as problem:  # other people's: anything may come, and the caller needs one line
        raise ArchivitError(f"{name}: cannot be read: {type(problem).__name__}: {short(problem, 160)}") from None


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part


def _rows(blocks: Iterator[Any]) -> F32:
    """Stack blocks of features as unit rows; newer versions of transformers give them beside other outputs."""
    made = [getattr(one, "pooler_output", one).float().cpu() for one in blocks]
    if not made:
        return np.empty((0, 0), np.float32)
    rows: F32 = torch.nn.functional.normalize(torch.cat(made), dim=-1).numpy().copy()
    return rows
