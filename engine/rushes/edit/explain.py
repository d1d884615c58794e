"""Why each shot is where it is: terms, confidence, runner-up, and all of it in an editor's words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rushes.edit.attempt import Answer
from rushes.edit.footage import NO_ANGLE
from rushes.edit.footage_bins import BIN_S
from rushes.edit.in_points_words import cleanness_words, in_point_words, landing_words
from rushes.edit.problem import Choice, Floats
from rushes.edit.runner_up import Second, runner_up
from rushes.edit.source import source_start_frames
from rushes.edit.terms import worth_step
from rushes.timeline.judge_notes import pacing_words
from rushes.timeline.judge_reasons import TERMS, part_words
from rushes.timeline.tree import Chosen, ClipMetadata, HeldBy, Reason, RunnerUp
from rushes.units import frames_to_seconds

_TYPICAL_LOSS_01 = 0.05
_SAID = 3
_WORTH_SAYING = 0.25
"""A term is not said where it sets the shot apart by less than this share of what the strongest does."""


@dataclass(frozen=True, eq=False)
class Explainer:
    """Facts of an answer that all its shots are measured against."""

    answer: Answer

    @cached_property
    def piece_score(self) -> Floats:
        """(pieces,) mean score along each piece."""
        return self._piece_means(self.answer.footage.score)

    @cached_property
    def _piece_motion(self) -> Floats:
        return self._piece_means(self.answer.footage.motion)

    def _piece_means(self, values: Floats) -> Floats:
        """(pieces,) means of values per bin."""
        means: list[float] = []
        for piece in self.answer.footage.pieces:
            first = piece.first_bin + round(piece.start_s / BIN_S)
            last = max(first + 1, piece.first_bin + round(piece.end_s / BIN_S))
            means.append(float(values[first:last].mean()))
        return np.array(means)

    def motion_rank(self, piece: int) -> float:
        """Share of all pieces that move no more than this one, 0..1."""
        return float((self._piece_motion <= self._piece_motion[piece]).mean())

    def loud_at(self, at: int) -> float:
        """Energy of the song under shot `at`, relative to the part that is used, 0..1."""
        return float(self.answer.shots.loud_01[self.answer.choices[at].span])

    def piece_at(self, at: int) -> int:
        """Index of the piece of shot `at`."""
        return self.answer.built.piece_of(self.answer.choices[at])

    def term(self, name: str, choice: Choice) -> float:
        """A unary term of a choice, 0..1."""
        return float(self.answer.shots.terms[name][choice.span, self.answer.built.column_of(choice)])

    def terms(self, at: int, choice: Choice | None = None) -> dict[str, float]:
        """Weighted share of each term in the worth of shot `at` (or of another choice for it); their sum is the shot's worth."""
        choice = choice or self.answer.choices[at]
        weights = self.answer.shots.weights
        found = {name: weights[name] * self.term(name, choice) for name in self.answer.shots.terms}
        return found | self._pair_terms(at, choice)

    def _pair_terms(self, at: int, choice: Choice) -> dict[str, float]:
        shots, problem = self.answer.shots, self.answer.built.problem
        asked = [name for name in ("sequence", "angle_change") if name in shots.weights]
        if not asked:
            return {}
        before = self.answer.choices[at - 1].unit if at else None
        row = problem.kind_count if before is None else int(problem.unit_kind[before])
        worth = float(shots.pair[row, problem.unit_kind[choice.unit]])
        change = float(shots.change[row, problem.unit_kind[choice.unit]])
        split = {"sequence": worth - change, "angle_change": change}
        return {name: split[name] for name in asked}


def describe_clip(explainer: Explainer, at: int) -> ClipMetadata:
    """Everything that is said about shot `at`."""
    answer = explainer.answer
    choice = answer.choices[at]
    piece = answer.footage.pieces[explainer.piece_at(at)]
    second = runner_up(answer.built.problem, answer.choices, at)
    because = _reasons(explainer, at)
    return ClipMetadata(
        shot_type=piece.shot_type,
        angle=None if piece.angle == NO_ANGLE else piece.angle,
        motion_intensity=piece.facts["motion_flow_score"],
        visual_quality=piece.facts["visual_quality_01"],
        color_variance=piece.facts["color_variance_01"],
        ai_confidence=confidence(explainer, at, second),
        ai_reasoning="; ".join(reason.says for reason in because) or _BEST_LEFT,
        runner_up=None if second is None else _runner_up(explainer, at, second),
        terms={name: round(value, 6) for name, value in explainer.terms(at, choice).items()},
        chosen=_chosen(explainer, at, because),
    )


