"""A recipe and its footage, from sources to the out folder: the run as it reads top to bottom."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from rushes import __version__
from rushes.analyze.spec import Analyzer
from rushes.analyze.table import known_analyzers
from rushes.errors import ConstraintError, MediaError, ModelError, Place, Problem, RecipeError
from rushes.graph.analysis import Analysis, plan_analysis
from rushes.graph.compile import AnalysisTools, Iteration, compile_edit_graph
from rushes.graph.node import FileInput, Graph, Stage
from rushes.graph.sources import SourceFile, Sources
from rushes.media.faults import is_text
from rushes.media.info import FootageFile
from rushes.recipe.load import Resolved
from rushes.recipe.spec import Recipe
from rushes.run.engine import Session
from rushes.run.executors import make_executor
from rushes.run.fingerprints import Fingerprint, analysis_fingerprints
from rushes.run.footage import check_name, found_clips
from rushes.run.name_globs import wanted_problems
from rushes.run.operations.table import OPERATIONS
from rushes.run.progress import Progress
from rushes.run.recipe import resolve_recipe
from rushes.run.side_files import side_files
from rushes.run.title_fonts import title_fonts
from rushes.run.tools import analysis_tools
from rushes.store.canonical import canonical_json, digest_bytes
from rushes.store.digests import DigestIndex
from rushes.store.store import Store, hash_file

Until = Literal["analyze", "score", "edit"]
_LOOKS_FOR_FACES = "face_detection"
_UNTIL: Mapping[str, tuple[str, ...]] = {
    "analyze": ("analyze",),
    "score": ("analyze", "score"),
    "edit": ("analyze", "score", "edit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What the command line asks for. Paths are as given; None: as the recipe says."""

    recipe: str
    footage: str | None = None
    song: str | None = None
    profile: str | None = None
    overrides: tuple[str, ...] = ()
    cache: Path
    out: Path | None = None
    """The out folder: what lies there is no footage."""
    executor: str = "processes"
    workers: int | None = None
    until: str | None = None
    models: Path | None = None
    """The models folder; None: no model is at hand."""
    models_option: str = ""
    """What a command must say to mean that folder."""
    personal: Path | None = None
    """Folder of learned weights, a file for each creator; None: none are used."""
    library: Path | None = None
    """The library file that keeps what the run found; None: nothing is kept."""
    plan: Path | None = None
    """The timeline that is taken instead of making one; None: the recipe makes it."""
    edits: Path | None = None
    """The log of a user's edits, which are folded into the plan; None: there are none."""
    shows: Mapping[str, str] = field(default_factory=dict[str, str])
    """Clips that the timeline shows -> their digests: one that has another name by now is found again."""
    discards_edits: bool = False
    """Edits in the out folder are set aside instead of being made again."""
    recipe_since: str = ""
    """How the recipe is another one by now than the one that is asked for; "" where it is not."""
    resolved: Resolved | None = None
    """The recipe with these overrides, where whoever asks has read it already; None: it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A checked recipe, the files it is about, and the session to run it in."""

    request: RunRequest
    resolved: Resolved
    recipe: Recipe
    footage: str
    """The footage folder."""
    sources: Sources
    unreadable: Mapping[str, Problem] = field(default_factory=dict[str, Problem])
    """Clips that were found but cannot be opened at all."""
    analysis: Analysis
    tools: AnalysisTools
    fingerprints: Mapping[str, Fingerprint]
    """Of every analyzer that can run: what its results follow from beside the clip."""
    graph: Graph
    """All nodes up to the timeline, or up to `until`."""
    session: Session

    @property
    def makes_outputs(self) -> bool:
        """Whether the run goes on after the edit."""
        return self.request.until is None


def resolved_of(request: RunRequest, analyzers: Mapping[str, Analyzer]) -> Resolved:
    """The recipe of a request. Raises RecipeError."""
    return request.resolved or resolve_recipe(
        request.recipe, analyzers, request.profile, request.overrides, request.personal
    )


