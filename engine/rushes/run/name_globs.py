"""What the names of the clips alone tell of a recipe's globs: which of them match nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rushes.errors import Problem
from rushes.media.find import matches_any, unmatched_globs
from rushes.recipe.files import is_shipped
from rushes.recipe.listed import listed
from rushes.recipe.load import Resolved
from rushes.recipe.spec import EditSpec

_SHOWN = 5


def metadata_problems(resolved: Resolved, clips: Sequence[str]) -> Iterator[Problem]:
    """Globs of footage.metadata that tell nothing of any clip, but for those of shipped recipes, which are for everybody.
    Warnings: the recipe can run."""
    for column, value, glob, meant in unmatched_globs(clips, resolved.recipe.footage.metadata):
        path = f"footage.metadata.{column}.{value}"
        origin = resolved.origins.get(path)
        if origin is None or is_shipped(origin.place.path):
            continue
        did = "" if meant is None else f"; did you mean {meant!r}? `*` stops at a folder's name"
        what = f"{path}: {glob!r} matches none of {len(clips)} clips{did}"
        yield Problem(origin.place, what, "correct the glob, or take it out")


def wanted_problems(edit: EditSpec, clips: Sequence[str]) -> Iterator[Problem]:
    """Clips that must be used and are not there, or may not be used. The recipe cannot run on these clips."""
    for glob in edit.must_use:
        wanted = [clip for clip in clips if matches_any(clip, (glob,))]
        if not wanted:
            what = f"edit.must_use: no clip matches {glob!r}"
            yield Problem(None, what, f"correct the glob; there are: {listed(clips, _SHOWN)}")
        elif all(matches_any(clip, edit.never_use) for clip in wanted):
            what = f"edit.must_use wants {glob!r}, but edit.never_use forbids every clip that matches it"
            yield Problem(None, what, f"take one of them away; it is about {listed(wanted, _SHOWN)}")