def _chosen(explainer: Explainer, at: int, because: tuple[Reason, ...]) -> Chosen:
    answer, piece = explainer.answer, explainer.answer.footage.pieces[explainer.piece_at(at)]
    choice, edit = answer.choices[at], answer.scene.request.edit
    frames = int(answer.spans.length_frames[choice.span])
    in_s = float(answer.shots.in_s[choice.span, answer.built.column_of(choice)])
    before = answer.footage.pieces[explainer.piece_at(at - 1)].angle if at else NO_ANGLE
    return Chosen(
        source_start_frames=source_start_frames(piece, in_s, frames, edit),
        duration_frames=frames,
        timeline_start_frames=int(answer.scene.places.frames[answer.spans.start[choice.span]]),
        part=None if answer.scene.music is None else part_words(explainer.loud_at(at)),
        before=None if before == NO_ANGLE else before,
        because=because,
    )


def confidence(explainer: Explainer, at: int, second: Second | None) -> float:
    """How sure a choice is, 0..1: 0.45 for its rank (half by score among all pieces, half by worth among those that fit
    this place), 0.30 for its visual quality against the style's least, 0.25 for the margin to the runner-up (0.5 for
    none, 1 from a loss of 0.05 of the shot's worth on).

    A fixed rule until feedback can teach one; an unknown part counts one half.
    """
    answer = explainer.answer
    index = explainer.piece_at(at)
    piece = answer.footage.pieces[index]
    by_score = 0.5
    if answer.footage.has_score:
        by_score = float((explainer.piece_score <= explainer.piece_score[index]).mean())
    span = answer.choices[at].span
    worth = float(answer.shots.value[span, answer.built.column_of(answer.choices[at])])
    spread = answer.shots.spread[span]
    rank = 0.5 * by_score + 0.5 * float(spread[: worth_step(worth) + 1].sum() / spread.sum())
    quality = piece.facts["visual_quality_01"]
    least = answer.scene.style.quality.min_visual_quality
    clean = 0.5 if quality is None else 1.0 if least <= 0 else min(1.0, quality / least)
    margin = 1.0
    if second is not None:
        weight = float(answer.built.problem.span_weight[span])
        margin = 0.5 + 0.5 * min(1.0, max(0.0, second.loss / weight) / _TYPICAL_LOSS_01)
    return round(min(1.0, max(0.0, 0.45 * rank + 0.30 * clean + 0.25 * margin)), 6)


def _runner_up(explainer: Explainer, at: int, second: Second) -> RunnerUp:
    answer = explainer.answer
    span = second.choice.span
    index = answer.built.piece_of(second.choice)
    piece = answer.footage.pieces[index]
    frames = int(answer.spans.length_frames[span])
    rate = answer.scene.request.edit.frames_per_s
    start = source_start_frames(
        piece,
        float(answer.shots.in_s[span, answer.built.column_of(second.choice)]),
        frames,
        answer.scene.request.edit,
    )
    start_s = frames_to_seconds(start, piece.rate_fps)
    return RunnerUp(
        file=piece.clip,
        source_start_s=round(float(start_s), 6),
        source_end_s=round(float(start_s) + frames / rate, 6),
        score_loss=round(max(0.0, second.loss), 6),
        reason=_why_not(explainer, at, second.choice),
    )


def _why_not(explainer: Explainer, at: int, other: Choice) -> str:
    """The term in which the runner-up falls behind most."""
    mine, theirs = explainer.terms(at), explainer.terms(at, other)
    lost = {name: mine[name] - theirs[name] for name in mine}
    worst = min(lost, key=lambda name: (-lost[name], name))
    if lost[worst] <= 1e-9:
        return "as good here, but better kept for its neighbours"
    weights = explainer.answer.shots.weights
    if worst == "score":
        return f"its score is lower ({theirs[worst] / weights[worst]:.2f} against {mine[worst] / weights[worst]:.2f})"
    return _LESS[worst](explainer, at, explainer.answer.built.piece_of(other))


def _less_energy(explainer: Explainer, at: int, piece: int) -> str:
    loud = explainer.loud_at(at)
    much = "more" if explainer.motion_rank(piece) > loud else "less"
    return f"it moves {much} than {part_words(loud)} asks for"


