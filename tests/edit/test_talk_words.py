from __future__ import annotations

import pytest
from rushes.edit.talk_words import Said, filler_places, fillers_for, words_of

LISTS = {"en": ("um", "uh", "you know"), "de": ("äh",), "pt_br": ("né",)}


def said(*texts: str) -> list[Said]:
    return [Said(start_s=float(at), end_s=at + 1.0, text=text) for at, text in enumerate(texts)]


def test_words_have_no_case_and_no_punctuation():
    assert words_of(" Um, you KNOW... don\u2019t!") == ("um", "you", "know", "don't")


def test_fillers_are_found_however_they_are_written():
    assert filler_places(said("Um,", "so", "UH...", "umbrella", "um-hum"), LISTS["en"]) == {0, 2}


def test_a_phrase_may_run_over_several_words():
    assert filler_places(said("and", "you", "know,", "I", "you", "knew"), LISTS["en"]) == {1, 2}


def test_a_cue_is_a_filler_only_where_all_of_it_is():
    assert filler_places(said("um, uh", "um yes", "..."), LISTS["en"]) == {0}


def test_nothing_is_a_filler_without_a_list():
    assert filler_places(said("um"), ()) == frozenset()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", LISTS["en"]),
        ("en-GB", LISTS["en"]),
        ("English", LISTS["en"]),
        ("DE", ("äh",)),
        ("pt-BR", ("né",)),
        ("fr", ()),
        ("", ()),
    ],
)
def test_a_language_has_its_own_fillers(language, words):
    assert fillers_for(language, LISTS) == words
