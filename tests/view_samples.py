"""A recipe, a folder of tiny files that are never opened, and a library that knows some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rushes.run.fingerprints import Fingerprint
from rushes.run.records import documents
from rushes.run.standing import ViewRequest, wanted_by
from rushes.store.digests import DigestIndex
from rushes.store.library_file import AnalyzerResult, ClipRecord, LibraryFile, ResultState
from rushes.store.store import hash_file

RECIPE = """\
schema: rushes/recipe@1
name: picks
edit: null
outputs: {video: null}
footage:
  metadata: {angle: {front: ["front*"]}}
analyzers: {quality: {}, loudness: {}, speech: {}}
scores:
  heuristic_score:
    terms:
      sharp: {value: sharpness_01, weight: 1}
      quiet: {value: silence_share_01, weight: 1}
rules:
  sharp: {when: sharpness_01 > 0.6, say: sharp picture}
  front: {when: angle == "front", say: from the front}
  dark: {when: exposure_01 < 0.1, reject: too dark}
"""
MODEL = "silero_vad"
NOT_INSTALLED = f"the model {MODEL} is not installed"


class Shoot:
    """Clips by name; `know` tells the library about one of them."""

    def __init__(self, folder: Path, *clips: str, recipe: str = RECIPE) -> None:
        self.footage = folder / "footage"
        self.footage.mkdir()
        for clip in clips:
            (self.footage / clip).write_text(f"content of {clip}")
        (folder / "picks.yaml").write_text(recipe)
        self.request = ViewRequest(
            recipe=str(folder / "picks.yaml"),
            footage=str(self.footage),
            cache=folder / "cache",
            library=folder / "library.sqlite",
            models=folder / "models",
        )

    def with_recipe(self, recipe: str) -> ViewRequest:
        """The request with a recipe that was changed since."""
        Path(self.request.recipe).write_text(recipe)
        return self.request

    def digest(self, clip: str) -> str:
        return hash_file(self.footage / clip)

    def fingerprints(self) -> Mapping[str, Fingerprint]:
        return wanted_by(self.request, DigestIndex(self.request.cache / "digests.index")).fingerprints

    def know(
        self,
        clip: str,
        columns: Mapping[str, float | None] | None = None,
        *,
        complete: bool = True,
        **results: AnalyzerResult | None,
    ) -> None:
        """As after a run without the model of speech. columns: of quality and loudness. results: instead; None: none."""
        given = {"sharpness_01": 0.5, "exposure_01": 0.5, "silence_share_01": 0.5, **(columns or {})}
        loud = {"silence_share_01": given.pop("silence_share_01")}
        prints = self.fingerprints()
        found: dict[str, AnalyzerResult | None] = {
            "quality": AnalyzerResult(fingerprint=prints["quality"].digest, state="ok", columns=given),
            "loudness": AnalyzerResult(fingerprint=prints["loudness"].digest, state="ok", columns=loud),
            "speech": AnalyzerResult(fingerprint="", state="unavailable", reason=NOT_INSTALLED),
            "voice_activity": AnalyzerResult(fingerprint="", state="unavailable", reason=NOT_INSTALLED),
            **results,
        }
        record = ClipRecord(
            digest=self.digest(clip),
            name=clip,
            path=str(self.footage / clip),
            bytes=10,
            facts={"duration_s": 4.0, "clip_duration_s": 4.0, "has_audio": True, "complete": complete},
            results={name: result for name, result in found.items() if result is not None},
        )
        with LibraryFile(self.request.library) as library:
            library.record([record], documents(prints))

    def failed(self, analyzer: str, reason: str, state: ResultState = "failed") -> AnalyzerResult:
        return AnalyzerResult(fingerprint=self.fingerprints()[analyzer].digest, state=state, reason=reason)


def without_footage(request: ViewRequest) -> ViewRequest:
    """About the whole library."""
    return replace(request, footage=None)
