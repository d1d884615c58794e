from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.talk_ranges import Heard, Pads, Stretch, heard_in, joined, kept_spans, stretches, without

PADS = Pads(before_s=0.1, after_s=0.2, min_silence_s=0.5, min_shot_s=0.0)
RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50), Fraction(60)]


def kept(speech, duration_s=10.0, fillers=(), **pads):
    heard = Heard(
        duration_s=duration_s, speech=tuple(speech), fillers=tuple((*span, "um") for span in fillers)
    )
    wanted = {"before_s": 0.1, "after_s": 0.2, "min_silence_s": 0.5, "min_shot_s": 0.0} | pads
    return [(round(a, 6), round(b, 6)) for a, b in kept_spans(heard, Pads(**wanted))]


def test_speech_keeps_some_silence_before_it_and_after_it():
    assert kept([(2.0, 3.0), (6.0, 7.0)]) == [(1.9, 3.2), (5.9, 7.2)]


def test_padding_ends_where_the_clip_does():
    assert kept([(0.05, 9.9)]) == [(0.0, 10.0)]


def test_short_silences_stay_and_long_ones_go():
    assert kept([(1.0, 2.0), (2.49, 3.0), (3.5, 4.0)]) == [(0.9, 3.2), (3.4, 4.2)]


def test_pads_that_meet_leave_no_cut():
    assert kept([(1.0, 2.0), (2.6, 3.0)], before_s=0.3, after_s=0.4) == [(0.7, 3.4)]


def test_a_filler_between_words_goes_to_the_edge_of_both():
    assert kept([(1.0, 2.0), (2.3, 3.0)], fillers=[(2.0, 2.3)]) == [(0.9, 2.0), (2.3, 3.2)]


def test_silence_around_a_filler_is_padding_up_to_the_filler():
    assert kept([(1.0, 2.0), (3.0, 4.0)], fillers=[(2.1, 2.95)]) == [(0.9, 2.1), (2.95, 4.2)]
    assert kept([(1.0, 2.0), (4.0, 5.0)], fillers=[(2.8, 3.2)]) == [(0.9, 2.2), (3.9, 5.2)]


def test_a_filler_at_the_beginning_and_at_the_end_goes_too():
    assert kept([(1.0, 2.0)], fillers=[(0.5, 0.95), (2.05, 2.4)]) == [(0.95, 2.05)]


def test_a_shot_that_would_be_too_short_keeps_more_of_the_silence_around_it():
    assert kept([(4.0, 4.1)], min_shot_s=1.0) == [(3.9, 4.9)]
    assert kept([(9.5, 9.6)], min_shot_s=1.0) == [(9.0, 10.0)]


def test_a_short_shot_widens_into_no_filler():
    assert kept([(4.0, 4.1)], min_shot_s=1.0, fillers=[(4.2, 4.5)]) == [(3.2, 4.2)]


def test_short_shots_that_widen_into_each_other_become_one():
    spans = kept([(1.0, 1.1), (1.7, 1.8)], min_shot_s=1.0)
    assert stretches(spans, 10.0, Fraction(30), Fraction(30)) == [Stretch(start_frames=18, frames=60)]


def test_a_filler_that_the_voice_was_heard_in_is_taken_out_of_it():
    heard = heard_in(10.0, [(1.0, 3.0)], [(1.0, 1.5), (2.0, 3.0)], [(1.5, 2.0, "um")])
    assert heard.speech == ((1.0, 1.5), (2.0, 3.0))
    assert heard.fillers == ((1.5, 2.0, "um"),)


def test_a_word_that_overlaps_a_filler_stays_whole():
    heard = heard_in(10.0, [(1.0, 3.0)], [(1.0, 1.6), (1.9, 3.0)], [(1.5, 2.0, "um")])
    assert heard.speech == ((1.0, 1.6), (1.9, 3.0))
    assert heard.fillers == ((1.6, 1.9, "um"),)


def test_a_breath_beside_a_filler_that_no_word_claims_goes_with_it():
    words = [(1.0, 1.5), (2.2, 3.0)]
    heard = heard_in(10.0, [(1.0, 3.0)], words, [(1.5, 2.0, "um")])
    assert heard.speech == ((1.0, 1.5), (2.0, 3.0))
    heard = heard_in(10.0, [(1.0, 1.5), (1.6, 2.1), (2.4, 3.0)], words, [(1.6, 2.0, "um")])
    assert heard.speech == ((1.0, 1.5), (2.2, 3.0))


def test_without_words_nothing_beside_a_filler_is_taken_for_a_remnant():
    heard = heard_in(10.0, [(1.0, 2.1)], [], [(1.0, 2.0, "um")])
    assert heard.speech == ((2.0, 2.1),)