def prepare(request: RunRequest, progress: Progress | None = None) -> Prepared:
    """Check everything that can be checked before any media is decoded. Raises RushesErrors."""
    if request.until is not None and request.until not in _UNTIL:
        fix = f"use one of: {', '.join(_UNTIL)}, or leave it out for the whole run"
        raise RecipeError(Problem(None, f"--until is {request.until!r}", fix))
    analyzers = known_analyzers()
    resolved = resolved_of(request, analyzers)
    recipe = resolved.recipe
    executor = make_executor(request.executor, request.workers)
    store = Store(request.cache)
    digests = DigestIndex(request.cache / "digests.index")
    footage = _footage(recipe, request)
    fonts = title_fonts(resolved, digests)
    sources, unreadable = _sources(recipe, request, footage, digests, fonts)
    session = Session(
        store,
        OPERATIONS,
        executor,
        progress=progress,
        on_error=recipe.run.on_error,
        clip_limit_s=recipe.run.clip_limit_s,
        stage_limits_s=_stage_limits_s(recipe),
        scope=f"{recipe.name} {os.path.abspath(footage)}",
        digests=digests,
    )
    tools = analysis_tools(recipe, analyzers, request.models, digests, request.models_option)
    analysis = plan_analysis(recipe.analyzers, analyzers, tools.models)
    _refuse_unavailable(recipe, analysis)
    fingerprints = analysis_fingerprints(analysis, tools)
    facts = _provenance(analysis, tools, fingerprints)
    iteration = Iteration(plan=_given(request.plan), edits=_given(request.edits))
    graph = compile_edit_graph(recipe, sources, analysis, tools, facts, iteration)
    if request.until is not None:
        stages = _UNTIL[request.until]
        graph = Graph(tuple(node for node in graph.nodes if node.stage in stages))
    return Prepared(
        request=request,
        resolved=resolved,
        recipe=recipe,
        footage=footage,
        sources=sources,
        unreadable=unreadable,
        analysis=analysis,
        tools=tools,
        fingerprints=fingerprints,
        graph=graph,
        session=session,
    )


def _stage_limits_s(recipe: Recipe) -> dict[str, float]:
    limits = {stage: recipe.run.stage_limits.of(stage) for stage in get_args(Stage)}
    return {stage: limit_s for stage, limit_s in limits.items() if limit_s is not None}


def _refuse_unavailable(recipe: Recipe, analysis: Analysis) -> None:
    """Raises ModelError where the recipe will not do without an analyzer that cannot run."""
    problems = [
        Problem(None, f"analyzers.{spec.name} is not available: {problem.what}", problem.fix)
        for spec in recipe.analyzers
        if spec.if_unavailable == "fail"
        for problem in [analysis.unavailable.get(spec.name)]
        if problem is not None
    ]
    if problems:
        raise ModelError(problems)


def models_used(analysis: Analysis, tools: AnalysisTools) -> dict[str, str]:
    """Name -> BLAKE3 of every model that an analyzer of the run uses."""
    names = {name for models in analysis.models.values() for name in models}
    return {name: tools.models.files[name].digest for name in sorted(names)}


def _analysis_version(fingerprints: Mapping[str, Fingerprint]) -> str:
    """Changes with whatever changes a result: analyzers, their versions and parameters, libraries, models."""
    digests = {name: fingerprint.digest for name, fingerprint in fingerprints.items()}
    return digest_bytes(canonical_json(digests))


def sampling(analysis: Analysis, analyzers: Mapping[str, Analyzer]) -> dict[str, float | int | None]:
    """How densely models look and listen; null where none does.

    frame_sample_fps: pictures a second in which faces are looked for; without that, of the model that looks most often.
    audio_sample_rate_hz: of the sound that models hear, the highest of several.
    """
    pictures: dict[str, float] = {}
    sounds: list[int] = []
    for spec in analysis.wanted:
        analyzer = analyzers[spec.name]
        params = analyzer.params(**spec.params)
        if not analysis.models[spec.name]:
            continue
        wishes = analyzer.wishes(params)
        rates_hz = [wish.rate_hz for wish in wishes.pictures if wish.rate_hz is not None]
        if rates_hz:
            pictures[spec.name] = max(rates_hz)
        if wishes.sound is not None and wishes.sound.rate_hz is not None:
            sounds.append(wishes.sound.rate_hz)
    return {
        "frame_sample_fps": pictures.get(_LOOKS_FOR_FACES, max(pictures.values(), default=None)),
        "audio_sample_rate_hz": max(sounds, default=None),
    }


