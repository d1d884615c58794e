"""Did a second run give what the first one gave? If not, from which node on, and what else was different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_DIGITS = 8
_MANIFEST = "model_manifest_b3"
"""Older records do not have it."""


def compare_runs(run_a: Mapping[str, Any], run_b: Mapping[str, Any]) -> list[str]:
    """What differs between two run records, for people; [] if both gave the same outputs.

    First the outputs, then the first node that differs, then what explains it: other inputs, versions or recipe. A node
    that gave other bytes for the same key is named apart: nothing explains that but an operation that cannot repeat.
    Times, states and the machine are not compared.
    """
    differing = [*_outputs(run_a, run_b), *_nodes(run_a, run_b)]
    return [*differing, *_causes(run_a, run_b)] if differing else []


def _outputs(run_a: Mapping[str, Any], run_b: Mapping[str, Any]) -> Iterator[str]:
    was, now = run_a["outputs"], run_b["outputs"]
    for name in sorted({*was, *now}):
        if name not in now:
            yield f"output {name} is missing in the second run"
        elif name not in was:
            yield f"output {name} is new in the second run"
        elif was[name]["b3"] != now[name]["b3"]:
            yield f"output {name} differs: {was[name]['b3'][:_DIGITS]} → {now[name]['b3'][:_DIGITS]}"


def _nodes(run_a: Mapping[str, Any], run_b: Mapping[str, Any]) -> Iterator[str]:
    was = {node["id"]: node for node in run_a["nodes"]}
    now = {node["id"]: node for node in run_b["nodes"]}
    # Nodes stand in an order in which inputs come before their users, so the first difference is a root of the others.
    order = list(dict.fromkeys([*was, *now]))
    changed = [name for name in order if _result(was.get(name)) != _result(now.get(name))]
    if changed:
        others = f" ({len(changed) - 1} more after it)" if len(changed) > 1 else ""
        yield f"first node that differs: {changed[0]}{_how(was.get(changed[0]), now.get(changed[0]))}{others}"
    for name in changed:
        if name in was and name in now and was[name]["key"] and was[name]["key"] == now[name]["key"]:
            yield f"{name} gave other bytes for the same key: its operation {was[name]['operation']} does not repeat"


def _result(node: Mapping[str, Any] | None) -> object:
    return None if node is None else (node["outputs"], node["failure"])


def _how(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if was is None:
        return ", new in the second run"
    if now is None:
        return ", missing in the second run"
    if was["failure"] != now["failure"]:
        return f", {was['failure'] or 'no failure'} → {now['failure'] or 'no failure'}"
    return ""


def _causes(run_a: Mapping[str, Any], run_b: Mapping[str, Any]) -> Iterator[str]:
    if run_a["rushes"] != run_b["rushes"]:
        yield f"rushes {run_a['rushes']} → {run_b['rushes']}"
    for section, noun in (("libraries", ""), ("models", "model "), ("inputs", "input ")):
        was, now = run_a[section], run_b[section]
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                yield f"{noun}{name}: {_short(was.get(name))} → {_short(now.get(name))}"
    manifests = [run[_MANIFEST] for run in (run_a, run_b) if _MANIFEST in run]
    if len(set(manifests)) == 2:
        yield f"model manifest: {_short(manifests[0])} → {_short(manifests[1])}"
    if run_a["recipe"] != run_b["recipe"]:
        yield f"recipe: {', '.join(changed_places(run_a['recipe'], run_b['recipe']))}"


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:_DIGITS] if len(value) == 64 else value


def changed_places(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Dotted paths of what differs between two resolved recipes, by name."""
    return tuple(sorted(_changed("", was, now)))


def _changed(place: str, was: Any, now: Any) -> Iterator[str]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in {*was, *now}:
            yield from _changed(f"{place}.{name}".lstrip("."), was.get(name), now.get(name))
    elif was != now:
        yield place
