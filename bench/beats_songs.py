"""Songs with known beats, made in code: drum machines, basses and chords playing the bars of many kinds of music."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Times = NDArray[np.float64]

RATE_HZ = 22050


@dataclass(frozen=True)
class Kind:
    """A kind of music as one drum tab per instrument.

    tab: instrument -> one bar, beats apart by a space, a digit is the level in ninths. Beats may be parted in 4 or 3.
    bpm: range of tempi. drift: tempo at the end over that at the start. human_ms: jitter of every stroke.
    drumless: share of the song, at its start and in its middle, in which the drums rest.
    """

    tab: dict[str, str]
    bpm: tuple[float, float]
    swing: float = 0.5
    drift: float = 1.0
    human_ms: float = 0.0
    drumless: float = 0.0


# The first group was looked at while the method was made; the second was written afterwards and only measured.
TUNED = {
    "house": Kind(
        {
            "kick": "9000 9000 9000 9000",
            "clap": "0000 8000 0000 8000",
            "open": "0060 0060 0060 0060",
            "bass": "0080 0080 0080 0085",
            "pad": "9000 0000 0000 0000",
        },
        (118, 128),
    ),
    "techno_bare": Kind(
        {"kick": "9000 9000 9000 9000", "hat": "0070 0070 0070 0070", "bass": "0077 0077 0077 0077"},
        (125, 140),
    ),
    "kick_only": Kind({"kick": "9000 9000 9000 9000"}, (100, 140)),
    "rock": Kind(
        {
            "kick": "9000 0000 9090 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "6040 6040 6040 6040",
            "bass": "7070 7070 7070 7070",
            "guitar": "9000 0060 0060 0000",
        },
        (85, 140),
        human_ms=6,
    ),
    "hiphop_swing": Kind(
        {
            "kick": "9000 0005 0090 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "6060 6060 6060 6060",
            "bass": "9000 0000 0080 0000",
        },
        (80, 98),
        swing=0.62,
    ),
    "dnb": Kind(
        {
            "kick": "9000 0000 0090 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "5050 5050 5050 5050",
            "ghost": "0001 0201 0000 0100",
            "bass": "9000 0000 0070 0000",
        },
        (164, 178),
    ),
    "waltz": Kind({"bass": "900 000 000", "piano": "000 700 700", "hat": "000 300 300"}, (90, 180)),
    "ballad_beats": Kind(
        {"piano": "9050 6050 7050 6050", "bass": "9000 0000 0000 0000"}, (60, 80), human_ms=8
    ),
    "ballad_chords": Kind({"piano": "9000 6000 7000 6000"}, (60, 80), human_ms=10),
    "quiet_intro": Kind(
        {
            "kick": "9000 9000 9000 9000",
            "snare": "0000 9000 0000 9000",
            "hat": "5060 5060 5060 5060",
            "piano": "8000 0060 0060 0000",
            "bass": "9000 7000 8000 7000",
        },
        (96, 128),
        drumless=0.25,
    ),
    "ramp_up": Kind(
        {
            "kick": "9000 0000 9000 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "6050 6050 6050 6050",
            "bass": "8000 6000 8000 6000",
        },
        (90, 105),
        drift=1.4,
    ),
    "disco": Kind(
        {
            "kick": "9000 9000 9000 9000",
            "snare": "0000 7000 0000 7000",
            "open": "0080 0080 0080 0080",
            "hat": "4040 4040 4040 4040",
            "bass": "8060 8060 8060 8060",
            "guitar": "0055 0055 0055 0055",
        },
        (108, 126),
    ),
    "trance": Kind(
        {
            "kick": "9000 9000 9000 9000",
            "open": "0070 0070 0070 0070",
            "bass": "0666 0666 0666 0666",
            "pluck": "6066 0660 6606 6060",
        },
        (132, 142),
        drumless=0.2,
    ),
    "punk": Kind(
        {
            "kick": "9000 0000 9000 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "7070 7070 7070 7070",
            "guitar": "8080 8080 8080 8080",
        },
        (165, 180),
        human_ms=5,
    ),
    "funk": Kind(
        {
            "kick": "9003 0000 0090 0300",
            "snare": "0000 9002 0200 9000",
            "hat": "6464 6464 6464 6464",
            "bass": "9006 0060 5006 0660",
        },
        (95, 116),
        human_ms=6,
    ),
    "jazz_swing": Kind(
        {
            "ride": "700 705 700 705",
            "hat": "000 600 000 600",
            "bass": "700 700 700 700",
            "piano": "004 000 000 500",
        },
        (120, 180),
        human_ms=8,
    ),
    "blues_shuffle": Kind(
        {
            "kick": "900 000 900 000",
            "snare": "000 900 000 900",
            "hat": "604 604 604 604",
            "bass": "805 805 805 805",
        },
        (75, 130),
        human_ms=6,
    ),
    "reggae": Kind(
        {
            "kick": "0000 0000 9000 0000",
            "snare": "0000 0000 7000 0000",
            "hat": "5040 5040 5040 5040",
            "guitar": "0070 0070 0070 0070",
            "bass": "9000 0080 7000 0000",
        },
        (68, 84),
    ),
    "reggaeton": Kind(
        {
            "kick": "9000 9000 9000 9000",
            "snare": "0008 0080 0008 0080",
            "hat": "4040 4040 4040 4040",
            "bass": "9000 0000 9000 0000",
        },
        (88, 100),
    ),
    "bossa": Kind(
        {
            "kick": "9008 9008 9008 9008",
            "rim": "7007 0070 0070 7000",
            "hat": "4444 4444 4444 4444",
            "guitar": "7000 0700 0070 0000",
        },
        (64, 80),
        human_ms=6,
    ),
    "samba_latin": Kind(
        {
            "kick": "6009 6009 6009 6009",
            "rim": "0070 0070 0070 0070",
            "hat": "7556 7556 7556 7556",
            "bass": "9006 9006 9006 9006",
        },
        (96, 112),
    ),
    "polka": Kind({"bass": "9000 7000 9000 7000", "piano": "0070 0070 0070 0070"}, (100, 130), human_ms=6),
    "slow_waltz": Kind({"piano": "900 600 600", "pad": "900 000 000"}, (84, 120), human_ms=8),
    "ballad_arpeggio": Kind(
        {"piano": "7050 6050 6050 6050", "pad": "9000 0000 9000 0000", "bass": "8000 0000 6000 0000"},
        (60, 78),
        human_ms=8,
    ),
    "trap": Kind(
        {
            "kick": "9000 0000 0000 0060",
            "snare": "0000 0000 9000 0000",
            "hat": "6060 6060 6066 6060",
            "bass": "9000 0000 0000 0060",
        },
        (130, 150),
    ),
    "breaks": Kind(
        {
            "kick": "9090 0000 0090 0000",
            "snare": "0000 9002 0200 9000",
            "hat": "6060 6060 6060 6060",
            "bass": "9000 0060 0080 0000",
        },
        (125, 140),
        drumless=0.2,
    ),
    "slows_down": Kind(
        {
            "kick": "9000 0000 9000 0000",
            "snare": "0000 9000 0000 9000",
            "hat": "6050 6050 6050 6050",
            "guitar": "8000 0050 0060 0000",
        },
        (120, 140),
        drift=0.72,
        human_ms=4,
    ),
    "pop_chords": Kind(
        {"pad": "9000 0000 0000 0000", "pluck": "7060 5060 7060 5060", "bass": "9000 0000 8000 0000"},
        (96, 124),
    ),
    "two_step": Kind(
        {"kick": "9000 0000 0080 0000", "clap": "0000 9000 0000 9000", "hat": "6065 6066 5065 6056",
         "bass": "8000 0070 0070 0060"}, (128, 136), swing=0.56),
    "ska": Kind(
        {"kick": "9000 0000 9000 0000", "snare": "0000 8000 0000 8000", "hat": "5050 5050 5050 5050",
         "guitar": "0080 0080 0080 0080", "bass": "8060 7060 8060 7060"}, (120, 160), human_ms=6),
    "country_train": Kind(
        {"kick": "7000 7000 7000 7000", "snare": "3383 3383 3383 3383", "bass": "8000 6000 8000 6000",
         "guitar": "0060 0060 0060 0060"}, (100, 125), human_ms=6),
    "hard_techno": Kind(
        {"kick": "9000 9000 9000 9000", "hat": "0080 0080 0080 0080", "bass": "0555 0555 0555 0555"}, (140, 155)),
    "amen": Kind(
        {"kick": "9090 0000 0099 0000", "snare": "0000 9002 0200 9002", "ride": "6060 6060 6060 6060"}, (160, 176)),
    "lofi": Kind(
        {"kick": "9000 0000 0970 0000", "snare": "0000 8000 0000 8000", "hat": "5040 5040 5040 5040",
         "piano": "7000 0000 0050 0000"}, (70, 90), swing=0.58, human_ms=10),
    "jazz_waltz": Kind(
        {"ride": "700 705 700", "bass": "800 500 500", "piano": "000 004 500", "hat": "000 500 000"}, (120, 170),
        human_ms=8),
    "gospel": Kind(
        {"piano": "9000 5050 7000 5050", "bass": "8000 0000 6050 0000", "hat": "0000 6000 0000 6000"}, (66, 84),
        human_ms=8),
    "metal": Kind(
        {"kick": "9999 9999 9999 9999", "snare": "0000 9000 0000 9000", "ride": "7000 7000 7000 7000",
         "guitar": "9090 9090 9090 9090"}, (110, 150), human_ms=4),
    "march": Kind(
        {"kick": "9000 0000 9000 0000", "snare": "6066 6060 6066 6666", "bass": "8000 6000 8000 6000"}, (100, 120),
        human_ms=6),
    "synthwave": Kind(
        {"kick": "9000 0000 9000 0000", "snare": "0000 9000 0000 9000", "bass": "7777 7777 7777 7777",
         "pad": "8000 0000 0000 0000"}, (84, 110), drumless=0.2),
    "afrobeat": Kind(
        {"kick": "9000 0000 0090 0000", "rim": "6006 0060 0060 6000", "hat": "5454 5454 5454 5454",
         "bass": "8000 0070 0070 5000"}, (98, 115)),
    "deep_house": Kind(
        {"kick": "9000 9000 9000 9000", "rim": "0000 6000 0000 6000", "open": "0050 0050 0050 0050",
         "pad": "7006 0060 0700 6000", "bass": "0070 0000 0070 0070"}, (118, 126)),
    "edm_build": Kind(
        {"kick": "9000 9000 9000 9000", "clap": "0000 8000 0000 8000", "pluck": "7007 0070 0700 7070",
         "bass": "9000 0000 9000 0000"}, (124, 130), drumless=0.3),
    "slow_strings": Kind({"pad": "9000 0000 7000 0000", "pluck": "6000 5000 6000 5000"}, (60, 90), human_ms=8),
    "slows_swing": Kind(
        {"ride": "700 705 700 705", "bass": "800 700 800 700", "snare": "000 500 000 500"}, (130, 150), drift=0.8),
    "eurodance": Kind(
        {"kick": "9000 9000 9000 9000", "clap": "0000 7000 0000 7000", "open": "0070 0070 0070 0070",
         "pluck": "0666 0666 0666 0666", "bass": "0080 0080 0080 0080"}, (128, 145), drumless=0.15),
    "tech_house": Kind(
        {"kick": "9000 9000 9000 9000", "hat": "3060 3060 3060 3060", "rim": "0050 0006 0050 0600",
         "bass": "0070 0700 0070 0077"}, (122, 130)),
    "liquid_dnb": Kind(
        {"kick": "9000 0000 0090 0000", "snare": "0000 8000 0000 8000", "hat": "5555 5555 5555 5555",
         "pad": "9000 0000 0000 0000", "piano": "7000 0060 0000 6000"}, (168, 176), drumless=0.15),
    "soul": Kind(
        {"kick": "9000 0060 9000 0000", "snare": "0000 8000 0000 8000", "hat": "5050 5050 5050 5050",
         "piano": "7000 5050 6000 5050", "bass": "8006 0060 7006 0060"}, (70, 100), human_ms=8),
    "boom_bap": Kind(
        {"kick": "9000 0090 0090 0000", "snare": "0000 9000 0000 9000", "hat": "6060 6060 6060 6060",
         "pluck": "5000 0050 0000 5000"}, (84, 96), swing=0.6, human_ms=5),
    "motown": Kind(
        {"kick": "9000 9000 9000 9000", "snare": "8000 8000 8000 8000", "bass": "8060 0660 8060 6060",
         "guitar": "0000 6000 0000 6000"}, (110, 135), human_ms=6),
    "folk_strum": Kind({"guitar": "9050 6055 7050 6055", "bass": "8000 0000 7000 0000"}, (80, 120), human_ms=9),
    "viennese": Kind({"bass": "900 000 000", "piano": "000 600 600", "pad": "700 000 000"}, (150, 178)),
    "lullaby": Kind({"piano": "800 500 500", "bass": "700 000 000"}, (72, 100), human_ms=10),
    "ballad_low": Kind({"pad": "9000 0000 0000 0000", "piano": "7000 5000 6000 5000"}, (60, 74), human_ms=10),
    "ramp_down_house": Kind(
        {"kick": "9000 9000 9000 9000", "clap": "0000 8000 0000 8000", "open": "0060 0060 0060 0060",
         "bass": "6060 6060 6060 6060"}, (125, 135), drift=0.75),
    "stomp": Kind({"kick": "9090 0000 9090 0000", "clap": "0000 9000 0000 9000"}, (78, 90), human_ms=6),
}  # fmt: skip
HELD_OUT = {
    "progressive": Kind(
        {"kick": "9000 9000 9000 9000", "clap": "0000 6000 0000 6000", "hat": "3363 3363 3363 3363",
         "bass": "0066 0066 0066 0066", "pluck": "6006 0060 0600 6000"}, (120, 132), drumless=0.2),
    "acid": Kind(
        {"kick": "9000 9000 9000 9000", "open": "0060 0060 0060 0060", "bass": "7567 5675 6756 7565"}, (124, 136)),
    "indie": Kind(
        {"kick": "9000 0080 0080 0000", "snare": "0000 9000 0000 9000", "hat": "7050 7050 7050 7050",
         "guitar": "8060 8060 8060 8060", "bass": "7070 7070 7070 7070"}, (125, 160), human_ms=6),
    "rnb": Kind(
        {"kick": "9000 0006 0090 0060", "snare": "0000 8000 0000 8000", "hat": "6363 6363 6363 6366",
         "piano": "7000 0000 6000 0000", "bass": "9000 0006 0080 0000"}, (66, 90), human_ms=4),
    "neurofunk": Kind(
        {"kick": "9000 0000 0090 0000", "snare": "0000 9000 0000 9000", "hat": "6060 6060 6060 6060",
         "bass": "8055 0055 8055 0055"}, (170, 178)),
    "salsa": Kind(
        {"rim": "0070 7000 7007 0070", "piano": "7060 0606 0606 0606", "bass": "0006 0070 0006 0070",
         "hat": "6030 6030 6030 6030"}, (88, 105), human_ms=6),
    "musette": Kind({"bass": "800 000 000", "guitar": "000 700 700", "pluck": "606 060 606"}, (140, 170), human_ms=8),
    "piano_solo": Kind({"piano": "8040 5040 7045 5040", "bass": "7000 0000 6000 0000"}, (64, 96), human_ms=10),
    "hymn": Kind({"piano": "9000 8000 8000 8000"}, (72, 96), human_ms=10),
    "garage_rock": Kind(
        {"kick": "9000 0000 9090 0000", "snare": "0000 9090 0000 9000", "ride": "7000 7000 7000 7000",
         "guitar": "8000 8000 8000 8000"}, (130, 165), drift=1.06, human_ms=8),
}  # fmt: skip


def make_song(kind: Kind, seed: int, length_s: float = 36.0) -> tuple[Floats, Times]:
    """Play a kind of music. Returns samples at RATE_HZ, shape (n,), float32, -1..1, and the beat times in seconds."""
    rng = np.random.default_rng(seed)
    beats_s = _beat_times(kind, rng, length_s)
    out = np.zeros(int((length_s + 1.0) * RATE_HZ), np.float32)
    bars = (beats_s.size - 1) // len(next(iter(kind.tab.values())).split())
    roots = rng.choice([0, 5, 7, 9, 2, 4], size=bars + 1)
    resting = _resting_bars(kind, bars)
    for name, tab in kind.tab.items():
        level = float(rng.uniform(0.6, 1.0))
        beats = tab.split()
        for index in range(bars * len(beats)):
            bar = index // len(beats)
            if name in DRUMS and bar in resting:
                continue
            for part, digit in enumerate(beats[index % len(beats)]):
                if digit == "0":
                    continue
                at_s = _stroke_time(beats_s, index, part, len(beats[0]), kind.swing)
                at_s += float(rng.normal(0.0, kind.human_ms / 1000.0)) if kind.human_ms else 0.0
                loud = level * int(digit) / 9.0 * float(rng.uniform(0.85, 1.0))
                _mix(out, at_s, loud * INSTRUMENTS[name](rng, int(roots[bar])))
    return (0.7 * out / max(float(np.abs(out).max()), 1e-6)).astype(np.float32), beats_s[: bars * len(beats)]


def _beat_times(kind: Kind, rng: np.random.Generator, length_s: float) -> Times:
    bpm = float(rng.uniform(*kind.bpm))
    times = [float(rng.uniform(0.1, 0.9))]
    while times[-1] < length_s:
        share = times[-1] / length_s
        times.append(times[-1] + 60.0 / (bpm * (1.0 + (kind.drift - 1.0) * share)))
    return np.array(times)


def _resting_bars(kind: Kind, bars: int) -> set[int]:
    count = int(kind.drumless * bars)
    return set(range(count)) | set(range(int(0.6 * bars), int(0.6 * bars) + count))


def _stroke_time(beats_s: Times, index: int, part: int, parts: int, swing: float) -> float:
    share = part / parts
    if parts == 4:
        # Swing moves the second half of a beat and stretches its quarters with it.
        share = (0.0, swing / 2.0, swing, (1.0 + swing) / 2.0)[part]
    return float(beats_s[index] + share * (beats_s[index + 1] - beats_s[index]))


def _mix(out: Floats, at_s: float, sound: Floats) -> None:
    start = max(0, round(at_s * RATE_HZ))
    room = min(sound.size, out.size - start)
    if room > 0:
        out[start : start + room] += sound[:room]


def _time(length_s: float) -> Times:
    return np.arange(int(length_s * RATE_HZ)) / RATE_HZ


def _kick(rng: np.random.Generator, root: int) -> Floats:
    t = _time(0.25)
    return (np.sin(2 * np.pi * (48 * t + 100 * 0.025 * (1 - np.exp(-t / 0.025)))) * np.exp(-t / 0.09)).astype(
        "f4"
    )


def _noise(rng: np.random.Generator, decay_s: float, brightness: int, level: float) -> Floats:
    t = _time(6 * decay_s)
    noise = rng.normal(size=t.size)
    for _ in range(brightness):
        noise = np.diff(noise, prepend=0.0)
    return (level * noise / max(float(noise.std()), 1e-9) * np.exp(-t / decay_s)).astype("f4")


def _snare(rng: np.random.Generator, root: int) -> Floats:
    sound = _noise(rng, 0.06, 0, 0.22)
    t = np.arange(sound.size) / RATE_HZ
    return (sound + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)).astype("f4")


def _clap(rng: np.random.Generator, root: int) -> Floats:
    sound = _noise(rng, 0.07, 1, 0.2)
    for delay_s in (0.009, 0.018):
        _mix(sound, delay_s, _noise(rng, 0.01, 1, 0.2))
    return sound


def _tone(semitone: int, length_s: float, decay_s: float, attack_s: float, harmonics: int) -> Floats:
    t = _time(length_s)
    pitch_hz = 440.0 * 2 ** (semitone / 12)
    wave = sum(
        np.sin(2 * np.pi * pitch_hz * k * t) / k for k in range(1, harmonics + 1) if pitch_hz * k < 10000
    )
    return (wave * np.exp(-t / decay_s) * np.minimum(t / attack_s, 1.0)).astype("f4")


def _chord(
    root: int, length_s: float, decay_s: float, attack_s: float, harmonics: int, level: float
) -> Floats:
    notes = [_tone(root - 12 + up, length_s, decay_s, attack_s, harmonics) for up in (0, 4, 7)]
    return (level * np.add.reduce(notes)).astype("f4")


INSTRUMENTS: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "kick": _kick,
    "snare": _snare,
    "clap": _clap,
    "ghost": lambda rng, root: _noise(rng, 0.03, 0, 0.15),
    "rim": lambda rng, root: _noise(rng, 0.008, 1, 0.25),
    "hat": lambda rng, root: _noise(rng, 0.02, 2, 0.15),
    "open": lambda rng, root: _noise(rng, 0.09, 2, 0.15),
    "ride": lambda rng, root: _noise(rng, 0.15, 2, 0.12),
    "bass": lambda rng, root: 0.4 * _tone(root - 36, 0.4, 0.2, 0.004, 4),
    "piano": lambda rng, root: _chord(root, 1.2, 0.4, 0.008, 5, 0.15),
    "pluck": lambda rng, root: 0.25 * _tone(root + int(rng.choice([0, 4, 7, 12])), 0.3, 0.1, 0.003, 5),
    "guitar": lambda rng, root: _chord(root, 0.5, 0.15, 0.004, 12, 0.1),
    "pad": lambda rng, root: _chord(root, 2.2, 1.5, 0.25, 4, 0.1),
}
DRUMS = frozenset({"kick", "snare", "clap", "ghost", "rim", "hat", "open", "ride"})
