"""Pictures of a shot that does not run at the speed it was filmed with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from av.video.frame import VideoFrame

from rushes.emit.video_source import Moment, OpenClip, pictures_around, shown_at_s
from rushes.emit.video_transition import mixed

_PARTS = 64
"""Shares of two mixed pictures are told apart so finely."""
_GAP = Fraction(3, 2)
"""Pictures that lie further apart, in pictures of the usual rate, stand still in between and do not melt."""
_HALF = Fraction(1, 2)

Fit = Callable[[VideoFrame], VideoFrame]


def retimed(
    clip: OpenClip, moments_s: Sequence[Fraction], fit: Fit, blend: bool
) -> Iterator[tuple[VideoFrame, int]]:
    """An output picture per moment of source time: the nearest one, or both around it, mixed, where the source has fewer
    pictures than are shown. Moments ascend. `fit` is asked once for each source picture."""
    fitted = _Fitted(fit)
    slow = [blend and is_slow for is_slow in _is_slow(moments_s, clip.video.rate_fps)]
    for moment, is_slow in zip(pictures_around(clip, moments_s), slow, strict=True):
        apart_s = shown_at_s(clip, moment.after) - shown_at_s(clip, moment.before)
        melts = is_slow and apart_s * clip.video.rate_fps <= _GAP
        nearest = _PARTS if moment.share >= _HALF else 0
        yield fitted.mixed(moment, round(moment.share * _PARTS) if melts else nearest), 1


def _is_slow(moments_s: Sequence[Fraction], rate_fps: Fraction) -> list[bool]:
    """Whether the next moment is less than a source picture away; of the last one as of that before it."""
    steps = [later_s - moment_s for moment_s, later_s in pairwise(moments_s)]
    steps += steps[-1:] or [1 / rate_fps]
    return [step_s * rate_fps < Fraction(99, 100) for step_s in steps]


class _Fitted:
    """Output pictures of the last two source pictures."""

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._known: list[tuple[VideoFrame, VideoFrame]] = []

    def mixed(self, moment: Moment, part: int) -> VideoFrame:
        """part / _PARTS of the picture after the moment, the rest of the one before."""
        if part == 0:
            return self._of(moment.before)
        if part == _PARTS:
            return self._of(moment.after)
        return mixed(self._of(moment.before), self._of(moment.after), part, _PARTS)

    def _of(self, picture: VideoFrame) -> VideoFrame:
        for source, made in self._known:
            if source is picture:
                return made
        made = self._fit(picture)
        self._known = [*self._known[-1:], (picture, made)]
        return made
