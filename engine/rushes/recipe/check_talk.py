"""What an edit of talk needs."""

from __future__ import annotations

from collections.abc import Mapping

from rushes.recipe.facts import Facts
from rushes.recipe.schema import AnalyzerLike

_HEAR = ("speech", "transcript")
_TALK = ("edit", "talk")


def check_talk(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    """declared: the analyzers that are switched on."""
    if not any(name in declared for name in _HEAR) and facts.is_sound("analyzers"):
        what = "edit.talk keeps what is said, but no analyzer listens"
        facts.error(facts.key_place(*_TALK), what, "add speech: {} to analyzers, or transcript: {}")
    if facts.keys(*_TALK, "fillers") and "transcript" not in declared and facts.is_sound("analyzers"):
        what = "edit.talk.fillers are found in transcripts, but the analyzer transcript is not switched on"
        facts.error(
            facts.key_place(*_TALK, "fillers"), what, "add transcript: {} to analyzers, or take fillers away"
        )
    if facts.text("edit", "sound", "clips") == "none":
        what = "edit.talk keeps what is said, but edit.sound.clips is none, so it is not heard"
        facts.warn(facts.key_place(*_TALK), what, "write sound: {clips: only}")
