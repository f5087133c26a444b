"""Artworks: Nouns as their parts say, generated ones as their captions say."""

import json

import numpy as np
import pytest

from archivit_widgets import ArchivitError
from archivit_widgets.sources.art.generator import STYLES
from archivit_widgets.sources.artworks import generate, nouns

from ..data import real

NOUNS = "nouns/image-data.json"


def tiny(tmp_path, **changed):
    """A file with one part of each kind: a square of four pixels, or a run of two in a box of three."""
    square = {"data": "0x000304040202010201"}
    data = {
        "palette": ["", "ff0000", "00ff00"],
        "bgcolors": ["000000", "ffffff"],
        "images": {
            "bodies": [{"filename": "body-gold", **square}],
            "accessories": [{"filename": "accessory-none", "data": "0x0000000000"}, {"filename": "body-x", **square}],
            "heads": [{"filename": "head-shark-B", "data": "0x00000a00070102" + "0200"}],
            "glasses": [{"filename": "glasses-hip-rose", **square}],
        },
        **changed,
    }
    file = tmp_path / "image-data.json"
    file.write_text(json.dumps(data))
    return file


def test_runs_fill_a_box_row_by_row(tmp_path):
    from archivit_widgets.sources.art.nouns import read_parts

    parts = read_parts(tiny(tmp_path))
    assert parts.combinations == 4
    head = parts.layers["head"][0]
    assert head[0, 7].tolist() == [0, 255, 0, 255]
    assert head[..., 3].sum() == 255  # the other two are transparent
    assert parts.caption(np.array([[0, 0, 0, 0, 1], [0, 0, 1, 0, 0]])) == [
        "shark b head, hip rose glasses, none accessory, gold body, warm background",
        "shark b head, hip rose glasses, x accessory, gold body, cool background",
    ]
    picture = parts.paint(np.array([[0, 0, 0, 0, 1]]))[0]
    assert picture[31, 31].tolist() == [255, 255, 255]
    assert picture[0, 7].tolist() == [0, 255, 0]
    assert picture[3, 2].tolist() == [255, 0, 0]


def test_a_file_of_something_else_is_named(tmp_path):
    for changed in ({"palette": ["", "red"]}, {"images": {}}, {"images": 3}):
        with pytest.raises(ArchivitError, match="is not the image data of Nouns"):
            nouns(tiny(tmp_path, **changed), 1)
    (tmp_path / "other.json").write_text("[")
    with pytest.raises(ArchivitError, match="is not the image data of Nouns"):
        nouns(tmp_path / "other.json")
    for text, match in (
        ("{}", "Nouns: there is no 'palette' in it"),
        ("[1]", "Nouns, an object of palette, bgcolors and images"),
    ):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(ArchivitError, match=match):
            nouns(tmp_path / "other.json")
    with pytest.raises(ArchivitError, match=r"none\.json: cannot be read: No such file"):
        nouns(tmp_path / "none.json")
    with pytest.raises(ArchivitError, match="count must be"):
        nouns(tiny(tmp_path), 5)


def test_nouns_are_different_and_a_longer_series_begins_like_a_shorter_one():
    works, more = nouns(real(NOUNS), 300), nouns(real(NOUNS), 900)
    assert works.images.shape == (300, 32, 32, 3)
    assert np.array_equal(works.images, more.images[:300])
    assert len(set(more.captions)) == 900
    assert works.captions == more.captions[:300]
    assert not np.array_equal(works.images, nouns(real(NOUNS), 300, seed=1).images)
    assert len(np.unique(more.traits["head"].cat.codes)) > 230
    assert all(head in caption for head, caption in zip(more.traits["head"], more.captions, strict=True))
    assert set(np.unique(works.images[:, 0, 0, 0])) == {0xD5, 0xE1}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_draws_something_of_its_own(style):
    works = generate(4, seed=3, size=48, styles=[style])
    assert works.images.shape == (4, 48, 48, 3)
    assert works.images.dtype == np.uint8
    assert all(image.std() > 8 for image in works.images)
    assert all(caption.startswith(style) for caption in works.captions)


def test_generated_works_come_again():
    works = generate(20, seed=1, size=32)
    again = generate(30, seed=1, size=32)[:20]
    assert np.array_equal(works.images, again.images)
    assert works.captions == again.captions
    assert works.traits.equals(again.traits)
    assert not np.array_equal(works.images, generate(20, seed=2, size=32).images)
    assert len(generate(0)) == 0
    assert len(works[np.array([3, 4])]) == 2


def test_one_work_is_a_collection_of_one():
    works = generate(3, seed=1, size=16)
    assert [one.captions for one in works] == [(caption,) for caption in works.captions]
    assert works[-1].images.shape == (1, 16, 16, 3)
    assert works[-1].traits.equals(works[2:].traits)
    assert repr(works[0]) == "Artworks(1 work of 16 x 16 pixels; style, palette, scale, ground)"
    with pytest.raises(IndexError):
        works[3]


def test_no_works_and_a_style_twice(tmp_path):
    assert nouns(tiny(tmp_path), 0).images.shape == (0, 32, 32, 3)
    twice = generate(3, size=16, styles=["stained glass", "ridge lines", "stained glass"])
    assert twice.captions == generate(3, size=16, styles=["stained glass", "ridge lines"]).captions


def test_a_caption_says_what_the_traits_say():
    works = generate(12, seed=4, size=16)
    for caption, row in zip(works.captions, works.traits.itertuples(), strict=True):
        assert caption == f"{row.style}, {row.palette} palette, {row.scale}, {row.ground} ground"


def test_wrong_styles_are_named():
    with pytest.raises(ArchivitError, match="no style 'cubism'; the styles are flow field"):
        generate(1, styles=["cubism"])
    with pytest.raises(ArchivitError, match="styles must be a list of names, found 3"):
        generate(1, styles=3)
    with pytest.raises(ArchivitError, match="there is no style 3; the styles are"):
        generate(1, styles=[3])
    with pytest.raises(ArchivitError, match="styles is empty"):
        generate(1, styles=[])
    with pytest.raises(ArchivitError, match="size must be"):
        generate(1, size=4)
