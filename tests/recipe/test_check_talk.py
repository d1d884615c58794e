from __future__ import annotations

from recipe_samples import Folder
from rushes.analyze.table import ANALYZERS

HEAD = "schema: rushes/recipe@1\n"
SPEECH = "analyzers: {speech: {}}\n"


def test_an_edit_of_talk_needs_neither_a_score_nor_a_song(folder: Folder) -> None:
    text = HEAD + SPEECH + "edit: {talk: {}, sound: {clips: only}}\n"
    resolved = folder.load(text, analyzers=ANALYZERS)
    assert resolved.problems == ()
    assert resolved.recipe.edit is not None and resolved.recipe.edit.talk is not None


def test_talk_that_nobody_listens_to_is_told(folder: Folder) -> None:
    text = HEAD + "edit: {talk: {}, sound: {clips: only}}\n"
    assert folder.problems(text, analyzers=ANALYZERS) == (
        "r.yaml:2:8: edit.talk keeps what is said, but no analyzer listens\n"
        "    fix: add speech: {} to analyzers, or transcript: {}"
    )


def test_fillers_without_transcripts_are_told(folder: Folder) -> None:
    text = HEAD + SPEECH + "edit: {talk: {fillers: {en: [um]}}, sound: {clips: only}}\n"
    assert folder.problems(text, analyzers=ANALYZERS) == (
        "r.yaml:3:15: edit.talk.fillers are found in transcripts, but the analyzer transcript is not switched on\n"
        "    fix: add transcript: {} to analyzers, or take fillers away"
    )


def test_talk_that_is_not_heard_is_a_warning(folder: Folder) -> None:
    resolved = folder.load(HEAD + SPEECH + "edit: {talk: {}}\n", analyzers=ANALYZERS)
    (problem,) = resolved.problems
    assert str(problem) == (
        "r.yaml:3:8: edit.talk keeps what is said, but edit.sound.clips is none, so it is not heard\n"
        "    fix: write sound: {clips: only}"
    )


def test_numbers_of_talk_have_limits(folder: Folder) -> None:
    text = HEAD + SPEECH + "edit: {talk: {punch_in: {scale: 1}, pad_after_s: -1s}}\n"
    said = folder.problems(text, analyzers=ANALYZERS)
    assert "r.yaml:3:33: " in said and "pad_after_s" in said


def test_talk_and_its_punch_in_may_be_switched_off(folder: Folder) -> None:
    text = HEAD + SPEECH + "edit: {talk: {punch_in: null}, sound: {clips: only}}\n"
    edit = folder.load(text, analyzers=ANALYZERS).recipe.edit
    assert edit is not None and edit.talk is not None and edit.talk.punch_in is None