def test_spans_are_joined_where_they_touch():
    assert joined([(2.0, 3.0), (0.0, 1.0), (1.0, 2.0), (5.0, 6.0)]) == [(0.0, 3.0), (5.0, 6.0)]


def test_holes_are_taken_out():
    assert without([(0.0, 5.0)], [(-1.0, 1.0), (2.0, 3.0), (4.5, 6.0)]) == [(1.0, 2.0), (3.0, 4.5)]


def test_frames_are_rounded_outwards():
    found = stretches([(1.01, 1.99)], 10.0, Fraction(25), Fraction(30))
    # 1.01 s lies in frame 25 of the clip, which begins at 1.00 s; 0.99 s are 29.7 frames of the edit.
    assert found == [Stretch(start_frames=25, frames=30)]


def test_times_that_lie_on_frames_are_not_rounded_at_all():
    assert stretches([(1.2, 2.4)], 10.0, Fraction(30), Fraction(30)) == [Stretch(start_frames=36, frames=36)]


def test_no_shot_reaches_beyond_its_clip():
    (found,) = stretches([(0.0, 10.01)], 10.01, Fraction(30000, 1001), Fraction(25))
    assert found == Stretch(start_frames=0, frames=250)


def test_a_cut_of_less_than_two_frames_is_none():
    found = stretches([(1.0, 2.0), (2.05, 3.0)], 10.0, Fraction(30), Fraction(30))
    assert found == [Stretch(start_frames=30, frames=60)]


@st.composite
def talks(draw: st.DrawFn) -> tuple[Heard, Pads, Fraction, Fraction]:
    """Speech and fillers anywhere, in any order of lengths, and any pads and rates."""
    steps = draw(st.lists(st.integers(5, 900), min_size=2, max_size=24))
    at, spans = 0, []
    for step in steps:
        spans.append(
            (at / 1000, (at + step) / 1000, draw(st.sampled_from(["speech", "speech", "filler", "quiet"])))
        )
        at += step
    source = draw(st.sampled_from(RATES))
    # A clip is a whole number of its own pictures long.
    duration_s = float((int(at / 1000 * source) + 1) / source)
    heard = heard_in(
        duration_s,
        [(a, b) for a, b, kind in spans if kind == "speech"],
        [(a, b) for a, b, kind in spans if kind == "speech"],
        [(a, b, "um") for a, b, kind in spans if kind == "filler"],
    )
    pads = Pads(
        before_s=draw(st.integers(0, 400)) / 1000,
        after_s=draw(st.integers(0, 400)) / 1000,
        min_silence_s=draw(st.integers(0, 800)) / 1000,
        min_shot_s=draw(st.integers(0, 900)) / 1000,
    )
    return heard, pads, source, source if draw(st.booleans()) else draw(st.sampled_from(RATES))


@given(talks())
@settings(max_examples=300, deadline=None)
def test_no_speech_is_ever_lost_and_shots_follow_each_other(talk):
    heard, pads, source, rate = talk
    spans = kept_spans(heard, pads)
    found = stretches(spans, heard.duration_s, source, rate)
    bounds = [(one.start_frames / source, one.start_frames / source + one.frames / rate) for one in found]
    # Of a clip that ends within a picture of the edit, that part has no picture.
    until = Fraction(heard.duration_s) - (0 if source == rate else 1 / rate)
    tiny = Fraction(1, 10**5)
    for begin, end in heard.speech:
        last = min(Fraction(end), until)
        inside = [b for b in bounds if b[0] <= Fraction(begin) + tiny and last - tiny <= b[1]]
        assert inside or last <= Fraction(begin), (begin, end, bounds)
    assert all(b[1] <= max(Fraction(heard.duration_s), b[0] + 1 / rate) + tiny for b in bounds)
    assert all(before[1] < after[0] for before, after in pairwise(bounds))


@given(talks())
@settings(max_examples=200, deadline=None)
def test_no_filler_of_some_length_is_heard_whole(talk):
    heard, pads, source, rate = talk
    found = stretches(kept_spans(heard, pads), heard.duration_s, source, rate)
    bounds = [(one.start_frames / source, one.start_frames / source + one.frames / rate) for one in found]
    for first, last, _ in heard.fillers:
        inside = sum(
            (max(0, min(b, Fraction(last)) - max(a, Fraction(first))) for a, b in bounds), Fraction(0)
        )
        # Rounding outwards costs a frame at each side; what is cut is at least two frames long.
        most = 1 / source + 1 / rate
        assert inside <= most + Fraction(1, 10**5) or last - first < most + 2 / rate, (first, last, bounds)
