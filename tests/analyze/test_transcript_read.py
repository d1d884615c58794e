from __future__ import annotations

import json

import pytest
from rushes.analyze.transcript_read import Segment, Word, is_transcript, read_transcript
from rushes.errors import MediaError

SRT = """1
00:00:01,000 --> 00:00:02,500
So, <i>um</i>,

2
00:00:02,500 --> 00:01:04,250
{\\an8}what is
it?
"""
VTT = """WEBVTT - made by hand
Language: en-GB

NOTE nobody hears
this

STYLE
::cue {}

intro
00:01.000 --> 00:02.500 align:start position:0%
<v Ann>So, <c.loud>um</c>

01:00:02.500 --> 01:00:04.250
yes
"""


def read(text: str, name: str = "take.srt"):
    return read_transcript(text.encode(), name)


def refused(data: bytes | str, name: str) -> str:
    with pytest.raises(MediaError) as error:
        read_transcript(data if isinstance(data, bytes) else data.encode(), name)
    (problem,) = error.value.problems
    return f"{problem.place}: {problem.what}"


def test_subrip_has_cues_without_tags():
    assert read(SRT).segments == (
        Segment(1.0, 2.5, "So, um,"),
        Segment(2.5, 64.25, "what is it?"),
    )


def test_marks_and_line_ends_of_windows_change_nothing():
    for data in (
        SRT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SRT.encode(),
        SRT.encode("utf-16"),
        SRT.rstrip("\n").encode(),
    ):
        assert read_transcript(data, "take.srt") == read(SRT)


def test_cues_may_overlap_and_stand_in_any_order():
    cues = "2\n00:00:02.0 --> 00:00:04.0\nb\n\n1\n00:00:01.0 --> 00:00:03.5\na\n"
    assert read(cues).segments == (Segment(1.0, 3.5, "a"), Segment(2.0, 4.0, "b"))


def test_cues_need_no_number_and_those_without_text_are_left_out():
    assert read("00:00:01,5 --> 00:00:02,0\na\n\n00:00:03,0 --> 00:00:04,0\n\n").segments == (
        Segment(1.5, 2.0, "a"),
    )


def test_webvtt_has_a_language_and_skips_notes_and_styles():
    found = read(VTT, "take.vtt")
    assert found.language == "en-GB"
    assert found.segments == (Segment(1.0, 2.5, "So, um"), Segment(3602.5, 3604.25, "yes"))


def test_webvtt_may_have_the_times_of_words():
    (cue,) = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nSo<00:01.400><c> um</c><00:01.700> yes no\n", "a.vtt"
    ).segments
    assert cue.words == (Word(1.0, 1.4, "So"), Word(1.4, 1.7, "um"), Word(1.7, 2.0, "yes no"))
    assert cue.text == "So um yes no"


def test_captions_that_roll_say_each_line_once():
    rolling = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nso<00:01.500> um\n\n00:02.000 --> 00:02.010\nso um\n\n"
        "00:02.010 --> 00:03.000\nso um\nyes<00:02.500> no\n"
    )
    assert [one.text for one in read(rolling, "a.vtt").segments] == ["so um", "yes no"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            SRT + "\n3\n00:00:0",
            "take.srt:11:1: here a time range should stand, such as 00:00:01,000 --> 00:00:02,500",
        ),
        (
            SRT + "\n3\n",
            "take.srt:10:1: here a time range should stand, such as 00:00:01,000 --> 00:00:02,500",
        ),
        ("1\n00:00:01,000 --> 00:00:0\na\n", "take.srt:2:1: '00:00:01,000 --> 00:00:0' is no range of times"),
        (
            "1\n00:00:03,000 --> 00:00:02,000\na\n",
            "take.srt:2:1: the cue ends at 2.000 s, before it begins (3.000 s)",
        ),
    ],
)
def test_a_torn_or_broken_file_is_refused_with_its_line(text, what):
    assert refused(text, "take.srt") == what


