"""Nearest works, hubs, copies."""

import sys

import numpy as np
import pytest
from PIL import Image

from archivit_widgets import ArchivitError
from archivit_widgets.models.similar import Similarity, copies


@pytest.fixture
def vectors():
    return np.random.default_rng(0).standard_normal((300, 16)).astype(np.float32)


def csls(rows, around):
    """CSLS in plain words."""
    cosine = rows @ rows.T
    off = np.where(np.eye(len(rows), dtype=bool), -np.inf, cosine)
    density = np.sort(off, axis=1)[:, -around:].mean(axis=1)
    return np.where(np.eye(len(rows), dtype=bool), -np.inf, 2 * cosine - density - density[:, None])


def test_cosines_are_those_of_brute_force(vectors):
    alike = Similarity(vectors, csls=False)
    rows, scores = alike.nearest(np.arange(300), 5)
    table = alike.embeddings @ alike.embeddings.T
    np.fill_diagonal(table, -2)
    assert np.array_equal(rows, np.argsort(-table, axis=1, kind="stable")[:, :5])
    assert np.allclose(scores, np.sort(table, axis=1)[:, ::-1][:, :5], atol=1e-6)


def test_csls_is_that_of_brute_force(vectors):
    alike = Similarity(vectors, around=10)
    rows, scores = alike.nearest(np.arange(300), 3)
    truth = csls(alike.embeddings, 10)
    assert np.allclose(scores, np.take_along_axis(truth, rows, axis=1), atol=1e-5)
    assert (rows[:, 0] == truth.argmax(axis=1)).mean() > 0.97  # it chooses among the nearest by cosine


def test_a_hub_is_found_less_often(vectors):
    hub = np.vstack([vectors + 2, np.full((1, 16), 2, np.float32)])  # the mean of all is near to each
    often = [np.mean(Similarity(hub, csls=one).nearest(np.arange(300), 5)[0] == 300) for one in (False, True)]
    assert often[1] < often[0] / 2


def test_vectors_find_works(vectors):
    rows, _ = Similarity(vectors).nearest(vectors[:4] * 3, 1)
    assert rows[:, 0].tolist() == [0, 1, 2, 3]


def test_a_graph_of_neighbours_finds_what_all_cosines_find(vectors):
    pytest.importorskip("faiss")
    exact = Similarity(vectors, exact=True).nearest(np.arange(300), 5)[0]
    walked = Similarity(vectors, exact=False).nearest(np.arange(300), 5)[0]
    assert (exact == walked).mean() > 0.97


def test_a_graph_of_neighbours_comes_again(vectors):
    pytest.importorskip("faiss")
    one, again = (Similarity(vectors, exact=False).nearest(np.arange(300), 5) for _ in range(2))
    assert np.array_equal(one[0], again[0])
    assert np.array_equal(one[1], again[1])


def test_without_faiss_the_extra_is_named(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ArchivitError, match=r"archivit-widgets\[faiss\]"):
        Similarity(vectors, exact=False).nearest([0])


def test_few_works_and_twins():
    twins = np.ones((3, 4), np.float32)
    rows, scores = Similarity(twins).nearest([0, 1, 2], 5)
    assert [sorted(row) for row in rows.tolist()] == [[1, 2], [0, 2], [0, 1]]
    assert np.allclose(scores, 0, atol=1e-6)


def test_wrong_works_are_named(vectors):
    for wrong, match in (
        (np.zeros((2, 3)), "embedding 0 is zero"),
        (np.array([[1, np.nan]]), "embedding 0 is zero, not finite"),
        ([[1], [1, 2]], "embeddings must be rows of equal length, found lists of unequal lengths"),
        (np.ones(3), r"found an array of float64 \(3,\)"),
        ("x", "found 'x'"),
    ):
        with pytest.raises(ArchivitError, match=match):
            Similarity(wrong)
    with pytest.raises(ArchivitError, match="there is no work 300"):
        Similarity(vectors).nearest([300])
    with pytest.raises(ArchivitError, match=r"vectors \(m, 16\)"):
        Similarity(vectors).nearest(np.ones((2, 3)))
    with pytest.raises(ArchivitError, match="works must be rows of equal length"):
        Similarity(vectors).nearest([[1], [1, 2]])
    with pytest.raises(ArchivitError, match=r"embedding 0 is zero, not finite or larger than 1e\+100"):
        Similarity(vectors.astype(float) * 1e200)
    for wrong, said in (
        ({"csls": "no"}, "csls must be True or False"),
        ({"exact": "x"}, "exact must be True, False or"),
    ):
        with pytest.raises(ArchivitError, match=said):
            Similarity(vectors, **wrong)
    for asked in ([0], np.ones((1, 16))):
        with pytest.raises(ArchivitError, match="this Similarity is empty"):
            Similarity(vectors[:0]).nearest(asked)
    assert copies([]).empty


def test_a_similarity_says_in_a_line_what_it_is(vectors):
    assert repr(Similarity(vectors)) == "Similarity(300 works, 16 dimensions, exact, CSLS of 10)"
    assert repr(Similarity(vectors[:1], csls=False, exact=False)) == "Similarity(1 work, 16 dimensions, HNSW, cosine)"


def test_pictures_of_one_colour_are_copies_of_that_colour():
    black, blue, navy = (np.full((40, 40, 3), one, np.uint8) for one in ((0, 0, 0), (20, 30, 200), (20, 30, 199)))
    pairs = copies([black, black])
    assert pairs.to_dict("records") == [{"row": 0, "other": 1, "bits": 0, "alike": 1.0}]
    found = copies([black, blue, navy, blue[:9, :9], black + 255])
    assert found.to_dict("records") == [{"row": 1, "other": 3, "bits": 0, "alike": 1.0}]


def test_copies_are_found():
    rng = np.random.default_rng(0)
    works = [Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((64, 64), 0) for _ in range(30)]
    again = works[3].resize((200, 200)), works[4].point(lambda x: int(0.9 * x + 10)), works[5].rotate(90)
    found = copies([*works, *again])
    assert set(zip(found["row"], found["other"], strict=True)) == {(3, 30), (4, 31)}
    assert found["alike"].min() > 0.97
    assert found["alike"].is_monotonic_decreasing
    assert copies(works[:1]).empty
    assert len(copies([*works, works[0]], bits=0, alike=1 - 1e-4)) == 1


def test_pictures_that_share_their_shapes_are_no_copies():
    shape = np.zeros((32, 32, 3), np.uint8)
    shape[4:20, 6:26] = 200
    other = shape.copy()
    other[20:28, 10:22] = 150
    assert copies([shape, other], bits=384).empty
    assert len(copies([shape, other], bits=384, alike=0)) == 1