def _provenance(
    analysis: Analysis, tools: AnalysisTools, fingerprints: Mapping[str, Fingerprint]
) -> dict[str, Any]:
    """What every row of the library states of how it was made."""
    return {
        "analysis_version": _analysis_version(fingerprints),
        "pipeline_version": __version__,
        **sampling(analysis, tools.analyzers),
        "model_manifest_b3": tools.models.manifest_b3 or None,
        "models_used": [f"{name} {digest}" for name, digest in models_used(analysis, tools).items()],
    }


def _given(path: Path | None) -> FileInput | None:
    """A small file of the out folder: read whole each time, as it may change within the clock's resolution."""
    return None if path is None else FileInput(path=str(path), digest=hash_file(path))


def _footage(recipe: Recipe, request: RunRequest) -> str:
    footage = request.footage or recipe.footage.dir
    if footage is None:
        what = "no footage is named"
        raise RecipeError(Problem(None, what, "give --footage DIR, or set footage.dir in the recipe"))
    if request.out is not None and os.path.realpath(request.out) == os.path.realpath(footage):
        what = "the out folder is the footage folder: the video would be taken for a clip in the next run"
        raise RecipeError(Problem(Place(str(request.out)), what, "choose another folder with --out"))
    return footage


def _sources(
    recipe: Recipe,
    request: RunRequest,
    footage: str,
    digests: DigestIndex,
    fonts: Mapping[str, SourceFile],
) -> tuple[Sources, dict[str, Problem]]:
    made = [Path(folder) for folder in (request.out, request.cache) if folder is not None]
    clips, unreadable = found_clips(footage, recipe.footage, digests, besides=made)
    if recipe.edit is not None and request.plan is None:
        problems = [*wanted_problems(recipe.edit, [file.clip for file, _ in clips])]
        if problems:
            raise ConstraintError(problems)
    known = _known_again(clips, request.shows, footage)
    sides = side_files(known, recipe.analyzers, known_analyzers(), digests)
    return Sources.of(known, _song(recipe, request, digests), sides, fonts), unreadable


def _known_again(
    clips: Sequence[tuple[FootageFile, str]], shows: Mapping[str, str], footage: str
) -> list[tuple[FootageFile, str]]:
    """The clips, those that were renamed since under the names by which the timeline knows them. Raises MediaError."""
    names = {file.clip for file, _ in clips}
    gone = {clip: digest for clip, digest in shows.items() if clip not in names}
    spare = {digest: file.clip for file, digest in reversed(clips) if file.clip not in shows}
    lost = sorted(clip for clip, digest in gone.items() if digest not in spare)
    if lost:
        fix = (
            "say where it lies with --footage DIR, or put another in its place with `rushes edit OUT replace`"
        )
        raise MediaError(
            Problem(Place(footage), f"{clip} is not here any more, under no name, but the edit shows it", fix)
            for clip in lost
        )
    called = {spare[digest]: clip for clip, digest in sorted(gone.items(), reverse=True)}
    return [(replace(file, clip=called.get(file.clip, file.clip)), digest) for file, digest in clips]


def _song(recipe: Recipe, request: RunRequest, digests: DigestIndex) -> SourceFile | None:
    song = request.song or (recipe.song.file if recipe.song else None)
    if song is None:
        if recipe.song is not None and recipe.edit is not None:
            grid = "" if recipe.edit.grid == "free" else " --set edit.grid=free"
            fix = (
                f"give --song FILE, set song.file in the recipe, or cut without a song: --set song=null{grid}"
            )
            raise RecipeError(
                Problem(None, f"the recipe {recipe.name} cuts to a song, but none is named", fix)
            )
        return None
    path = Path(song)
    check_name(path.name)
    _check_song(path)
    return SourceFile(name=path.name, path=str(path), digest=digests.digest(path))


def _check_song(path: Path) -> None:
    """Find out before the clips are analysed what can be seen without decoding. Raises MediaError."""
    place = Place(str(path))
    if path.is_dir():
        what = "a song is one file, but this is a folder"
        raise MediaError(Problem(place, what, "name a file inside it"))
    if not path.exists():
        raise MediaError(Problem(place, "there is no such file", "check the path of the song"))
    if not os.access(path, os.R_OK):
        raise MediaError(Problem(place, "the file may not be read", "give yourself permission to read it"))
    if path.stat().st_size == 0:
        raise MediaError(Problem(place, "the file is empty", "copy or export the song again"))
    if is_text(str(path)):
        what = "this is a text file, not a song"
        raise MediaError(Problem(place, what, "give a sound file such as .mp3, .m4a, .ogg, .flac or .wav"))
