"""What a node's result is called, whether the store has it, and if not, why it must run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from rushes.graph.key import Keys
from rushes.graph.node import FileInput, Node, Operation
from rushes.packages import version_of
from rushes.store.action import Action
from rushes.store.canonical import canonical_json, plain
from rushes.store.store import Store

Fault = Literal["", "absent", "missing", "damaged"]
_SHOWN_CHARACTERS = 40
_SHOWN_REASONS = 3
"""Differences of one kind: a library of hundreds of clips has as many inputs."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the store says of a node: its draft (the action without its end), and the stored action if it is whole, which
    then stands for the draft too."""

    draft: Action
    stored: Action | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class Given:
    """The inputs of a node, as far as they are known.

    contents: name -> digest, or for an optional input that failed its failure. waits_for: nodes that have not ended,
    up to skipped_for: the first node, in the order of the inputs, that failed and whose output is required; "" if
    there is none. While a node before that one may still fail, it is not known which failure to blame.
    """

    contents: dict[str, str]
    waits_for: list[str]
    skipped_for: str


def gather(node: Node, ended: Callable[[str], Action | None]) -> Given:
    """ended: the action of an earlier node, None while it has none."""
    given = Given({}, [], "")
    for name, source in node.inputs.items():
        if isinstance(source, FileInput):
            given.contents[name] = source.digest
            continue
        action = ended(source.node)
        if action is None:
            given.waits_for.append(source.node)
        elif not action.failure:
            given.contents[name] = action.outputs[source.output].digest
        elif name in node.optional_inputs:
            given.contents[name] = f"failed: {action.failure}"
        else:
            return replace(given, skipped_for=source.node)
    return given


class Resolver:
    """Names results and looks them up."""

    def __init__(self, store: Store, operations: Mapping[str, Operation], scope: str) -> None:
        self._store = store
        self._operations = operations
        self._scope = scope
        self._libraries: dict[str, dict[str, str]] = {}
        self._keys = Keys()
        self._last: dict[str, str] | None = None

    @property
    def last(self) -> dict[str, str]:
        """Node id -> key it had in this project before."""
        if self._last is None:
            self._last = self._store.last_keys(self._scope)
        return self._last

    def draft(self, node: Node, given: Mapping[str, str]) -> Action:
        """The action of a node before it has run. given: as `Given.contents`."""
        operation = self._operations[node.operation]
        return Action(
            key=self._key(node, given),
            operation=operation.name,
            version=operation.version,
            params=node.params,
            libraries=self.versions(operation),
            inputs=given,
        )

    def _key(self, node: Node, given: Mapping[str, str]) -> str:
        operation = self._operations[node.operation]
        try:
            return self._keys.key(
                operation.name, operation.version, node.params, self.versions(operation), given
            )
        except (TypeError, ValueError) as error:
            raise ValueError(f"{node.id}: {error}") from error

    def look_up(self, node: Node, given: Mapping[str, str]) -> Lookup:
        """The draft of a node, and what the store has for it."""
        stored = self._store.action(self._key(node, given))
        fault: Fault = "absent" if stored is None else self._fault(node, stored)
        return (
            Lookup(self.draft(node, given), None, fault)
            if stored is None or fault
            else Lookup(stored, stored, "")
        )

    def whole(self, node: Node, key: str) -> Action | None:
        """The stored action, if all its blobs are there."""
        stored = self._store.action(key)
        return stored if stored is not None and not self._fault(node, stored) else None

    def _fault(self, node: Node, stored: Action) -> Fault:
        if stored.failure:
            return ""
        if not set(node.outputs) <= set(stored.outputs):
            return "missing"
        for blob in stored.outputs.values():
            if not self._store.holds(blob):
                return "damaged" if self._store.object_path(blob.digest).exists() else "missing"
        return ""

    def versions(self, operation: Operation) -> dict[str, str]:
        """Installed versions of the libraries that an operation depends on."""
        if operation.name not in self._libraries:
            self._libraries[operation.name] = {name: installed_version(name) for name in operation.libraries}
        return self._libraries[operation.name]

    def reason(self, node: Node, found: Lookup) -> str:
        """Why a node must run that the store cannot answer: what differs from the time it ran last."""
        if found.fault in ("missing", "damaged"):
            return f"stored result is {found.fault}"
        before = self.last.get(node.id)
        if before is None:
            return "never run"
        if before == found.draft.key:
            return "stored result is missing"
        stored = self._store.action(before)
        if stored is None:
            return "its earlier result is no longer stored, so what changed is not known"
        return "; ".join(dict.fromkeys(_differences(node, stored, found.draft))) or "the form of keys changed"

    def reason_to_wait(self, node: Node, given: Given) -> str:
        """Why a node must run that still waits for inputs: its own changes, then what it depends on."""
        before = self.last.get(node.id)
        if before is None:
            return "never run"
        first, *others = sorted(set(given.waits_for))
        depends = f"depends on {first}" + (f" and {len(others)} more" if others else "")
        stored = self._store.action(before)
        if stored is None:
            return depends
        # Inputs that are not known yet are taken as they were: only certain changes are named.
        inputs = {name: given.contents.get(name, stored.inputs.get(name, "")) for name in node.inputs}
        return "; ".join([*dict.fromkeys(_differences(node, stored, self.draft(node, inputs))), depends])


@cache
def installed_version(library: str) -> str:
    """Version of a distribution, or "not installed". Every analyzer asks."""
    return version_of(library) or "not installed"


def _differences(node: Node, old: Action, new: Action) -> Iterator[str]:
    if old.operation != new.operation:
        yield f"operation {old.operation}→{new.operation}"
    elif old.version != new.version:
        yield f"operation version {old.version}→{new.version}"
    yield from (
        f"{name} {old.libraries.get(name, 'unused')}→{new.libraries.get(name, 'unused')}"
        for name in sorted({*old.libraries, *new.libraries})
        if old.libraries.get(name) != new.libraries.get(name)
    )
    yield from first_few(changed_params("", plain(old.params), plain(new.params)), "params")
    yield from first_few(_changed_inputs(node, old.inputs, new.inputs), "inputs")


def _changed_inputs(node: Node, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            verb = "added" if name not in old else "removed" if name not in new else "changed"
            yield f"input {_called(node, name)} {verb}"


def first_few(reasons: Iterable[str], kind: str) -> Iterator[str]:
    """Three reasons without repeats, and how many more of this kind there are."""
    found = list(dict.fromkeys(reasons))
    yield from found[:_SHOWN_REASONS]
    if len(found) > _SHOWN_REASONS:
        yield f"and {len(found) - _SHOWN_REASONS} more {kind}"


def _called(node: Node, name: str) -> str:
    given = node.inputs.get(name)
    if given is None:
        return name
    return Path(given.path).name if isinstance(given, FileInput) else given.node


def changed_params(place: str, old: Any, new: Any) -> Iterator[str]:
    """Where two JSON values below `place` differ, as `param a.b 1→2`."""
    was, now = _by_name(old), _by_name(new)
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from changed_params(f"{place}.{name}".lstrip("."), was.get(name), now.get(name))
        if isinstance(old, list) and sorted(was) == sorted(now) and list(was) != list(now):
            yield f"order of {place} changed"
    elif canonical_json(old) != canonical_json(new):
        yield f"param {place} {_shown(old)}→{_shown(new)}"


def _by_name(value: Any) -> Any:
    """A list of things that have names, such as scores, as a mapping: what changed in it is then found by name."""
    if not isinstance(value, list):
        return value
    if not value or not all(isinstance(thing, dict) and "name" in thing for thing in value):
        return value
    return {
        str(thing["name"]): {key: part for key, part in thing.items() if key != "name"} for thing in value
    }


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def failed_action(draft: Action, failure: str, fix: str) -> Action:
    """A draft that ended in a failure of this run."""
    return replace(draft, failure=failure, fix=fix)