def test_a_file_of_another_kind_is_refused():
    assert refused("1\n00:00:01,000 --> 00:00:02,000\n", "a.vtt") == (
        "a.vtt:1:1: a WebVTT file begins with WEBVTT, this one does not"
    )
    assert refused(b"1\n00:00:01,000 --> 00:00:02,000\n\xe4h\n", "a.srt") == (
        "a.srt:3:1: this is not text in UTF-8"
    )


WORDS = [
    {"word": " So", "start": 1.0, "end": 1.4, "probability": 0.9},
    {"word": " um", "start": 1.4, "end": 1.7, "probability": 0.5},
]


@pytest.mark.parametrize(
    "tree",
    [
        {
            "text": "So um",
            "segments": [{"start": 1.0, "end": 2.0, "text": " So um", "words": WORDS}],
            "language": "en",
        },
        {"segments": [{"start": 1.0, "end": 2.0, "text": "So um"}], "words": WORDS, "language": "en"},
        {"segments": [{"start": 1.0, "end": 2.0, "text": "So um"}], "word_segments": WORDS, "language": "en"},
    ],
)
def test_json_of_whisper_and_its_relatives_has_words(tree):
    found = read(json.dumps(tree), "take.json")
    assert found.language == "en"
    assert found.segments == (
        Segment(1.0, 2.0, "So um", (Word(1.0, 1.4, "So", 0.9), Word(1.4, 1.7, "um", 0.5))),
    )


def test_words_alone_are_segments_of_one_word():
    found = read(json.dumps({"words": WORDS}), "take.json")
    assert [one.text for one in found.segments] == ["So", "um"]
    assert [word.text for word in found.words()] == ["So", "um"]


def test_words_that_could_not_be_aligned_have_no_times_and_are_left_out():
    rows = [{"word": "1984"}, {"word": "um", "start": 2, "end": 2.5, "score": 0.7}]
    (segment,) = read(
        json.dumps([{"start": 1, "end": 3, "text": "1984 um", "words": rows}]), "a.json"
    ).segments
    assert segment == Segment(1.0, 3.0, "1984 um", (Word(2.0, 2.5, "um", 0.7),))


def test_json_of_whisper_cpp_is_in_milliseconds():
    tree = {
        "result": {"language": "de"},
        "transcription": [{"offsets": {"from": 1000, "to": 2500}, "text": " Äh"}],
    }
    found = read(json.dumps(tree), "a.json")
    assert (found.language, found.segments) == ("de", (Segment(1.0, 2.5, "Äh"),))


@pytest.mark.parametrize(
    ("tree", "what"),
    [
        ('{"segments": [\n{"start": 1.0,', "a.json:2:1: this is no JSON: "),
        ("{}", "a.json: this is no transcript: it has none of segments, words and transcription"),
        ('{"segments": [{"start": "x", "end": 2}]}', 'a.json: segments[0].start is "x", not a number'),
        ('{"segments": [{"start": 1}]}', "a.json: segments[0].end is missing, not a number"),
        ('{"segments": [{"start": 3, "end": 2}]}', "a.json: segments[0] ends at 2 s, before it begins (3 s)"),
        ('{"segments": [5]}', "a.json: segments[0] is 5, not an object"),
        ('{"segments": [{"start": NaN, "end": 2}]}', "a.json: segments[0].start is NaN, not a number"),
        (
            '{"segments": [{"start": 1, "end": 2, "words": [{"word": "a", "start": true, "end": 2}]}]}',
            "a.json: segments[0].words[0].start is true, not a number",
        ),
        ('{"segments": [], "words": 4}', "a.json: words is 4, not a list"),
    ],
)
def test_json_that_cannot_be_read_says_where(tree, what):
    assert refused(tree, "a.json").startswith(what)


def test_json_of_another_kind_is_no_transcript_but_broken_json_is_told():
    assert not is_transcript(b'{"camera": "X"}', "a.json")
    assert not is_transcript(b"[1, 2]", "a.json")
    assert is_transcript(b'{"segments": []}', "a.json")
    assert is_transcript(b'{"segm', "a.json")
    assert is_transcript(b"", "a.srt")
