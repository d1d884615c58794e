"""Generates docs/recipe.md: every section, key, default and column, from the same schemas that check recipes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rushes.recipe.expression import BUILT_IN_COLUMNS, FUNCTIONS
from rushes.recipe.fields import REMOVABLE, TIME_PATTERN, Schema
from rushes.recipe.rates import RATE_PATTERN
from rushes.recipe.schema import AnalyzerLike, Analyzers
from rushes.recipe.schema_files import TIME_TEXT, schema_texts
from rushes.resources import shipped_schema

_INTRO = """# Recipes

*Generated from the schemas; `python -m rushes.cli.generate` rewrites it.*

A recipe is a YAML file that says what to analyse, how to judge it, and what the edit may and must do. It is data, never
code. A whole one can be this short:

```yaml
# yaml-language-server: $schema=../schemas/recipe.schema.json
schema: rushes/recipe@1
extends: beat_reel
edit: {duration_s: 20s, must_use: ["opening*"]}
```

## How a recipe is put together

Later layers change parts of earlier ones:

built-in defaults < what it `extends` < the recipe < the profile (`profiles/NAME/profile.yaml`) < learned weights < `--set`

- Mappings merge key by key; lists and single values replace. Features, scores and their terms, rules, thresholds and
  analyzers are mappings from a name, so one of them can be changed by its name and keeps its rank.
- `null` takes away what was inherited where names are free (features, scores, terms, rules, thresholds, analyzers, metadata,
  weights). Elsewhere it is a value: `song: null` is an edit without a song.
- `--set a.b=v` changes a value, `+a.b=v` adds an entry or appends to a list, `~a.b` takes one away.
- `extends` names a path from the recipe's folder or a shipped recipe (`base/clips`, `base/reel`, `beat_reel`, `best_clips`).
- A profile is looked for in `profiles` beside the recipe and beside its folder, in `./profiles`, in the user's data folder
  (`~/.local/share/rushes/profiles`) and among the shipped ones. Its `style.yaml` takes the place of the recipe's style.
- Learned weights are those that `rushes learn personal` wrote; they take the place of `personal.weights`.
- `footage.dir` and `song.file` count from the folder of the file that says them.

`rushes show RECIPE --origins` prints the result with the place that set each value; `rushes validate RECIPE` reports every
problem at once.

## How values are written

- Keys that end in `_s` are seconds: `20`, or a time with its unit: `90s`, `250ms`, `1.5min`, `00:01:30`.
- Scalars follow YAML 1.2. What YAML readers disagree on is refused with the fix: `on`, `yes`, `012`, `1_000`, `1:30` for a
  time, repeated keys, keys without a value. Anchors, aliases and tags are not part of a recipe.
- Globs (`*`, `?`, `[...]`, `**/`) are matched against the path below the footage folder and against the bare file name,
  whatever the case. A single glob may stand without its list. One that begins with `*` needs quotes.
- Rule texts may hold `{column}`, `{column:.2f}` or `{column:percent}`; a text that begins with `{` needs quotes.
"""

_STYLE = """A style is a file `profiles/NAME/style.yaml`, or the recipe's own `style` mapping. What it does not say is as
these defaults have it.
"""


def reference_text(analyzers: Analyzers) -> str:
    """The whole page."""
    schema: Schema = json.loads(schema_texts(analyzers)["recipe.schema.json"])
    parts = [_INTRO, "## Keys\n", *_section((), schema)]
    parts += ["## Style\n", _STYLE, *_section(("style.yaml",), shipped_schema("style"))]
    parts += ["## Expressions\n", *_expressions()]
    parts += ["## Columns\n", *_columns(analyzers)]
    return "\n".join(parts).rstrip("\n") + "\n"


def _section(path: tuple[str, ...], schema: Schema) -> Iterator[str]:
    """A table of a mapping's keys, then the mappings below it."""
    if path == ("style",):
        return
    properties: Schema = schema.get("properties", {})
    if properties:
        if path:
            yield f"### `{'.'.join(path)}`\n"
            yield f"{schema.get('description') or schema['title'] + '.'}\n"
        yield "| key | value | default | meaning |\n|---|---|---|---|"
        for key, part in properties.items():
            yield f"| `{key}` | {_kind(part)} | {_default(part)} | {_meaning(part)} |"
        yield ""
    for key, part in properties.items():
        if "properties" in part or "additionalProperties" in part:
            yield from _section((*path, key), part)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and "properties" in extra:
        yield from _section((*path, "NAME"), extra)


