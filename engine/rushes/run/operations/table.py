"""The only list of operations. Functions are loaded where they run: planning needs none of them."""

from __future__ import annotations

from types import MappingProxyType

from rushes.graph.node import Operation

_HERE = "rushes.run.operations"
_DECODE = ("av", "numpy", "polars")
"""What every analyzer goes through; what one uses besides is in its own row of the table, and in its node's params."""

OPERATIONS = MappingProxyType(
    {
        operation.name: operation
        for operation in (
            Operation(
                name="probe",
                version=2,
                function=f"{_HERE}.clips:probe_clips",
                libraries=("av",),
                per_clip=True,
            ),
            Operation(
                name="analyze",
                version=1,
                function=f"{_HERE}.clips:analyze_clips",
                libraries=_DECODE,
                batched=True,
                per_clip=True,
            ),
            Operation(
                name="derive",
                version=1,
                function=f"{_HERE}.clips:derive_clips",
                libraries=("numpy", "polars"),
                batched=True,
                per_clip=True,
            ),
            Operation(
                name="library", version=5, function=f"{_HERE}.clips:gather_library", libraries=("polars",)
            ),
            Operation(
                name="song",
                version=1,
                function=f"{_HERE}.song:analyze_songs",
                libraries=("av", "numpy", "scipy"),
            ),
            Operation(name="score", version=3, function=f"{_HERE}.score:score_clips", libraries=("polars",)),
            Operation(
                name="edit",
                version=22,
                function=f"{_HERE}.edit:edit_timelines",
                libraries=("numpy", "polars", "scipy"),
            ),
            Operation(name="fold", version=5, function=f"{_HERE}.fold:fold_edits"),
            Operation(name="talk", version=4, function=f"{_HERE}.talk:talk_timelines", libraries=("polars",)),
            Operation(
                name="reframe",
                version=5,
                function=f"{_HERE}.reframe:reframe_timelines",
                libraries=("numpy", "polars"),
            ),
            Operation(
                name="segment",
                version=2,
                function=f"{_HERE}.video:render_segments",
                libraries=("av", "numpy"),
            ),
            Operation(
                name="sound",
                version=2,
                function=f"{_HERE}.video:render_sounds",
                libraries=("av", "numpy", "scipy"),
            ),
            Operation(name="join", version=1, function=f"{_HERE}.video:join_videos", libraries=("av",)),
            Operation(
                name="preview", version=2, function=f"{_HERE}.video:render_previews", libraries=("av",)
            ),
            Operation(
                name="report",
                version=5,
                function=f"{_HERE}.report:render_reports",
                libraries=("jinja2", "polars"),
            ),
        )
    }
)
