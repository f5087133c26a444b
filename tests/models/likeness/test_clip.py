"""Pictures and words in one space: what is found, what comes back from a file, and what is refused."""

import io
import re
import warnings

import numpy as np
import pytest
from PIL import Image

from archivit_widgets import ArchivitError
from archivit_widgets.models.clip import Clip
from archivit_widgets.sources.artworks import nouns

from ...data import real

PLACES = ("left", "right", "top", "bottom")
COLOURS = {"red": (220, 40, 30), "green": (30, 160, 60), "blue": (40, 60, 220), "yellow": (240, 210, 40)}


def blocks(count, seed=0):
    """A coloured half on white, and which."""
    rng = np.random.default_rng(seed)
    images, captions = [], []
    for _ in range(count):
        place, colour = rng.choice(PLACES), rng.choice(list(COLOURS))
        picture = np.full((16, 16, 3), 255, np.uint8)
        half = {"left": np.s_[:, :8], "right": np.s_[:, 8:], "top": np.s_[:8], "bottom": np.s_[8:]}[place]
        picture[half] = np.clip(np.array(COLOURS[colour]) + rng.integers(-12, 13, 3), 0, 255)
        images.append(picture)
        captions.append(f"{colour} colour, {place} half")
    return images, captions


def small(steps=60, seed=0, count=96):
    images, captions = blocks(count)
    return Clip.fit(images, captions, size=16, width=64, dims=32, steps=steps, batch=48, seed=seed, progress=False)


@pytest.fixture(scope="module")
def clip():
    return small()


def test_a_text_finds_what_it_names(clip):
    images, captions = blocks(200, seed=1)
    over = clip.over(images)
    for query in ("red colour, left half", "blue", "top half", "bottom"):
        rows = over.search(query, 5)["row"]
        for word in query.replace(",", "").split():
            assert all(word in captions[row] for row in rows), (query, [captions[row] for row in rows])


def test_a_picture_finds_pictures_like_it(clip):
    images, captions = blocks(200, seed=1)
    found = clip.over(images).search(Image.fromarray(images[3]), 4)
    assert found["row"][0] == 3 or captions[found["row"][0]] == captions[3]
    assert {captions[row] for row in found["row"]} == {captions[3]}
    assert found["score"].is_monotonic_decreasing


def test_embeddings_are_unit_rows_of_float32_that_may_be_written(clip):
    images, captions = blocks(5)
    for rows in (clip.encode_images(images), clip.encode_texts(captions)):
        assert rows.shape == (5, 32)
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        rows[...] = 0
    assert clip.encode_images([]).shape == (0, 32)


def test_pictures_of_any_size_and_mode_are_the_same_picture(clip):
    small = blocks(1)[0][0]
    large = Image.fromarray(small).resize((160, 160), Image.Resampling.NEAREST)
    opaque = np.dstack([small, np.full((16, 16), 255, np.uint8)])
    given = [small, large, np.asarray(large), opaque, Image.fromarray(opaque), large.quantize(8)]
    rows = clip.encode_images(given)
    assert np.allclose(rows[0], rows[:5], atol=1e-6)
    assert rows[0] @ rows[5] > 0.99
    assert np.allclose(clip.encode_images(np.stack([small, small])), rows[:2], atol=1e-6)


def test_what_is_transparent_lies_over_mid_grey(clip):
    clear = np.zeros((16, 16, 4), np.uint8)
    half = np.dstack([np.full((16, 16, 3), 255, np.uint8), np.full((16, 16), 128, np.uint8)])
    grey, light = np.full((16, 16, 3), 128, np.uint8), np.full((16, 16, 3), 192, np.uint8)
    rows = clip.encode_images([clear, grey, half, light, np.full((16, 16), 128, np.uint8)])
    assert np.allclose(rows[0], rows[1], atol=1e-6)
    assert np.allclose(rows[2], rows[3], atol=1e-2)
    assert np.allclose(rows[4], rows[1], atol=1e-6)


def test_a_picture_that_breaks_off_is_named(clip):
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)).save(whole, "PNG")
    broken = Image.open(io.BytesIO(whole.getvalue()[:400]))
    with pytest.raises(ArchivitError, match="image 1: cannot be read: "):
        clip.encode_images([blocks(1)[0][0], broken])


