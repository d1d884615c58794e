"""The report as a text: complete, self-contained, escaped, the same every time, and sound for every kind of run."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import report_samples
import timeline_samples as samples
from report_page import Page
from rushes.emit.report import ReportData, render_report
from rushes.emit.report_thumbnails import Thumbnails, jpeg_size_px
from rushes.emit.report_words import clock, decimal, fields_of, level_of, quantity
from rushes.recipe.spec import ScoreSpec, TermSpec
from rushes.timeline.titles import placed


@pytest.fixture(scope="module")
def data() -> ReportData:
    return replace(report_samples.real_looking(), preview=b"\0\0\0\x18ftypmp42")


@pytest.fixture(scope="module")
def page(data) -> Page:
    return Page(render_report(data))


def test_the_same_data_give_the_same_text(data):
    assert render_report(data) == render_report(data)


def test_nothing_is_fetched_from_anywhere(data, page):
    text = render_report(data)
    addresses = page.values("src") + page.values("href") + page.values("poster")
    assert {re.split("[,;#]", address)[0] for address in addresses} == {
        *("", "data:", "data:image/jpeg", "data:video/mp4", "video.mp4")
    }
    assert "http://" not in text and "https://" not in text and "@import" not in text and "url(//" not in text
    assert page.values("content")[0].startswith(
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:"
    )


def test_every_inner_link_leads_somewhere_and_no_id_is_there_twice(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = {address[1:] for address in page.values("href") if address.startswith("#")}
    assert inner <= set(ids)


def test_every_shot_has_its_facts(data, page):
    assert len(page.of_class("card")) == 20
    assert len(page.of_class("shot")) == 20
    text = page.text()
    assert (
        "2 side_02.mp4 medium side Source 0:01.40 – 0:03.40 In the edit 0:02.50 – 0:04.50 (2.00 s) "
        "Cut quick dissolve of 6 frames on beat 5 Picture 63 % Motion 27 % Confidence 93 % "
        "steady and sharp; its motion fits the energy of this part "
        "Runner-up unused_02.mp4 0:02.00 – 0:03.00, 0.023 behind: same angle as the shot before"
    ) in text


def test_clips_not_used_say_why_and_the_rejected_come_last(page):
    clips = page.of_class("clip")
    states = [clip["data-state"] for clip in clips]
    assert states == ["unused"] * 26 + ["rejected"] * 14
    scores = [float(clip["data-score"]) for clip in clips[:26]]
    assert scores == sorted(scores, reverse=True)
    text = page.text()
    assert "nearly chosen: runner-up of shot 20, 0.075 behind" in text
    assert "too shaky (stability 8 %)" in text


def test_a_signed_term_adds_or_takes_off_and_its_bar_begins_in_the_middle():
    spec = ScoreSpec(
        name="combined_score",
        terms=(
            TermSpec(name="heuristic", value="h", weight=0.4),
            TermSpec(name="ml", value="m", weight=0.4),
            TermSpec(name="personal", value="p", weight=0.2, signed=True),
        ),
    )
    row = {"clip": "a.mp4", "duration_s": 2.0, "combined_score": 0.4}
    row |= {"combined_score.heuristic": 0.6, "combined_score.heuristic.share": 0.8, "combined_score.ml": None}
    row |= {"combined_score.personal": -0.4, "combined_score.personal.share": 0.2}
    page = render_report(ReportData(title="t", clips=[row], scores=[spec], rank_by="combined_score"))
    text = Page(page).text()
    assert (
        "combined score 0.40 heuristic 0.60, adds 0.480 ml –, not at hand personal -0.40, takes off 0.080"
        in text
    )
    assert "40 % h ml 40 % m personal ± 20 % p" in text
    assert '<rect class="minus" x="30" width="20" height="8"/>' in page


def test_the_terms_of_a_clip_without_a_score_do_not_count():
    spec = ScoreSpec(name="s", terms=(TermSpec(name="a", value="a", weight=1.0),), least_share_01=0.6)
    row = {"clip": "a.mp4", "duration_s": 2.0, "s": None, "s.a": 0.5, "s.a.share": None}
    page = render_report(ReportData(title="t", clips=[row], scores=[spec], rank_by="s"))
    assert "s not scored a 0.50, does not count" in Page(page).text()


def test_score_breakdowns_name_value_and_what_each_term_adds(page):
    assert (
        "heuristic score 0.71 picture 0.60, adds 0.300 stability 0.70, adds 0.210 fresh 1.00, adds 0.200"
        in page.text()
    )


def test_constraints_of_the_recipe_say_whether_they_bind_cost_or_are_broken(data):
    rule = {"name": "edit.constraints.close_ups", "limit": "at least 0.3 of the time", "used": 0.36}
    rows = (
        {**rule, "says": "faces sell", "holds": True, "binds": True, "cost": None},
        {**rule, "says": "", "holds": False, "binds": True, "cost": 0.0123},
        {**rule, "says": "", "holds": True, "binds": False, "cost": 0.0},
        {**rule, "says": "", "holds": False, "binds": False, "cost": None},
    )
    reasoning = replace(data.timeline.ai_reasoning, constraints=rows)
    page = Page(render_report(replace(data, timeline=replace(data.timeline, ai_reasoning=reasoning))))
    words = "at least 0.3 of the time 0.36"
    assert (
        f"close ups faces sell {words} binds close ups {words} costs 0.012 close ups {words} no"
        in page.text()
    )
    assert f"close ups {words} broken" in page.text()


def test_constraints_warnings_failures_provenance_and_recipe_are_there(page):
    text = page.text()
    assert "max uses per clip 1 1 binds" in text
    assert "duration (s) 30.0 ± 0.5 30 no" in text
    assert "the song is 4.0 s longer than the edit and fades out" in text
    assert "IMG_0042.MOV failed: not a video: moov atom not found" in text
    assert "libraries av 18.1.0 polars 2.1.0" in text
    assert "schema: rushes/recipe@1" in text
    assert "41.250 of at most 41.300 (gap 0.12 %)" in text


def test_what_the_edit_warns_of_stands_before_its_notes(data):
    reasoning = replace(data.timeline.ai_reasoning, warnings=("the song is too short",))
    text = Page(render_report(replace(data, timeline=replace(data.timeline, ai_reasoning=reasoning)))).text()
    assert text.index("the song is too short") < text.index("the song is used from its beginning")


def test_every_picture_is_written_once_however_often_it_is_shown(data):
    text = render_report(data)
    uris = re.findall(r'href="(data:image/jpeg[^"]+)"', text)
    assert len(uris) == len(set(uris)) == 60
    assert text.count('href="#t0"') == 2


def test_names_that_look_like_markup_stay_text(data):
    evil = '<img src=x onerror=alert(1)>"&.mp4'
    timeline = samples.timeline((30, 30))
    clips = (replace(timeline.clips[0], file=evil), timeline.clips[1])
    hostile = ReportData(
        title=evil,
        timeline=replace(timeline, clips=clips),
        clips=[report_samples.clip_row(evil, 0.5), report_samples.clip_row("</script>", 0.4, evil)],
        warnings=(evil,),
        failed=((evil, evil),),
        provenance={evil: evil},
        recipe_yaml=f"a: {evil}</code></pre>",
        scores=(report_samples.SCORE,),
        video_file=evil,
    )
    text = render_report(hostile)
    assert "<img" not in text and text.count("</script>") == 1
    assert Page(text).text().count(evil) >= 8


def test_a_run_that_only_ranks_shows_clips_with_badges_the_best_first(data):
    page = Page(render_report(replace(data, timeline=None, video_file=None, preview=None)))
    clips = page.of_class("clip")
    assert [clip["data-state"] for clip in clips] == ["ranked"] * 46 + ["rejected"] * 14
    assert "1 overhead_18.mp4 high 0.96" in page.text()
    assert {"l-high", "l-medium", "l-low"} <= {
        name for value in page.values("class") for name in value.split()
    }
    assert not page.of_class("card")
    assert "video" not in [tag for tag, _ in page.elements]


def test_clips_that_were_not_scored_say_so():
    row = {"clip": "a.mp4", "duration_s": None, "heuristic_score": None, "rejected": False}
    text = Page(render_report(ReportData(title="x", clips=[row], scores=(report_samples.SCORE,)))).text()
    assert "1 a.mp4 not scored unknown length" in text
    assert "heuristic score not scored picture –, not at hand" in text


def test_an_edit_without_a_song_and_without_a_video_is_complete(data):
    page = Page(
        render_report(
            replace(data, timeline=samples.timeline((30, 40), song=False), video_file=None, preview=None)
        )
    )
    assert "BPM" not in page.text()
    assert len(page.of_class("card")) == 2
    assert "cut on a beat" not in page.text()


def test_nothing_at_all_is_still_a_page():
    assert "There are no clips to show." in Page(render_report(ReportData(title="Empty"))).text()


def test_the_video_is_played_from_beside_the_report_where_it_is_not_embedded(data):
    page = Page(render_report(replace(data, preview=None, video_file="my video.mp4")))
    assert [attrs["src"] for tag, attrs in page.elements if tag == "video"] == ["my%20video.mp4"]


def test_two_hundred_clips_with_pictures_stay_a_small_file():
    rows = [report_samples.clip_row(f"c{at:03}.mp4", at / 200) for at in range(200)]
    jpegs = {
        row["clip"]: [(t, report_samples.painted_jpeg(at % 7)) for t in range(8)]
        for at, row in enumerate(rows)
    }
    text = render_report(
        ReportData(
            title="Many",
            timeline=samples.timeline((12,) * 200),
            clips=rows,
            thumbnails=jpegs,
            scores=(report_samples.SCORE,),
        )
    )
    assert len(text) < 2_500_000


def test_clips_beyond_the_limit_are_counted(data):
    text = Page(render_report(replace(data, max_unused=10))).text()
    assert "30 more clips are not listed here." in text


def test_what_the_run_knows_of_an_unused_clip_goes_before_what_the_report_guesses(data):
    text = Page(
        render_report(replace(data, why_unused={"unused_29.mp4": "the recipe says never_use"}))
    ).text()
    assert "the recipe says never_use" in text


def test_a_thumbnail_is_the_nearest_in_time_and_what_is_no_jpeg_is_left_out():
    red, blue = report_samples.painted_jpeg(1), report_samples.painted_jpeg(2, 90, 160)
    thumbnails = Thumbnails({"a": [(0.0, red), (4.0, blue)], "b": [(0.0, b"no picture")]})
    assert thumbnails.near("a", 3.0) == "t0"
    assert thumbnails.near("a", 1.0) == "t1"
    assert thumbnails.near("a", 2.0) == "t1"
    assert thumbnails.near("b", 0.0) is None
    assert thumbnails.near("c", 0.0) is None
    assert [(one.width_px, one.height_px) for one in thumbnails.used()] == [(90, 160), (256, 144)]


def test_the_size_of_a_jpeg_is_read_from_its_header():
    assert jpeg_size_px(report_samples.painted_jpeg(1, 90, 160)) == (90, 160)
    assert jpeg_size_px(report_samples.painted_jpeg(1)[:20]) is None
    assert jpeg_size_px(b"") is None


def test_numbers_are_written_as_people_read_them():
    assert [clock(value) for value in (0, 7.5, 59.999, 61.25, 3600)] == [
        *("0:00.00", "0:07.50", "1:00.00", "1:01.25", "60:00.00")
    ]
    assert [decimal(value, 2) for value in (1.0, 1.25, 1.234, 0.0, 100)] == ["1", "1.25", "1.23", "0", "100"]
    assert [quantity(name) for name in ("min_shot_s", "dark_exposure_01", "frozen_percent", "max_uses")] == [
        *("min shot (s)", "dark exposure", "frozen (%)", "max uses")
    ]
    assert [level_of(value, 0.7, 0.4) for value in (0.7, 0.699, 0.4, 0.399, None)] == [
        *("high", "medium", "medium", "low", "none")
    ]
    assert fields_of({"a_b": {"x": 1.5, "y": None}, "c": [True, "z"], "d": 3}) == [
        ("a b", [("x", "1.5"), ("y", "–")]),
        ("c", [("", "yes"), ("", "z")]),
        ("d", [("", "3")]),
    ]


def test_titles_are_listed_escaped_and_a_page_without_any_has_no_such_part():
    sample = report_samples.real_looking()
    assert 'id="titles"' not in render_report(sample)
    words = samples.title("hello", "time", from_s=1.0, until_s=2.5)
    words = replace(words, look=replace(words.look, text="<Grüße>", style="lower_third"))
    timeline = placed(sample.timeline, (words,))
    page = Page(render_report(replace(sample, timeline=timeline)))
    assert "<Grüße> 0:01.00 – 0:02.50 lower third hello" in page.text()
