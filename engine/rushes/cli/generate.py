"""python -m rushes.cli.generate: writes the schemas and the recipe reference of a checkout anew."""

from __future__ import annotations

from rushes.analyze.table import ANALYZERS
from rushes.recipe.reference import reference_text
from rushes.recipe.schema_files import schema_texts
from rushes.resources import shipped_dir


def main() -> None:
    """Write schemas/recipe.schema.json, schemas/profile.schema.json and docs/recipe.md."""
    schemas = shipped_dir("schemas")
    for name, text in schema_texts(ANALYZERS).items():
        (schemas / name).write_text(text, encoding="utf-8")
    (schemas.parent / "docs" / "recipe.md").write_text(reference_text(ANALYZERS), encoding="utf-8")


if __name__ == "__main__":
    main()