def test_equal_seeds_give_equal_models():
    images, _ = blocks(3)
    one, same, other = (small(4, seed, 32).encode_images(images) for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_what_was_saved_comes_back(clip, tmp_path):
    images, captions = blocks(4)
    clip.save(tmp_path / "one.safetensors")
    back = Clip.load(tmp_path / "one.safetensors")
    assert np.array_equal(back.encode_images(images), clip.encode_images(images))
    assert np.array_equal(back.encode_texts(captions), clip.encode_texts(captions))
    assert back.search("red").equals(clip.search("red"))


def test_a_file_that_was_tampered_with_is_refused(clip, tmp_path):
    from archivit_widgets.models import stored

    clip.save(tmp_path / "one.safetensors")
    config, arrays = stored.load(tmp_path / "one.safetensors", "Clip")
    for changed, kept, match in (
        ({**config, "size": 10**9}, arrays, "size must be a whole number from 8 to 4,096"),
        ({**config, "size": 4096, "width": 4096}, arrays, r"image\.place\.weight"),
        ({**config, "features": "red"}, arrays, "features must be a list"),
        ({**config, "features": config["features"][:-1]}, arrays, r"text\.word\.weight"),
        (config, {**arrays, "gallery": arrays["gallery"][:, :3]}, "gallery"),
        (config, {**arrays, "scale": np.full(1, np.nan, np.float32)}, "not finite"),
    ):
        stored.save(tmp_path / "two.safetensors", "Clip", changed, kept)
        with pytest.raises(ArchivitError, match=match):
            Clip.load(tmp_path / "two.safetensors")


def test_what_cannot_be_fitted_is_named():
    images, captions = blocks(4)
    for wrong, texts, match in (
        (images, captions[:3], "4 images and 3 texts"),
        ([*images[:3], images[0] / 255], captions, "image 3: found an array of float64, .*astype"),
        ([*images[:3], None], captions, "image 3: found None"),
        (images[0], captions, "series of pictures, found one"),
        (images, "red", "texts must be a series of texts, found 'red'"),
        (images, [*captions[:3], 7], "number 3 must be a text, found 7"),
        (images, [*captions[:3], "?"], "text 3 has no words"),
        (images[:1], captions[:1], "found 1 image; nothing"),
    ):
        with pytest.raises(ArchivitError, match=match):
            Clip.fit(wrong, texts, steps=1, progress=False)
    with pytest.raises(ArchivitError, match="multiple of 4, found 30"):
        Clip.fit(images, captions, size=30)


def test_what_cannot_be_searched_is_named(clip):
    with pytest.raises(ArchivitError, match=r"no word of 'xylophone' is among those of the captions, .* such as"):
        clip.search("xylophone")
    with pytest.raises(ArchivitError, match="found neither"):
        clip.search(7)
    with pytest.raises(ArchivitError, match="give them by"):
        clip.over([]).search("red")


def test_a_word_that_is_not_known_is_named(clip):
    for ask in (clip.search, clip.asked):
        with pytest.warns(UserWarning, match="are left out: zebra, lion; 2 of 4 words are known$") as told:
            found = ask("red colour, zebra lion lion")
        assert told[0].filename == __file__
        assert "\n" not in str(told[0].message)
        assert np.array_equal(found, ask("red colour"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clip.search("Left HALF, red")
        with pytest.raises(ArchivitError, match="no word of 'zebra'"):
            clip.search("zebra")


def test_a_model_says_in_a_line_what_it_is(clip):
    assert re.fullmatch(
        r"Clip\(fitted to \d+ words and pairs, pictures of 16 x 16 pixels; 96 works to search in 32 dimensions\)",
        repr(clip),
    )
    assert repr(clip.over([])).endswith("; 0 works to search)")


def test_nouns_never_seen_are_told_apart():
    works = nouns(real("nouns/image-data.json"), 2_100)
    seen, unseen = works[:2_000], works[2_000:]
    clip = Clip.fit(seen.images, seen.captions, width=192, dims=128, steps=140, batch=96, progress=False)
    cosines = clip.encode_texts(unseen.captions) @ clip.encode_images(unseen.images).T
    assert (cosines.argmax(1) == np.arange(100)).mean() >= 0.8


def test_captions_of_more_words_than_are_kept_are_no_error(monkeypatch):
    monkeypatch.setattr("archivit_widgets.models.likeness.words.MOST_FEATURES", 2)
    images, _ = blocks(6)
    clip = Clip.fit(images, ["red", "red", "blue", "blue", "ochre", "teal"], size=16, width=16, steps=2, progress=False)
    assert clip.encoder.vocabulary.names == ("red", "blue")
    assert np.isfinite(clip.gallery).all()
    with pytest.raises(ArchivitError, match="no word of 'teal'"):
        clip.search("teal")
