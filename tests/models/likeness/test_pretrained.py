"""Other people's checkpoints: tiny random ones that the test saves as each library does."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archivit_widgets import ArchivitError
from archivit_widgets.models.clip import Clip

IMAGES = [Image.new("RGB", (50, 40), colour) for colour in ("red", "navy")]
TEXTS = ["a red square", "Navy"]


@pytest.fixture(autouse=True)
def _nothing_from_the_network(monkeypatch):
    import socket

    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def letters():
    """A vocabulary of single letters, as CLIP's tokenizer writes it."""
    names = [*map(chr, range(33, 127)), *(chr(one) + "</w>" for one in range(33, 127))]
    return {name: row for row, name in enumerate([*names, "<|startoftext|>", "<|endoftext|>"])}


SIDES = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory):
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("clip")
    known = letters()
    ends = {"bos_token_id": len(known) - 2, "eos_token_id": len(known) - 1, "pad_token_id": len(known) - 1}
    config = transformers.CLIPConfig(
        text_config={**SIDES, "vocab_size": len(known), "max_position_embeddings": 12, **ends},
        vision_config={**SIDES, "image_size": 16, "patch_size": 8},
        projection_dim=12,
    )
    transformers.CLIPModel(config).save_pretrained(folder)
    transformers.CLIPTokenizer(vocab=known, merges=[]).save_pretrained(folder)
    size = {"height": 16, "width": 16}
    transformers.CLIPImageProcessor(size={"shortest_edge": 16}, crop_size=size).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=["siglip", "siglip2"])
def siglip_folder(request, tmp_path_factory):
    """SigLIP 2 of fixed sizes is a `SiglipModel`; that of free ones a `Siglip2Model`."""
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    folder = tmp_path_factory.mktemp(request.param)
    sides = {**SIDES, "vocab_size": 40, "max_position_embeddings": 12, "projection_size": 16}
    if request.param == "siglip":
        config = transformers.SiglipConfig(
            text_config=sides, vision_config={**SIDES, "image_size": 16, "patch_size": 8}
        )
        model, size = transformers.SiglipModel(config), {"height": 16, "width": 16}
        pictures = transformers.SiglipImageProcessor(size=size)
    else:
        config = transformers.Siglip2Config(
            text_config=sides, vision_config={**SIDES, "num_patches": 16, "patch_size": 8}
        )
        model = transformers.Siglip2Model(config)
        pictures = transformers.Siglip2ImageProcessor(patch_size=8, max_num_patches=16)
    model.save_pretrained(folder)
    pictures.save_pretrained(folder)
    known = {"<pad>": 0, "<unk>": 1, **{chr(one): one - 95 for one in range(97, 123)}}
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(known, unk_token="<unk>"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    words = transformers.PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", unk_token="<unk>")
    words.save_pretrained(folder)
    return folder


def check(folder):
    clip = Clip.pretrained(folder, IMAGES)
    rows, told = clip.encode_images(IMAGES), clip.encode_texts(TEXTS)
    assert rows.shape == told.shape == (2, rows.shape[1])
    for one in (rows, told):
        assert one.dtype == np.float32
        assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    assert not np.allclose(rows[0], rows[1])
    assert not np.allclose(told[0], told[1])
    assert np.allclose(clip.encode_images([np.asarray(IMAGES[0])]), rows[:1], atol=1e-6)
    assert np.allclose(clip.encode_texts(TEXTS[1:]), told[1:], atol=1e-5)  # beside a longer one or alone
    assert clip.search("red")["row"].tolist() in ([0, 1], [1, 0])
    assert np.allclose(Clip.pretrained(str(folder)).encode_texts(TEXTS), told)
    rows[...] = 0
    return clip


def test_clip_of_transformers(clip_folder, tmp_path):
    clip = check(clip_folder)
    with pytest.raises(ArchivitError, match="keep its folder"):
        clip.save(tmp_path / "one.safetensors")
    expected = clip.encoder.model.get_text_features(**clip.encoder.words(["red"], return_tensors="pt"))
    expected = getattr(expected, "pooler_output", expected).detach().numpy()[0]
    assert np.allclose(clip.encode_texts(["red"])[0], expected / np.linalg.norm(expected), atol=1e-5)
    assert clip.encode_texts(["x" * 90]).shape == (1, 12)


def test_siglip_of_transformers(siglip_folder):
    clip = check(siglip_folder)
    assert np.allclose(clip.encode_texts(["NAVY"]), clip.encode_texts(["navy"]))


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json"])
def test_a_missing_file_is_named(clip_folder, tmp_path, file):
    for one in Path(clip_folder).iterdir():
        if one.name != file:
            (tmp_path / one.name).write_bytes(one.read_bytes())
    with pytest.raises(ArchivitError, match=rf"{file}.*copy the whole folder"):
        Clip.pretrained(tmp_path)


def test_a_name_that_is_not_in_the_cache_says_how_to_get_it(tmp_path, monkeypatch):
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ArchivitError, match=r"config\.json is neither .* hf download nobody/nothing --local"):
        Clip.pretrained("nobody/nothing")
    with pytest.raises(ArchivitError, match="there is no such folder, and no name on the hub"):
        Clip.pretrained(tmp_path / "none")


def test_a_name_in_the_cache_is_read_from_there(clip_folder, tmp_path, monkeypatch):
    hub = pytest.importorskip("huggingface_hub")
    home = tmp_path / "models--someone--clip"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("0" * 40)
    (home / "snapshots").mkdir()
    (home / "snapshots" / ("0" * 40)).symlink_to(clip_folder)
    monkeypatch.setattr(hub.file_download, "HF_HUB_CACHE", str(tmp_path), raising=False)
    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert Clip.pretrained("someone/clip").encode_texts(["red"]).shape == (1, 12)


def test_damaged_weights_are_one_line(clip_folder, tmp_path):
    for one in Path(clip_folder).iterdir():
        (tmp_path / one.name).write_bytes(one.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 50)
    with pytest.raises(ArchivitError, match="cannot be read") as problem:
        Clip.pretrained(tmp_path)
    assert "\n" not in str(problem.value)


def test_a_model_without_both_towers_is_refused(tmp_path, clip_folder):
    transformers = pytest.importorskip("transformers")
    transformers.BertModel(transformers.BertConfig(**SIDES, vocab_size=30)).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"):
        (tmp_path / name).write_bytes((Path(clip_folder) / name).read_bytes())
    with pytest.raises(ArchivitError, match=r"BertModel, which does not read both|cannot be read"):
        Clip.pretrained(tmp_path)


def test_open_clip(tmp_path):
    try:
        import open_clip
    except (ImportError, RuntimeError) as problem:
        pytest.skip(f"open_clip needs a torchvision that loads beside this torch: {problem}")
    from safetensors.torch import save_file

    towers = {
        "embed_dim": 12,
        "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "patch_size": 8, "head_width": 8},
        "text_cfg": {"context_length": 12, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    }
    save_file(open_clip.CLIP(**towers).state_dict(), tmp_path / "open_clip_model.safetensors")
    about = {"model_cfg": towers, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(about))
    check(tmp_path)


def test_without_open_clip_the_extra_is_named(tmp_path, monkeypatch):
    import sys

    (tmp_path / "open_clip_config.json").write_text("{}")
    with pytest.raises(ArchivitError, match=r"open_clip_model\.safetensors is missing"):
        Clip.pretrained(tmp_path)
    (tmp_path / "open_clip_model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(ArchivitError, match=r"archivit-widgets\[open-clip\]"):
        Clip.pretrained(tmp_path)
