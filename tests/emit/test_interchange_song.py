"""How the song comes and goes, in the formats of other programs."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from interchange_samples import RATES, plain_edit, song_media
from rushes.emit.interchange import Exchange, plan_exchange
from rushes.emit.interchange_edl import edl_text
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_fcpx import fcpx_text
from rushes.emit.interchange_otio import otio_text


def faded(fades_s: tuple[float, float], rate: Fraction = Fraction(30), frames: int = 1800) -> Exchange:
    """Three clips of 30 frames over a song that is heard from 2.5 s on."""
    edit, files = plain_edit()
    files = {name: replace(file, rate_fps=rate) for name, file in files.items()}
    clips = tuple(replace(clip, source_rate_fps=rate) for clip in edit.clips)
    edit = replace(edit, rate_fps=rate, clips=clips, song=replace(edit.song, start_s=2.5))
    return plan_exchange(edit, files, song_media(rate, frames=frames), song_fades_s=fades_s)


def test_fades_that_only_keep_a_song_from_clicking_are_none():
    sound = faded((0.05, 1.0)).sound
    assert sound is not None
    assert (sound.frames, sound.rises_frames, sound.falls_frames) == (90, 0, 30)


def test_fades_are_no_longer_than_the_song_and_end_with_it():
    sound = faded((2.0, 2.0), frames=75 + 80).sound
    assert sound is not None
    assert (sound.frames, sound.rises_frames, sound.falls_frames) == (80, 60, 20)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("fades_s", [(0.05, 1.0), (0.5, 0.0), (0.5, 1.0)])
def test_opentimelineio_reads_the_same_range_of_the_song_and_its_fades(rate: Fraction, fades_s):
    exchange = faded(fades_s, rate)
    sound = exchange.sound
    assert sound is not None
    wanted = [(0, sound.rises_frames), (sound.falls_frames, 0)]
    for text, adapter in ((fcp7_text(exchange), "fcp_xml"), (otio_text(exchange), "otio_json")):
        made = otio.adapters.read_from_string(text, adapter)
        for track in made.audio_tracks():
            (item,) = track.find_clips()
            start = item.source_range.start_time
            assert round(start.value, 6) == pytest.approx(float(sound.start_s * rate), abs=0.5)
            assert item.source_range.duration.value == sound.frames
            assert track.range_of_child(item).start_time.value == 0
            found = [part for part in track if isinstance(part, otio.schema.Transition)]
            assert [(part.in_offset.value, part.out_offset.value) for part in found] == [
                one for one in wanted if any(one)
            ]


def test_fcp7_links_the_items_of_both_channels_and_not_their_fades():
    root = ElementTree.fromstring(fcp7_text(faded((0.5, 1.0))))
    for track in root.findall(".//audio/track"):
        assert [part.tag for part in track][:3] == ["transitionitem", "clipitem", "transitionitem"]
        item, fades = track.find("clipitem"), track.findall("transitionitem")
        assert item is not None and len(item.findall("link")) == 2
        assert [item.findtext(name) for name in ("start", "end", "in", "out")] == ["-1", "-1", "75", "165"]
        assert [one.findtext("alignment") for one in fades] == ["start-black", "end-black"]
        assert [(one.findtext("start"), one.findtext("end")) for one in fades] == [("0", "15"), ("60", "90")]
        assert {one.findtext("effect/mediatype") for one in fades} == {"audio"}


def test_fcpxml_has_the_fades_of_the_song_in_its_volume():
    root = ElementTree.fromstring(fcpx_text(faded((0.5, 1.0))))
    song = root.find(".//asset-clip[@lane='-1']")
    assert song is not None
    (level,) = song.findall("adjust-volume/param")
    assert [(part.tag, part.get("duration")) for part in level] == [("fadeIn", "1/2s"), ("fadeOut", "1s")]
    plain = ElementTree.fromstring(fcpx_text(faded((0.0, 0.0)))).find(".//asset-clip[@lane='-1']")
    assert plain is not None and list(plain) == []


def test_an_edl_has_the_song_without_fades():
    assert edl_text(faded((0.5, 1.0))) == edl_text(faded((0.0, 0.0)))
