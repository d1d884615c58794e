"""The one decode pass: a clip is demuxed and decoded once, and everyone who asked is fed from it.

One decoder thread: clips run beside each other in processes, which uses the cores better than threads within one
decoder. Frames that nobody asked for are decoded (later ones need them) but neither scaled nor copied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rushes.media.faults import check_file, no_picture, nothing_decodes, unreadable_media
from rushes.media.info import MediaInfo, VideoInfo
from rushes.media.probe import good_packets, open_media, picture_stream, sound_stream, stream_duration_s
from rushes.media.scale import Scaler
from rushes.media.sound import SoundTap
from rushes.media.wishes import Picture, PictureWish, Seen, SoundBlock, Stamps, Wishes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OnPicture = Callable[[str, Picture], None]
OnSound = Callable[[str, SoundBlock], None]

_MAX_DAMAGED_IN_A_ROW = 250
"""After ten seconds of nothing but damage the rest of the picture is not worth its time."""


def decode_pass(
    info: MediaInfo, requests: Mapping[str, Wishes], on_picture: OnPicture, on_sound: OnSound
) -> Seen:
    """Decode a clip once and hand out what was asked for.

    requests: who asks -> what. on_picture and on_sound are told who it is for; pictures come in order of time, those
    of one frame in order of requests. Arrays own their memory; readers of the same form and size share them.
    A clip without sound gives no sound; sound is not decoded if nobody asks. Nobody is given anything else because of
    what others ask: damage of the picture costs no sound.
    Where the file breaks off or is damaged, everything that can be decoded is given and Seen says so.
    Raises MediaError where the file has vanished or not one frame can be decoded.
    """
    try:
        check_file(info.path)
        with open_media(info.path) as container:
            return _Pass(info, requests, on_picture, on_sound).run(container)
    except (FFmpegError, OSError) as error:
        raise unreadable_media(info.path, error) from error


@dataclass(frozen=True, slots=True)
class _PictureTap:
    """One wish of one reader."""

    reader: str
    number: int
    wish: PictureWish
    scaler: Scaler

    def takes(self, after_s: float, before_s: float, is_last: bool) -> bool:
        """Whether this frame, the nearest one to all times in [after_s, before_s), is wanted."""
        rate_hz = self.wish.rate_hz
        if rate_hz is None or (is_last and self.wish.and_last):
            return True
        # A billionth of a step absorbs the rounding of times that lie on the grid.
        first_on_grid = math.ceil(max(after_s * rate_hz - 1e-9, 0.0))
        return first_on_grid < before_s * rate_hz - 1e-9


@dataclass(slots=True)
class _Held:
    """The newest frame, kept until the next one shows for which times it is the nearest."""

    frame: VideoFrame
    pts: int
    at_s: float
    ready: dict[Scaler, NDArray[np.uint8]]


class _Pass:
    """The state of one run over one container."""

    def __init__(
        self, info: MediaInfo, requests: Mapping[str, Wishes], on_picture: OnPicture, on_sound: OnSound
    ) -> None:
        if info.video is None:
            raise no_picture(info.path)
        self._info = info
        self._video: VideoInfo = info.video
        self._on_picture = on_picture
        self._taps = _picture_taps(requests, info.video)
        start_s = info.video.start_pts * info.video.time_base
        self._sounds = [
            SoundTap(reader, wishes.sound, start_s, on_sound)
            for reader, wishes in requests.items()
            if wishes.sound is not None
        ]
        self._clock = _Clock(info.video)
        self._held: _Held | None = None
        self._always = {tap.scaler: None for tap in self._taps if tap.wish.rate_hz is None}
        self._held_from_s = -math.inf
        self._damaged = 0
        self._damaged_in_a_row = 0
        self._stamps = _PacketStamps(info.video)
        self._heard = False
        self._damaged_sound = 0
        self._sound_ends_damaged = False

    def run(self, container: InputContainer) -> Seen:
        stream = picture_stream(container)
        if stream is None:
            raise no_picture(self._info.path)
        # Also where the recipe runs on many cores: see the top of this file.
        stream.thread_count = 1
        sound = sound_stream(container) if self._sounds else None
        streams: list[Stream] = [stream] if sound is None else [stream, sound]
        for packet in good_packets(container, *streams):
            if packet.stream.type == "video":
                self._take_picture(packet)
            else:
                self._take_sound(packet)
            if self._given_up and not self._sounds:
                break
        self._flush(stream, sound)
        if (self._clock.frame_count if self._taps else self._stamps.frame_count) == 0:
            raise nothing_decodes(self._info.path)
        return self._seen(stream, sound)

    @property
    def _given_up(self) -> bool:
        """Whether no more pictures are decoded."""
        return self._damaged_in_a_row > _MAX_DAMAGED_IN_A_ROW

    def _take_picture(self, packet: Packet[Stream]) -> None:
        self._stamps.count(packet)
        if not self._taps or self._given_up:
            return
        try:
            frames = packet.decode()
        except FFmpegError:
            self._count_damage()
            return
        for frame in frames:
            self._show(frame)

    def _take_sound(self, packet: Packet[Stream]) -> None:
        try:
            frames = packet.decode()
        except FFmpegError:
            # Of the last one nothing is said: a file that breaks off does so within a packet.
            self._damaged_sound += self._sound_ends_damaged
            self._sound_ends_damaged = True
            return
        if packet.size and self._sound_ends_damaged:
            self._damaged_sound += 1
            self._sound_ends_damaged = False
        for frame in frames:
            self._show(frame)

    def _count_damage(self) -> None:
        self._damaged += 1
        self._damaged_in_a_row += 1

    def _show(self, frame: object) -> None:
        if isinstance(frame, AudioFrame):
            self._heard = True
            for tap in self._sounds:
                tap.hear(frame)
        elif isinstance(frame, VideoFrame):
            if frame.is_corrupt:
                self._count_damage()
                return
            self._damaged_in_a_row = 0
            pts, at_s = self._clock.stamp(frame)
            # What is wanted in any case is scaled while the frame is still in the processor's caches.
            ready = {scaler: scaler.pixels(frame) for scaler in self._always}
            if self._held is not None:
                between_s = (self._held.at_s + at_s) / 2
                self._hand_out(self._held, between_s, is_last=False)
                self._held_from_s = between_s
            self._held = _Held(frame, pts, at_s, ready)

    def _hand_out(self, held: _Held, before_s: float, *, is_last: bool) -> None:
        """Give the held frame, now that its neighbour and so the span in which it is the nearest is known."""
        for tap in self._taps:
            if tap.takes(self._held_from_s, before_s, is_last):
                pixels = held.ready.get(tap.scaler)
                if pixels is None:
                    pixels = held.ready[tap.scaler] = tap.scaler.pixels(held.frame)
                self._on_picture(tap.reader, Picture(held.pts, held.at_s, pixels, tap.number))

    def _flush(self, stream: VideoStream, sound: AudioStream | None) -> None:
        """Empty the decoders; after a clean end of the file they are empty already."""
        for each in (stream if self._taps else None, sound):
            if each is None:
                continue
            try:
                frames = each.decode(None)
            except FFmpegError:
                continue
            for frame in frames:
                self._show(frame)
        if self._held is not None:
            self._hand_out(self._held, self._held.at_s + 1e-6, is_last=True)
            self._held = None
        for tap in self._sounds:
            tap.finish()

    def _seen(self, stream: VideoStream, sound: AudioStream | None) -> Seen:
        stamps = Stamps(
            duration_s=self._stamps.end_s,
            frame_count=self._stamps.frame_count,
            complete=not self._fell_short(stream, self._stamps.end_s),
        )
        seen = Seen(
            info=self._info,
            decoded_duration_s=self._clock.end_s,
            frame_count=self._clock.frame_count,
            rate_fps=self._video.rate_fps,
            complete=self._damaged == 0 and not self._fell_short(stream, self._clock.end_s),
            damaged_packets=self._damaged,
            # Where nobody listens the pass ends with the picture.
            stamps=stamps if self._sounds or not self._given_up else None,
            sound_decodes=self._heard or not (self._sounds and self._info.may_sound),
            damaged_sound_packets=self._damaged_sound,
        )
        return seen if self._taps else seen.by_ear()

    def _fell_short(self, stream: VideoStream, duration_s: float) -> bool:
        """Whether clearly less is there than the header promised. Only a stream's own duration is exact; that of a file
        may be its sound's."""
        promised = stream_duration_s(stream)
        if promised is not None:
            return duration_s < float(promised) - max(0.25, 3 / float(self._video.rate_fps))
        return duration_s < self._info.duration_s * 0.95 - 1.0


