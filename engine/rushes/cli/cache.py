"""rushes cache: what the store holds, whether it is sound, and making room."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated

import typer

from rushes.cli.options import AsJson, Cache, Exit, cache_dir, print_json
from rushes.errors import Problem, RecipeError

app = typer.Typer(help="The store of results: list, verify, make room.", no_args_is_help=True)

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?$", re.IGNORECASE)
_BYTES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@app.command("ls")
def ls(
    cache: Cache = None,
    all_entries: Annotated[bool, typer.Option("--all", help="A line per result, not per operation.")] = False,
    json: AsJson = False,
) -> int:
    """Say what is stored and how much room it takes."""
    from rushes.store.store import Store
    from rushes.store.upkeep import Entry, list_entries

    entries = list_entries(Store(cache_dir(cache)))
    if json:
        print_json([asdict(entry) for entry in entries])
        return Exit.DONE
    if all_entries:
        for entry in entries:
            print(f"{entry.kind:<8} {entry.operation:<10} {_size(entry.size_bytes):>9} {entry.name}")
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.operation), []).append(entry)
    for (kind, operation), members in sorted(groups.items()):
        size = _size(sum(entry.size_bytes for entry in members))
        print(f"{kind:<8} {operation:<10} {len(members):>6} {size:>9}")
    total = _size(sum(entry.size_bytes for entry in entries))
    print(f"{len(entries)} entries, {total} in {cache_dir(cache)}")
    return Exit.DONE


@app.command("verify")
def verify(cache: Cache = None, json: AsJson = False) -> int:
    """Read everything again and drop what is damaged; it is made again when it is needed."""
    from rushes.store.store import Store
    from rushes.store.upkeep import verify_store

    found = verify_store(Store(cache_dir(cache)))
    if json:
        print_json(asdict(found))
    else:
        print(
            f"{found.objects} objects, {_size(found.size_bytes)}: {len(found.damaged_objects)} damaged; "
            f"{len(found.dropped_actions)} of {found.actions} results dropped"
        )
    return Exit.FAILED if found.damaged_objects or found.dropped_actions else Exit.DONE


@app.command("gc")
def gc(
    cache: Cache = None,
    keep: Annotated[
        str | None, typer.Option("--keep", help="Keep at most so much, such as 20GB.", show_default=False)
    ] = None,
    older_than_days: Annotated[
        float | None, typer.Option("--older-than", help="Forget what was not used for so many days.", min=0.0)
    ] = None,
    json: AsJson = False,
) -> int:
    """Make room: forget what was used least recently. What was used in the last hour always stays."""
    from rushes.store.store import Store
    from rushes.store.upkeep import collect

    keep_bytes = None if keep is None else _bytes(keep)
    done = collect(Store(cache_dir(cache)), keep_bytes=keep_bytes, older_than_days=older_than_days)
    if json:
        print_json(asdict(done))
    else:
        print(
            f"{_size(done.freed_bytes)} freed: {done.actions} results, {done.objects} objects, "
            f"{done.temporary} leftovers; {_size(done.kept_bytes)} kept"
        )
    return Exit.DONE


def _bytes(text: str) -> int:
    match = _SIZE.match(text.strip())
    if match is None:
        raise RecipeError(
            Problem(None, f"--keep is {text!r}, which is no size", "write a size such as 500MB or 20GB")
        )
    return int(float(match[1]) * _BYTES[(match[2] or "").upper()])


def _size(size_bytes: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} B"