def _kind(schema: Schema) -> str:
    if "enum" in schema.get("items", {}):
        return f"list of {_kind(schema['items'])}"
    if "enum" in schema:
        return " \\| ".join(f"`{'null' if choice is None else choice}`" for choice in schema["enum"])
    kinds: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema.get("pattern") == RATE_PATTERN:
        return f"frame rate{_range(schema)}"
    if schema.get("pattern") == TIME_PATTERN:
        kinds = ["time", *[kind for kind in kinds if kind not in ("number", "string")]]
    elif "array" in kinds:
        listed = f"list of {_plural(schema['items'])}" if schema.get("items") else "list"
        kinds = [listed, *[kind for kind in kinds if kind not in ("array", "string")]]
    if schema.get(REMOVABLE):
        kinds = [kind for kind in kinds if kind != "null"]
    words = {"string": "text", "integer": "whole number", "object": "mapping", "boolean": "true or false"}
    return " or ".join(words.get(kind, kind) for kind in kinds) + _range(schema)


def _plural(schema: Schema) -> str:
    if schema.get("pattern") == TIME_PATTERN:
        return "times"
    return {"string": "texts", "number": "numbers", "integer": "whole numbers"}[schema["type"]]


def _range(schema: Schema) -> str:
    words = (("exclusiveMinimum", "above"), ("minimum", "from"), ("maximum", "up to"))
    return "".join(f", {word} {schema[key]:g}" for key, word in words if key in schema)


def _default(schema: Schema) -> str:
    return f"`{json.dumps(schema['default'])}`" if "default" in schema else ""


def _meaning(schema: Schema) -> str:
    return _cell(schema.get("description", "").removesuffix(TIME_TEXT).strip())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _expressions() -> Iterator[str]:
    yield (
        "Features, terms of scores and conditions of rules are expressions over columns and thresholds: numbers (`0.5`,\n"
        '`250ms`), texts (`"front"`), `+ - * / %`, `== != < <= > >=`, `and or not`, parentheses, and these functions. A\n'
        "feature may use the features above it, a personal feature all features, a score all features, what is learned\n"
        "(`personalized_boost`) and the scores above it, a rule everything.\n"
    )
    yield "| function | value |\n|---|---|"
    for function in FUNCTIONS.values():
        yield f"| `{_cell(function.usage)}` | {_cell(function.says)} |"
    yield ""


def _columns(analyzers: Analyzers) -> Iterator[str]:
    built_in = ", ".join(f"`{name}`" for name in BUILT_IN_COLUMNS)
    yield f"Every clip and segment has {built_in}, and the columns of `footage.metadata`.\n"
    yield (
        "Where the names of files and an analyzer both write a text column, such as `angle`, what the file's name says\n"
        "holds, and `angle_confidence_01`, where the analyzer writes it, is 1 there.\n"
    )
    for analyzer in analyzers.values():
        if analyzer.columns:
            yield from _analyzer_columns(analyzer)


def _analyzer_columns(analyzer: AnalyzerLike) -> Iterator[str]:
    yield f"### Written by `{analyzer.name}`\n"
    yield "| column | value | meaning |\n|---|---|---|"
    for column in analyzer.columns:
        yield f"| `{column.name}` | {_column_kind(column)} | {_cell(column.says)} |"
    yield ""


def _column_kind(column: Any) -> str:
    if column.choices:
        return " \\| ".join(f"`{choice}`" for choice in column.choices)
    if column.type == "list":
        return "moments or ranges of a clip, in seconds; expressions cannot name it"
    kind = {"number": "number", "bool": "true or false", "text": "text"}[column.type]
    return f"{kind}, {column.unit}" if column.unit else kind