def _less_shot_type(explainer: Explainer, at: int, piece: int) -> str:
    if explainer.answer.scene.music is None:
        return f"{_shot_name(explainer, piece)} is rarer in the style"
    return f"{_shot_name(explainer, piece)} fits {part_words(explainer.loud_at(at))} less"


def _less_pacing(explainer: Explainer, at: int, piece: int) -> str:
    return f"{_shot_name(explainer, piece)} wants to be held for another time"


def _less_sequence(explainer: Explainer, at: int, piece: int) -> str:
    angle = explainer.answer.footage.pieces[piece].angle
    before = explainer.answer.footage.pieces[explainer.piece_at(at - 1)].angle if at else NO_ANGLE
    if NO_ANGLE in (angle, before):
        return "its angle is not known"
    return f"{angle} after {before} is rarer in the style"


_LESS: Mapping[str, Callable[[Explainer, int, int], str]] = {
    "energy": _less_energy,
    "shot_type": _less_shot_type,
    "pacing": _less_pacing,
    "accent": lambda explainer, at, piece: "its movement misses the beat",
    "clean": lambda explainer, at, piece: "its worst moment is worse, or it cuts an action short",
    "order": lambda explainer, at, piece: "it is further from its turn",
    "sequence": _less_sequence,
    "angle_change": lambda explainer, at, piece: "its angle fits less after the one before",
    "variation": lambda explainer, at, piece: "as good here, but not drawn by the seed",
}


_SHOT_NAMES = {"close_up": "a close-up", "medium": "a medium shot", "wide": "a wide shot", "zoom": "a zoom"}


def _shot_name(explainer: Explainer, piece: int) -> str:
    kind = explainer.answer.footage.pieces[piece].shot_type
    return "a shot of unknown type" if kind is None else _SHOT_NAMES.get(kind, kind)


_BEST_LEFT = "the best that is left for this place"


def _reasons(explainer: Explainer, at: int) -> tuple[Reason, ...]:
    """The terms that set this shot apart most from the average piece at its place, at most three, in words; and what its
    in-point does."""
    answer = explainer.answer
    choice = answer.choices[at]
    span = choice.span
    ahead: dict[str, float] = {}
    for name, weighted in explainer.terms(at).items():
        typical = 0.5
        if name in answer.shots.terms:
            typical = float(answer.shots.typical[name][span])
        ahead[name] = weighted - answer.shots.weights[name] * typical
    least = max(1e-9, _WORTH_SAYING * max(ahead.values()))
    strongest = [
        name for name in sorted(ahead, key=lambda name: (-ahead[name], name)) if ahead[name] >= least
    ]
    said = [
        Reason(says=text, of=_OF_WORDS.get(name, TERMS[name]))
        for name in strongest
        if (text := _WORDS[name](explainer, at))
    ][:_SAID]
    did = "; ".join(reason.says for reason in said)
    lands = [Reason(says=text, of=TERMS["accent"]) for text in (landing_words(answer, at),)]
    shows = [Reason(says=text, of=TERMS["clean"]) for text in in_point_words(answer, at)]
    return (*said, *(reason for reason in (*lands, *shows) if reason.says and reason.says not in did))


_OF_WORDS: Mapping[str, tuple[HeldBy, ...]] = {
    "energy": ("take", "part"),
    "shot_type": ("take", "part"),
    "pacing": ("place",),
}
"""What the words for a term speak of, where the term itself looks at more."""