class _Clock:
    """Time stamps that always move on: a frame without one, or with one that jumps back, follows its predecessor."""

    def __init__(self, video: VideoInfo) -> None:
        self._start_pts = video.start_pts
        self._base = video.time_base
        self._step = max(1, round(1 / (video.rate_fps * video.time_base)))
        self._last_pts: int | None = None
        self._last_duration = self._step
        self._first_pts = video.start_pts
        self.frame_count = 0

    def stamp(self, frame: VideoFrame) -> tuple[int, float]:
        """pts, and seconds from the start of the picture."""
        pts = frame.pts
        if self._last_pts is None:
            pts = self._start_pts if pts is None else pts
            self._first_pts = pts
        elif pts is None or pts <= self._last_pts:
            pts = self._last_pts + self._step
        self._last_pts = pts
        self._last_duration = frame.duration or self._step
        self.frame_count += 1
        return pts, self._seconds(pts - self._start_pts)

    @property
    def end_s(self) -> float:
        """From the first frame to the end of the last one."""
        if self._last_pts is None:
            return 0.0
        return self._seconds(self._last_pts + self._last_duration - self._first_pts)

    def _seconds(self, ticks: int) -> float:
        # As float(ticks * base), at a twentieth of its price: this runs for every frame.
        return ticks * self._base.numerator / self._base.denominator


