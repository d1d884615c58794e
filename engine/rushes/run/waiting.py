"""Which open nodes wait for which: for inputs that have not ended, or for a twin that makes what both are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Waiting:
    """Nodes by id, counted: an end costs one step for each node that waits for it, however many inputs that one has."""

    def __init__(self) -> None:
        self._users: defaultdict[str, list[str]] = defaultdict(list)
        self._open_inputs: dict[str, int] = {}
        self._makers: dict[str, list[str]] = {}
        """Key -> the node that makes its result, then its twins: two clips of the same bytes give the same keys."""

    def wait(self, node: str, producers: Iterable[str]) -> None:
        """`node` waits until all `producers` have ended."""
        awaited = dict.fromkeys(producers)
        self._open_inputs[node] = len(awaited)
        for producer in awaited:
            self._users[producer].append(node)

    def end(self, producer: str) -> list[str]:
        """The nodes that waited for this one only."""
        free: list[str] = []
        for user in self._users.pop(producer, ()):
            self._open_inputs[user] -= 1
            if not self._open_inputs[user]:
                del self._open_inputs[user]
                free.append(user)
        return free

    def makes(self, key: str, node: str) -> bool:
        """Whether `node` is to make the result; else another does so, and `node` waits until that gives the key up."""
        line = self._makers.setdefault(key, [])
        line.append(node)
        return line[0] == node

    def give_up(self, key: str, node: str) -> list[str]:
        """`node` has made the result, or will not: the nodes that waited for it, none if it was not the maker."""
        if self._makers.get(key, [""])[0] != node:
            return []
        return self._makers.pop(key)[1:]
