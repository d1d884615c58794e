"""How long the files of an edit are, and which one somebody means: from the library, else from the footage itself, where
clips that were moved or renamed since the run are found by their content."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from pathlib import Path, PurePosixPath

from rushes.errors import MediaError, Problem, RecipeError
from rushes.media.find import find_footage
from rushes.recipe.names import did_you_mean
from rushes.recipe.spec import FootageSpec
from rushes.store.digests import DigestIndex
from rushes.timeline.edit_log import EditError
from rushes.timeline.make_edit import File
from rushes.timeline.tree import TimelineClip

_RATE_LIMIT = 1001
"""Rates are told as the edit tells them: 30000/1001 and the like."""


class EditMedia:
    """The clips that an edit may show.

    names: name -> digest of the clips of the run. footage: the folder they lie in, None: not known. library: the library
    file, None: there is none. chosen: which files of the folder are clips, as the recipe says: no other is found.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        footage: Path | None,
        library: Path | None,
        digests: DigestIndex,
        chosen: FootageSpec | None = None,
    ) -> None:
        self.names = dict(names)
        self._footage = footage if footage is not None and footage.is_dir() else None
        self._library = library if library is not None and library.is_file() else None
        self._digests = digests
        self._chosen = chosen or FootageSpec()

    def length_s(self, clip: TimelineClip) -> Fraction | None:
        """Length of a shot's file, None where neither the library nor the footage knows it."""
        facts = self._facts(clip.digest, clip.file)
        return None if facts is None else facts[1]

    def file(self, word: str) -> File:
        """The clip that a word means: a path, a name below the footage folder, or a file name with or without its suffix.

        Raises EditError where it means none or several, or a file outside the footage; MediaError where it cannot be read.
        """
        name = self._named(word)
        path = None if self._footage is None else self._footage / name
        if path is not None and path.is_file():
            digest = self._digests.digest(path)
        else:
            digest = self.names[name]
        facts = self._facts(digest, name)
        if facts is None:
            what = f"{name} is not in the footage folder any more, and the library does not know it"
            raise EditError(Problem(None, what, "say where it lies with --footage"))
        return File(name=name, digest=digest, rate_fps=facts[0], length_s=facts[1])

    def _facts(self, digest: str, name: str) -> tuple[Fraction, Fraction] | None:
        """Rate and length of the file of this content."""
        known = self._library_facts(digest)
        if known is not None:
            return known
        path = self.path(digest, name)
        if path is None:
            return None
        # Loaded only where the library does not know the file.
        from rushes.media.probe import probe

        info = probe(str(path), digest)
        assert info.video is not None, "probe refuses files without picture"
        return info.video.rate_fps.limit_denominator(_RATE_LIMIT), _exact(info.duration_s)

    def _library_facts(self, digest: str) -> tuple[Fraction, Fraction] | None:
        from rushes.store.library_file import LibraryFile

        if self._library is None:
            return None
        with LibraryFile(self._library, read_only=True) as library:
            records = library.clips([digest])
        facts = records[0].facts if records else {}
        rate, length = facts.get("rate_fps"), facts.get("duration_s")
        if not isinstance(rate, float | int) or not isinstance(length, float | int) or rate <= 0:
            return None
        return Fraction(rate).limit_denominator(_RATE_LIMIT), _exact(length)

    def path(self, digest: str, name: str) -> Path | None:
        """Where the content lies: under its name, else under any other; None where it does not, or cannot be read."""
        if self._footage is None:
            return None
        try:
            if (self._footage / name).is_file() and self._digests.digest(self._footage / name) == digest:
                return self._footage / name
        except MediaError:
            return None
        return self._by_digest.get(digest)

    def renamed(self) -> dict[str, str]:
        """Name that a clip has in the footage folder now -> name that it had when the edit was made."""
        footage = self._footage
        if footage is None:
            return {}
        gone = {name: digest for name, digest in self.names.items() if not (footage / name).is_file()}
        found = {name: self.path(digest, name) for name, digest in sorted(gone.items())}
        return {
            path.relative_to(footage).as_posix(): name for name, path in found.items() if path is not None
        }

    @cached_property
    def _by_digest(self) -> dict[str, Path]:
        """Content of every clip of the footage; of several with the same the last name."""
        found: dict[str, Path] = {}
        for path in self._found.values():
            try:
                found[self._digests.digest(path)] = path
            except MediaError:
                continue
        return found

    @cached_property
    def _found(self) -> dict[str, Path]:
        if self._footage is None:
            return {}
        try:
            return {file.clip: Path(file.path) for file in find_footage(self._footage, self._chosen)}
        except MediaError:
            return {}

    def _named(self, word: str) -> str:
        names = sorted({*self.names, *self._found})
        # A name goes first: some other file may be called so where the command is given.
        if word in names:
            return word
        if Path(word).is_file():
            return self._of_path(Path(word))
        found = [name for name in names if word in _ends(name)]
        if len(found) > 1:
            moved = set(self.renamed().values())
            found = [name for name in found if name not in moved] or found
        if len(found) == 1:
            return found[0]
        if found:
            what = f"{word} means {len(found)} clips: {', '.join(found)}"
            raise EditError(Problem(None, what, "give the whole name"))
        self._refuse_left_out(word)
        fix = did_you_mean(word, names, kind="clips of the footage")
        raise EditError(Problem(None, f"there is no clip {word!r} in the footage", fix))

    def _of_path(self, path: Path) -> str:
        for name, other in self._found.items():
            if other.resolve() == path.resolve():
                return name
        digest = self._digests.digest(path)
        same = sorted(name for name, known in self.names.items() if known == digest)
        if same:
            return same[0]
        self._refuse_left_out(str(path))
        what = f"{path} is none of the clips of this edit's footage"
        raise RecipeError(Problem(None, what, "put it into the footage folder, then give its name"))

    def _refuse_left_out(self, word: str) -> None:
        """Raises EditError where a word means a file of the footage that the recipe leaves out."""
        if self._footage is None:
            return
        try:
            files = find_footage(self._footage, FootageSpec())
        except MediaError:
            return
        path = Path(word).resolve()
        for file in files:
            if word in (file.clip, *_ends(file.clip)) or Path(file.path).resolve() == path:
                what = f"{file.clip} is no clip of this edit: footage.include and footage.exclude of its recipe leave it out"
                raise EditError(
                    Problem(None, what, "name another clip, or let the recipe take it and run again")
                )


def _ends(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    return path.name, path.stem


def _exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * 1_000_000), 1_000_000)
