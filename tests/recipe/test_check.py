"""Parts of a recipe that do not fit each other are told, each where it stands, all at once."""

from __future__ import annotations

import dataclasses

import pytest
from recipe_samples import GOOD, MORE, TABLE, Folder, marked, with_more
from rushes.analyze.spec import Column
from rushes.errors import RecipeError
from rushes.recipe.load import load_recipe


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        (
            "segments: {min_s: §5s}",
            "segments.min_s is 5, above max_s (4, built-in)",
            "lower min_s to 4 or less",
        ),
        (
            "song: {fade_in_s: §-1}",
            "song.fade_in_s is -1; it must be at least 0",
            "write a number that is at least 0 and at most 30",
        ),
        (
            "run: {clip_limit_s: §30 minutes}",
            "run.clip_limit_s is '30 minutes', which is not a time",
            "write 30min",
        ),
        (
            "name: §1:30",
            "1:30 is a number of base 60 to some YAML readers and text to others",
            'put the text in quotes: "1:30"',
        ),
        ("name: §7", "name must be text, not 7", 'put it in quotes: "7"'),
        (
            "outputs: {video: {quality: §hgh}}",
            "outputs.video.quality cannot be the text 'hgh'",
            "did you mean high? choices: high, low, maximum",
        ),
        (
            "outputs: §[]",
            "outputs must be a mapping, not a list",
            "write keys with values below it: video, report, badges, max_reasons",
        ),
        (
            "§runs: {}",
            "there is no key runs",
            "did you mean run? keys: run, rules, scores, outputs, features, personal, segments, analyzers, thresholds, name, says, song and 4 more",
        ),
    ],
)
def test_a_fault_is_told_where_it_stands(folder: Folder, line: str, what: str, fix: str) -> None:
    text, place = marked(f"{GOOD}{line}\n")
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


@pytest.mark.parametrize(
    ("section", "what", "fix"),
    [
        ("{§lok: {}}", "there is no analyzer lok", "did you mean look? analyzers: look, listen, beats"),
        (
            "{look: {§sample_hs: 1}}",
            "there is no parameter of look sample_hs",
            "did you mean sample_hz? parameters of look: sample_hz, if_unavailable, low, high",
        ),
        (
            "{look: {sample_hz: §61}}",
            "analyzers.look.sample_hz is 61; it must be at most 60",
            "write a number that is above 0 and at most 60",
        ),
        ("{§look: {low: 10}}", "analyzers.look: low=10 is above high=9", "change one of the values"),
        (
            "{look: §true}",
            "analyzers.look must be a mapping, not true",
            "write {} for the default parameters, or null to switch it off",
        ),
        (
            "{look: {if_unavailable: §never}}",
            "analyzers.look.if_unavailable cannot be the text 'never'",
            "choices: fail, skip",
        ),
        ("{§look: null}", "there is no look in analyzers to take away", "inherited: none"),
    ],
)
def test_an_analyzer_that_cannot_be_used_is_told(folder: Folder, section: str, what: str, fix: str) -> None:
    text, place = marked(f"schema: rushes/recipe@1\nanalyzers: {section}\nedit: null\n")
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


def test_two_analyzers_may_not_write_one_column(folder: Folder) -> None:
    twin = dataclasses.replace(
        TABLE["look"], name="twin", columns=(Column(name="kind", type="text", says="x"),)
    )
    path = folder.write("r.yaml", "schema: rushes/recipe@1\nanalyzers: {look: {}, twin: {}}\nedit: null\n")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path, analyzers={**TABLE, "twin": twin})
    assert str(caught.value) == (
        "r.yaml:2:23: twin writes the column kind, and so does the analyzer look\n    fix: switch one of the two off: NAME: null"
    )


def test_a_recipe_whose_base_is_missing_is_not_judged_by_what_the_base_would_define(folder: Folder) -> None:
    text = "schema: rushes/recipe@1\nextends: gone.yaml\nfeatures: {a: sharp_01}\nedit: {score: theirs}\n"
    assert folder.problems(text).startswith("r.yaml:2:10: there is no file gone.yaml\n")
    assert folder.problems(text).count("fix: ") == 1


def test_every_problem_is_told_at_once_in_the_order_of_the_file(folder: Folder) -> None:
    told = folder.problems(
        "schema: rushes/recipe@1\n"
        "analyzers: {look: {low: x}}\n"
        "footag: {}\n"
        "features: {a: nope}\n"
        "scores: {good: {terms: {t: {value: 1 +, weight: 1}, u: {value: sharp_01, weight: -1}}}}\n"
        "rules: {r: {when: a > 1, reject: x, tag: y}}\n"
        "edit: {score: good, grid: fre, min_shot_s: 9, duration_s: 1:30, must_use: '['}\n"
    )
    assert [line.split(": ")[0] for line in told.split("\n")[::2]] == [
        "r.yaml:2:25",
        "r.yaml:3:1",
        "r.yaml:4:15",
        "r.yaml:5:39",
        "r.yaml:5:82",
        "r.yaml:6:9",
        "r.yaml:7:27",
        "r.yaml:7:44",
        "r.yaml:7:59",
        "r.yaml:7:75",
    ]


def test_what_an_analyzer_reads_is_switched_on_by_itself(folder: Folder) -> None:
    table = with_more(Column(name="joy_01", unit="01", says="x"), reads=("look",))
    assert folder.load(MORE + "features: {a: joy_01 * sharp_01}\n", **table).problems == ()


def test_what_is_switched_on_by_itself_may_not_write_a_column_of_another(folder: Folder) -> None:
    table = with_more(Column(name="sharp_01", unit="01", says="x"), reads=("look",))
    assert folder.problems(MORE, **table) == (
        "r.yaml: look writes the column sharp_01, and so does the analyzer more\n"
        "    fix: switch one of the two off: NAME: null"
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wordy:
    """words: say what is seen."""

    words: bool = False

    @property
    def needs(self) -> dict[str, str]:
        return {"listen": "words"} if self.words else {}


WORDY = {**TABLE, "more": dataclasses.replace(TABLE["look"], name="more", params=Wordy, columns=())}


def test_a_parameter_that_needs_another_analyzer_is_an_error_without_it(folder: Folder):
    text = GOOD.replace("{look: {}}", "{look: {}, more: {words: true}}")
    assert folder.problems(text, analyzers=WORDY) == (
        "r.yaml:2:23: analyzers.more: words needs the analyzer listen, which is not switched on\n"
        "    fix: add listen: {} to analyzers, or take words away"
    )


@pytest.mark.parametrize(
    ("more", "words"), [("{words: true}, listen: {}", True), ("{words: false}", False), ("{}", False)]
)
def test_a_parameter_has_what_it_needs(folder: Folder, more: str, words: bool):
    text = GOOD.replace("{look: {}}", f"{{look: {{}}, more: {more}}}")
    loaded = folder.load(text, analyzers=WORDY)
    assert loaded.problems == ()
    (spec,) = [spec for spec in loaded.recipe.analyzers if spec.name == "more"]
    assert spec.params["words"] is words
