"""Styles: found by form, named by captions, not misled by colours."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from archivit_widgets import ArchivitError
from archivit_widgets.models.likeness.forms import colours, forms
from archivit_widgets.models.styles import styles
from archivit_widgets.sources.artworks import generate


@pytest.fixture(scope="module")
def works():
    return generate(320, seed=2, size=64, styles=["truchet tiles", "layered hills", "ridge lines", "divided plane"])


def clouds(seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(6), 40)
    return rng.normal(0, 0.1, (240, 5)) + rng.normal(0, 3, (6, 5))[truth], truth


def test_styles_of_generated_works_are_found_and_named(works):
    truth = works.traits["style"]
    found = styles(forms(works.images), works.captions)
    assert adjusted_rand_score(truth.cat.codes, found.label) >= 0.9
    assert sorted(found.names) == sorted(truth.unique())
    assert all(found.names[found.label[row]] == truth[row] for row in found.table.index if found.label[row] >= 0)
    by_colour = styles(colours(works.images), works.captions)
    assert adjusted_rand_score(truth.cat.codes, by_colour.label) < 0.5


def test_parts_of_one_name_are_one_style():
    rows, truth = clouds()
    captions = [f"{'even' if one % 2 == 0 else 'odd'} kind, number {row}" for row, one in enumerate(truth)]
    found = styles(rows, captions)
    assert sorted(found.names) == ["even kind", "odd kind"]
    assert adjusted_rand_score(truth % 2, found.label) == 1
    assert found.table["precision"].tolist() == [1, 1]
    assert found.table["recall"].tolist() == [1, 1]
    assert found.table["works"].sum() == len(rows)


def test_works_without_captions_are_in_the_group_of_those_they_look_like():
    rows, truth = clouds()
    captions = ["even kind" if one % 2 == 0 else "odd kind" for one in truth]
    some = np.random.default_rng(0).random(240) < 0.5
    given = [None if missing else text for missing, text in zip(some, captions, strict=True)]
    found = styles(rows, given)
    assert [found.names[one] for one in found.label] == captions
    alone = styles(rows, [text if one != 5 else None for text, one in zip(captions, truth, strict=True)])
    assert (alone.label[truth == 5] == -1).all()
    assert (alone.label[truth != 5] >= 0).all()


@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
def test_without_captions_clusters_stand_under_numbers(method):
    rows, truth = clouds()
    settings = {"method": method} if method == "hdbscan" else {"method": method, "groups": 6}
    found = styles(rows, **settings)
    some = found.label >= 0
    assert some.mean() > 0.5
    assert found.names[0] == "style 1"
    if method == "kmeans":
        assert adjusted_rand_score(truth, found.label) == 1
    assert np.array_equal(found.label, styles(rows, **settings).label)


@pytest.mark.parametrize("captions", [None, ["a style"] * 60, [None] * 60])
def test_where_all_lie_alone_there_is_no_group(captions):
    found = styles(np.random.default_rng(0).normal(size=(60, 8)), captions, method="hdbscan")
    assert (found.label == -1).all()
    assert found.names == ()
    assert list(found.table) == ["style", "works", "precision", "recall"]
    assert found.table.empty


@pytest.mark.parametrize("missing", [None, "", np.nan, pd.NA, "?"])
def test_without_any_caption_no_group_has_a_name(missing):
    rows, truth = clouds()
    found = styles(rows, [missing] * 240)
    assert (found.label == -1).all()
    assert found.names == ()
    told = pd.Series(np.where(truth % 2, "odd kind", "even kind"), dtype=object)
    told[::7] = missing
    assert adjusted_rand_score(truth % 2, styles(rows, told).label) == 1


def test_forms_do_not_see_which_colours():
    works = generate(12, seed=1, size=64)
    turned = forms([*works.images, *works.images[..., ::-1], *(255 - works.images)])
    assert np.allclose(turned[:12], turned[12:24], atol=1e-3)
    assert np.allclose(turned[:12], turned[24:], atol=1e-3)
    assert forms([]).shape == (0, 60)
    assert colours([]).shape == (0, 64)
    assert colours(works.images).shape == (12, 64)
    assert np.isfinite(forms([np.zeros((8, 8), np.uint8)] * 2)).all()


@pytest.mark.filterwarnings("error")
def test_as_many_groups_as_works_differ():
    alike, two = np.ones((30, 4)), np.repeat(np.eye(2), 15, axis=0)
    assert styles(alike, groups=3).names == ("style 1",)
    assert styles(alike, ["red"] * 30).names == ("red",)
    assert (styles(alike, method="hdbscan").label == -1).all()
    assert adjusted_rand_score(two[:, 0], styles(two, groups=3).label) == 1


def test_wrong_works_are_named():
    rows, _ = clouds()
    for given, captions, more, match in (
        (rows, ["a"], {}, "240 embeddings and 1 captions"),
        (rows, None, {}, "pass groups=9"),
        (rows, None, {"method": "ward"}, "no method 'ward'; the methods are kmeans, hdbscan"),
        (rows * np.nan, None, {}, "finite"),
        (rows * 1e200, None, {"groups": 3}, r"finite numbers, at most 1e\+100"),
        ("works", None, {}, "embeddings must be finite numbers"),
        (rows[:, :0], None, {"groups": 3}, "embeddings must be finite numbers"),
        (rows, None, {"groups": 241}, "groups"),
        (rows, None, {"groups": 3, "method": "hdbscan"}, "groups is of k-means: HDBSCAN finds the number itself"),
        (rows[:2], None, {"method": "hdbscan"}, "found 2 works; HDBSCAN needs 5 or more"),
        ([[1], [1, 2]], None, {"groups": 1}, "found lists of unequal lengths"),
        (rows, 3, {}, "captions must be a series of texts, found 3"),
        (rows, [[1]] * 240, {}, "captions: number 0 must be a text, found a list"),
    ):
        with pytest.raises(ArchivitError, match=match):
            styles(given, captions, **more)
