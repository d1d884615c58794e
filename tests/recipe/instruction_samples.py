"""A recipe with one instruction, called it."""

from __future__ import annotations

import recipe_samples

HEAD = (
    recipe_samples.HEAD
    + """edit:
  score: good
  grid: free
  min_shot_s: 1
  max_shot_s: 4
  max_uses_per_clip: 2
"""
)


def with_instruction(lines: str, head: str = HEAD) -> str:
    """The recipe whose instruction sets these lines."""
    body = "".join(f"        {line}\n" for line in lines.splitlines())
    return f"{head}  instructions:\n    it:\n      says: Do it.\n      set:\n{body}"