class _PacketStamps:
    """From when to when the packets of the picture reach. They come in the order of decoding."""

    def __init__(self, video: VideoInfo) -> None:
        self._start_pts = video.start_pts
        self._base = video.time_base
        self._step = max(1, round(1 / (video.rate_fps * video.time_base)))
        self._first: int | None = None
        self._last = 0
        self._last_duration = self._step
        self._next = 0
        self.frame_count = 0

    def count(self, packet: Packet[Stream]) -> None:
        """Take the time of a packet that holds a whole picture, and one that is shown: a recording cut out of a stream
        begins with pictures that lack what they build on."""
        if packet.size == 0 or packet.is_corrupt or packet.is_discard:
            return
        if packet.pts is not None and packet.pts < self._start_pts:
            return
        # Some containers (AVI) stamp packets for decoding only, some (raw streams) not at all.
        stamps = (packet.pts, packet.dts, self._next)
        at = next(stamp for stamp in stamps if stamp is not None)
        if self._first is None or at > self._last:
            self._last = at
            self._last_duration = packet.duration or self._step
        self._first = at if self._first is None else min(self._first, at)
        self._next = at + self._step
        self.frame_count += 1

    @property
    def end_s(self) -> float:
        """From the first to the end of the last one."""
        if self._first is None:
            return 0.0
        ticks = self._last + self._last_duration - self._first
        return ticks * self._base.numerator / self._base.denominator


def _picture_taps(requests: Mapping[str, Wishes], video: VideoInfo) -> list[_PictureTap]:
    """Readers who want the same form and size share one scaler."""
    scalers: dict[tuple[str, int, bool], Scaler] = {}
    taps: list[_PictureTap] = []
    for reader, wishes in requests.items():
        for number, wish in enumerate(wishes.pictures):
            key = (wish.form, wish.long_side_px, wish.quick)
            scaler = scalers.setdefault(key, Scaler(wish, video))
            taps.append(_PictureTap(reader, number, wish, scaler))
    return taps
