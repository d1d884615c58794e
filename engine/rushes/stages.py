"""The order of the stages: a stage may import itself and earlier ones, never a later one."""

STAGES = (
    "recipe",
    "media",
    "store",
    "models",
    "analyze",
    "score",
    "style",
    "timeline",
    "edit",
    "emit",
    "graph",
    "run",
    "cli",
)

LEAVES = ("errors", "units", "packages", "resources", "stages")
"""Modules beside the stages that every stage may import."""
