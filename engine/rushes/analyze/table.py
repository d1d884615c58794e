"""The only list of analyzers. Reading it loads no media or number library."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rushes.analyze import (
    audio_events,
    beats,
    bodies,
    clip_embedding,
    detail,
    emotion,
    expressions,
    face_detection,
    faces,
    keyframes,
    loudness,
    motion,
    quality,
    saliency,
    shot_type,
    shots,
    speech,
    transcribe,
    transcript,
    voice_activity,
)
from rushes.analyze.spec import Analyzer, Wishes
from rushes.errors import Problem, RecipeError
from rushes.packages import entry_points

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "rushes.analyzers"
"""Entry points of other packages: name -> "module:attribute" of an Analyzer."""


def _song_wishes(params: beats.Params) -> Wishes:
    """A song is read as a whole, not streamed from a clip."""
    return Wishes()


_BEATS = Analyzer(
    name="beats",
    version=1,
    source="song",
    params=beats.Params,
    wishes=_song_wishes,
    start="rushes.analyze.beats_pass:start_song",
    columns=(),
    libraries=("av", "numpy", "scipy"),
)

ANALYZERS = MappingProxyType(
    {
        analyzer.name: analyzer
        for analyzer in (
            quality.ANALYZER,
            motion.ANALYZER,
            shots.ANALYZER,
            keyframes.ANALYZER,
            loudness.ANALYZER,
            face_detection.ANALYZER,
            faces.ANALYZER,
            expressions.ANALYZER,
            emotion.ANALYZER,
            bodies.ANALYZER,
            voice_activity.ANALYZER,
            speech.ANALYZER,
            transcribe.ANALYZER,
            transcript.ANALYZER,
            audio_events.ANALYZER,
            detail.ANALYZER,
            clip_embedding.ANALYZER,
            shot_type.ANALYZER,
            saliency.ANALYZER,
            _BEATS,
        )
    }
)


def analyzer_named(name: str) -> Analyzer:
    """A built-in analyzer, or one that an installed package adds.

    Other packages are looked at only for names that are not built in. Raises RecipeError where nobody has the name,
    where two packages do, or where what a package gives is no analyzer of that name.
    """
    if name in ANALYZERS:
        return ANALYZERS[name]
    found = sorted(entry_points(group=GROUP, name=name), key=lambda point: point.value)
    if not found:
        raise RecipeError(_unknown(name))
    if len(found) > 1:
        places = " and ".join(_origin(point) for point in found)
        what = f"two packages add an analyzer called {name}: {places}"
        raise RecipeError(Problem(None, what, "uninstall one of them"))
    return _loaded(found[0])


def known_analyzers() -> Mapping[str, Analyzer]:
    """Every analyzer that a recipe may name: the built-in ones, and those that installed packages add.

    Raises RecipeError where a package adds a name twice or something that is no analyzer.
    """
    added = [name for name in analyzer_names() if name not in ANALYZERS]
    return {**ANALYZERS, **{name: analyzer_named(name) for name in added}} if added else ANALYZERS


def analyzer_names() -> tuple[str, ...]:
    """Every name that a recipe may use, sorted, without loading what other packages add.

    Raises RecipeError where a package adds a name that is built in.
    """
    added = entry_points(group=GROUP)
    for point in sorted(added, key=lambda point: (point.name, point.value)):
        if point.name in ANALYZERS:
            what = f"{_origin(point)} adds an analyzer called {point.name}, which rushes has already"
            raise RecipeError(Problem(None, what, "rename that analyzer or uninstall the package"))
    return tuple(sorted({*ANALYZERS, *(point.name for point in added)}))


def _loaded(point: EntryPoint) -> Analyzer:
    try:
        analyzer = point.load()
    except (ImportError, AttributeError) as error:
        what = f"the analyzer {point.name} of {_origin(point)} cannot be loaded: {error}"
        raise RecipeError(Problem(None, what, "update or uninstall the package")) from error
    if not isinstance(analyzer, Analyzer) or analyzer.name != point.name:
        what = f"{_origin(point)} is not an analyzer called {point.name}"
        raise RecipeError(Problem(None, what, "update or uninstall the package"))
    return analyzer


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} ({point.value})" if point.dist is not None else point.value


def _unknown(name: str) -> Problem:
    names = analyzer_names()
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return Problem(None, f"there is no analyzer called {name}", f"{hint}known: {', '.join(names)}")