def _say_score(explainer: Explainer, at: int) -> str:
    index = explainer.piece_at(at)
    scores = explainer.piece_score
    rank = int((scores > scores[index]).sum()) + 1
    pieces = explainer.answer.footage.pieces
    angle = pieces[index].angle
    alike = [score for piece, score in zip(pieces, scores, strict=True) if piece.angle == angle]
    name = "" if angle == NO_ANGLE else f" of {angle}"
    value = explainer.term("score", explainer.answer.choices[at])
    if name and scores[index] >= max(alike):
        return f"best take{name} (score {value:.2f})"
    if rank <= max(1, len(pieces) // 4):
        return f"score {value:.2f}, number {rank} of {len(pieces)}"
    return f"score {value:.2f}, above the average here"


def _say_energy(explainer: Explainer, at: int) -> str:
    loud, moves = explainer.loud_at(at), explainer.motion_rank(explainer.piece_at(at))
    # Ranks, as the term counts them: in quiet footage what moves most may move little.
    if moves >= 0.6 <= loud:
        return f"more movement than in most takes for {part_words(loud)}"
    if moves <= 0.4 >= loud:
        return f"less movement than in most takes for {part_words(loud)}"
    kind = explainer.answer.footage.pieces[explainer.piece_at(at)].motion_kind
    how = "its movement" if kind is None else f"its movement ({kind.replace('_', ' ')})"
    return f"{how} suits {part_words(loud)}"


def _say_shot_type(explainer: Explainer, at: int) -> str:
    shot = _shot_name(explainer, explainer.piece_at(at))
    if explainer.answer.scene.music is None:
        return f"the style likes {shot}"
    return f"{shot} suits {part_words(explainer.loud_at(at))}"


def _say_pacing(explainer: Explainer, at: int) -> str:
    answer = explainer.answer
    frames = int(answer.spans.length_frames[answer.choices[at].span])
    return f"held for {frames / answer.scene.request.edit.frames_per_s:.2f} s, near what the style wants here"


def _say_accent(explainer: Explainer, at: int) -> str:
    answer = explainer.answer
    span = answer.choices[at].span
    start = int(answer.spans.start[span])
    if answer.scene.places.turn[start]:
        return "it begins where the song turns"
    if answer.footage.moments.accents is not None:
        return landing_words(answer, at)
    lands = 2 * explainer.term("accent", answer.choices[at]) - float(answer.scene.places.strength_01[start])
    return "a movement lands on the beat" if lands > 0.3 else ""


def _say_order(explainer: Explainer, at: int) -> str:
    return "its turn in the order of the clips"


def _angle_step(explainer: Explainer, at: int) -> tuple[str, str] | None:
    pieces = explainer.answer.footage.pieces
    if at == 0:
        return None
    before, after = pieces[explainer.piece_at(at - 1)].angle, pieces[explainer.piece_at(at)].angle
    return None if NO_ANGLE in (before, after) else (before, after)


def _say_sequence(explainer: Explainer, at: int) -> str:
    step = _angle_step(explainer, at)
    return "" if step is None else f"{step[1]} after {step[0]}, as the style likes it"


def _say_change(explainer: Explainer, at: int) -> str:
    step = _angle_step(explainer, at)
    return "" if step is None or step[0] == step[1] else f"change from {step[0]} to {step[1]}"


_WORDS: Mapping[str, Callable[[Explainer, int], str]] = {
    "score": _say_score,
    "energy": _say_energy,
    "shot_type": _say_shot_type,
    "pacing": _say_pacing,
    "accent": _say_accent,
    "clean": lambda explainer, at: cleanness_words(explainer.answer, at),
    "order": _say_order,
    "sequence": _say_sequence,
    "angle_change": _say_change,
    "variation": lambda explainer, at: "",
}


def style_match(explainer: Explainer) -> float | None:
    """How well the edit follows the style, 0..1: the mean over time of its terms without the score; None where only the
    score is asked for."""
    answer = explainer.answer
    weights = {
        name: weight for name, weight in answer.shots.weights.items() if name not in ("score", "order")
    }
    if not weights:
        return None
    total = 0.0
    for at, choice in enumerate(answer.choices):
        terms = explainer.terms(at)
        share = float(answer.built.problem.span_weight[choice.span])
        total += share * math.fsum(terms[name] for name in weights)
    return round(total / math.fsum(weights.values()), 6)


def pacing_target(answer: Answer) -> str:
    """What pace the style asks for, and what the edit has."""
    style, music = answer.scene.style, answer.scene.music
    rate = answer.scene.request.edit.frames_per_s
    frames = [int(answer.spans.length_frames[choice.span]) for choice in answer.choices]
    asked = f"shots of about {style.avg_shot_length_s:.2f} s"
    if music is not None and music.beat_s is not None:
        low, high = style.low_energy.cut_frequency, style.high_energy.cut_frequency
        spread = (high / low) ** 0.5
        quiet, loud = style.cuts_per_beat / spread, style.cuts_per_beat * spread
        asked = f"a cut every {1 / loud:.1f} beats where it is loud, every {1 / quiet:.1f} where it is quiet"
    return pacing_words(asked, len(frames), sum(frames) / rate)
