"""Parts of a recipe that do not fit each other are told, each where it stands, all at once."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from recipe_samples import GOOD, TABLE, Folder
from rushes.analyze.spec import Column
from rushes.analyze.table import ANALYZERS
from rushes.errors import RecipeError
from rushes.recipe.load import load_recipe

HEAD = """schema: rushes/recipe@1
analyzers: {look: {}}
scores: {good: {terms: {sharp: {value: sharp_01, weight: 1}}}}
"""
PLAIN = HEAD + "edit: {score: good, grid: free}\n"


def marked(text: str) -> tuple[str, str]:
    """The text without its §, and the place where that stood."""
    before, after = text.split("§")
    return before + after, f"r.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def edit(text: str) -> str:
    return HEAD + f"edit: {{score: good, grid: free, {text}}}\n"


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        (
            "features: {a: §sharp_02}",
            "sharp_02 is neither a column nor a threshold",
            "did you mean sharp_01? known here: sharp_01, shake_01, has_audio, partial, width_px, height_px, clip_duration_s, clip, complete, rate_fps, duration_s, kind",
        ),
        ("features: {a: §a + 1}", "a uses itself", "use another column"),
        ("features: {a: 1 + §b, b: sharp_01}", "b is computed after a", "move b above a"),
        (
            "features: {a: §good * 2}",
            "good is a score; scores are computed after features",
            "use columns and features",
        ),
        (
            "features: {a: §loud_lufs * 2}",
            "loud_lufs is written by the analyzer listen, which is not switched on",
            "add listen: {} to analyzers",
        ),
        ("features: {§sharp_01: '1'}", "there is a column sharp_01 already", "choose another name"),
        ("features: {§duration_s: '1'}", "there is a column duration_s already", "choose another name"),
        ("features: {§tags: '1'}", "there is a column tags already", "choose another name"),
        ("features: {§not: sharp_01}", "not is a word of the language", "choose another name"),
        (
            "features: {§A: sharp_01}",
            "'A' is not a name that expressions can use",
            "write it in small letters, digits and _, beginning with a letter",
        ),
        ('features: {a: "1 +§"}', "a value is missing at the end", "add a column or a number"),
        (
            "features:\n  a: >-\n    sharp_01 +\n    §nope",
            "nope is neither a column nor a threshold",
            "known here: complete, clip, kind, partial, rate_fps, shake_01, sharp_01, width_px, has_audio, height_px, duration_s, clip_duration_s",
        ),
        ("thresholds: {§sharp_01: 1}", "there is a column sharp_01 already", "choose another name"),
        (
            "thresholds: {x: §high}",
            "thresholds.x must be a number, not the text 'high'",
            "write a number without quotes, such as 0.5",
        ),
        ("rules: {a: {when: §sharp_01, say: x}}", "the value is a number", "give true or false"),
        (
            "rules: {§a: {when: sharp_01 < 1 / 2}}",
            "the rule a does nothing",
            "give it exactly one of reject, tag and say",
        ),
        (
            "rules: {§a: {when: sharp_01 < 0.5, say: x, tag: y}}",
            "the rule a has tag and say",
            "give it exactly one of reject, tag and say",
        ),
        ("rules: {§a: {say: x}}", "rules.a has no when", "add when"),
        (
            "rules: {a: {when: §1 > 2, say: x}}",
            "the rule a never applies: 1 > 2 names no column",
            "compare a column with a value",
        ),
        (
            "rules: {a: {when: sharp_01 < 0.5, say: '{§sharpp_01} x'}}",
            "sharpp_01 is neither a column nor a threshold",
            "did you mean sharp_01? known here: sharp_01, shake_01, has_audio, partial, width_px, height_px, clip_duration_s, clip, complete, rate_fps, duration_s, good and 1 more",
        ),
        (
            "rules: {a: {when: sharp_01 < 0.5, say: 'x {§kind:percent}'}}",
            "kind is no number and takes no format",
            "write {kind}",
        ),
        (
            "rules: {a: {when: sharp_01 < 0.5, say: §''}}",
            "the text is empty",
            "say in a few words what holds",
        ),
        (
            "rules: {a: {when: sharp_01 < 0.5, §sya: x, say: y}}",
            "there is no key sya in rules.a",
            "did you mean say? keys in rules.a: say, tag, level, reject, when",
        ),
        (
            "footage: {include: §[]}",
            "footage.include is empty, so no file is a clip",
            'write ["**/*"] for all',
        ),
        (
            "footage: {include: §'[a'}",
            "'[a' has a [ without its ]",
            "close it, or write [[] for the character itself",
        ),
        ("footage: {exclude: [a, §'']}", "an empty glob matches nothing", 'write a glob such as "*.mp4"'),
        ("footage: {exclude: §'a\\b'}", "'a\\\\b' has a backslash", "divide folders by /"),
        (
            "footage: {exclude: §../a}",
            "'../a' leads out of the footage folder",
            "write globs below the footage folder",
        ),
        (
            "footage: {metadata: {angle: {front: [a*, b*], side: §A*}}}",
            "A* says angle is side, but it stands for front already",
            "take it away from front or from side",
        ),
        (
            "footage: {metadata: {§shake_01: {x: y}}}",
            "there is a column shake_01 already",
            "choose another name",
        ),
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
    text, place = marked(f"{PLAIN}{line}\n")
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            "min_shot_s: §6",
            "edit.min_shot_s is 6, above max_shot_s (4, built-in)",
            "lower min_shot_s to 4 or less",
        ),
        (
            "min_shot_s: 2, max_shot_s: §1",
            "edit.max_shot_s is 1, below min_shot_s (2, line 4)",
            "raise max_shot_s to 2 or more",
        ),
        (
            "duration_s: 1, tolerance_s: 0, min_shot_s: §2",
            "edit.min_shot_s is 2: the edit is shorter than one shot (duration_s is 1, line 4)",
            "make the edit longer or its shots shorter",
        ),
        (
            "ramps: {share: 0.2, fast: 1.2, slow: §0.9}",
            "no ramp can be made: fast (1.2) is less than 1.5 times slow (0.9)",
            "raise fast, or lower slow or least_change",
        ),
        (
            "ramps: {share: 0.2, min_shot_s: §5}",
            "no shot is long enough for a ramp: edit.ramps.min_shot_s is 5 (max_shot_s is 4, built-in)",
            "lower ramps.min_shot_s to 4 or less",
        ),
        (
            "transitions: {allow: §[]}",
            "no transition is allowed, so no two shots can follow each other",
            "add hard_cut",
        ),
        (
            "weights: §{score: 0}",
            "all weights of the edit are 0, so every edit is as good as any other",
            "give at least score a weight above 0",
        ),
        (
            "weights: {§scor: 1}",
            "there is no term of the objective scor",
            "did you mean score? terms of the objective: score, order, sequence, shot_type, clean, accent, energy, pacing, angle_change",
        ),
        (
            "max_uses_per_clip: §0",
            "edit.max_uses_per_clip is 0; it must be at least 1",
            "write a number that is at least 1",
        ),
        (
            "must_use: [§a*, b], never_use: A*",
            "a* must be used and must never be used (line 4)",
            "take it away from must_use or from never_use",
        ),
        (
            "§must_use: [a, b], duration_s: 1, tolerance_s: 0, min_shot_s: 0.8",
            "2 clips must be used, but the edit has room for 1 shots",
            "name fewer clips, make the edit longer or its shots shorter",
        ),
    ],
)
def test_a_constraint_that_no_footage_could_meet_is_told(
    folder: Folder, text: str, what: str, fix: str
) -> None:
    text, place = marked(edit(text))
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


def test_the_value_of_the_later_layer_is_the_one_that_is_told(folder: Folder) -> None:
    folder.write("base.yaml", edit("max_shot_s: 2"))
    text = "schema: rushes/recipe@1\nextends: base.yaml\nedit: {min_shot_s: 3}\n"
    assert folder.problems(text) == (
        "r.yaml:3:20: edit.min_shot_s is 3, above max_shot_s (2, base.yaml:4:45)\n    fix: lower min_shot_s to 2 or less"
    )
    assert folder.problems(edit("min_shot_s: 1"), "edit.max_shot_s=0.5").startswith(
        "--set edit.max_shot_s=0.5: edit.max_shot_s is 0.5, below min_shot_s (1, r.yaml:4:45)\n"
    )


def test_a_score_that_the_edit_asks_for_must_be_there(folder: Folder) -> None:
    assert folder.problems(HEAD + "edit: {score: god, grid: free}\n") == (
        "r.yaml:4:15: edit.score is god, which is no score\n    fix: did you mean good? scores: good"
    )


def test_a_grid_of_beats_needs_a_song_and_an_analyzer_of_it(folder: Folder) -> None:
    assert folder.problems(HEAD + "edit: {score: good, grid: beat}\n") == (
        "r.yaml:4:27: edit.grid is beat, but no analyzer looks at the song\n"
        "    fix: add beats: {} to analyzers, or write grid: free\n"
        "r.yaml:4:27: edit.grid is beat, but the recipe has no song\n    fix: add song: {}, or write grid: free"
    )


def test_a_fault_that_follows_from_a_default_is_one_of_the_recipe(folder: Folder) -> None:
    assert folder.problems("schema: rushes/recipe@1\nedit: {grid: free}\n") == (
        "r.yaml: edit.score is heuristic_score, which is no score\n    fix: scores: none"
    )


@pytest.mark.parametrize(
    ("section", "what", "fix"),
    [
        ("{bad: {terms: §{}}}", "the score bad has no terms", "add a term: NAME: {value: ..., weight: 1}"),
        ("{§bad: {}}", "scores.bad has no terms", "add terms"),
        (
            "{bad: {terms: §{a: {value: sharp_01, weight: 0}}}}",
            "all weights of the score bad are 0",
            "give a term a weight above 0",
        ),
        (
            "{bad: {terms: §{a: {value: sharp_01, weight: 1, signed: true}, b: {value: sharp_01, weight: 0}}}}",
            "the score bad has only signed terms, so nothing is ever scored",
            "add a term that is not signed",
        ),
        (
            "{bad: {least_share_01: §2, terms: {a: {value: sharp_01, weight: 1}}}}",
            "scores.bad.least_share_01 is 2; it must be at most 1",
            "write a number that is at least 0 and at most 1",
        ),
        (
            "{bad: {terms: {a: {value: sharp_01, weight: §-1}}}}",
            "scores.bad.terms.a.weight is -1; it must be at least 0",
            "write a number that is at least 0",
        ),
        ("{bad: {terms: {§a: {value: sharp_01}}}}", "scores.bad.terms.a has no weight", "add weight"),
        ("{bad: {terms: {a: {value: §kind, weight: 1}}}}", "the value is text", "give a number"),
        (
            "{bad: {terms: {§rank: {value: sharp_01, weight: 1}}}}",
            "a term cannot be called rank",
            "choose another name",
        ),
    ],
)
def test_a_score_that_cannot_be_computed_is_told(folder: Folder, section: str, what: str, fix: str) -> None:
    text = f"schema: rushes/recipe@1\nanalyzers: {{look: {{}}}}\nscores: {section}\nedit: {{score: bad, grid: free}}\n"
    text, place = marked(text)
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


def test_a_faulty_definition_does_not_make_its_users_faulty(folder: Folder) -> None:
    text = PLAIN + "features: {a: nope, b: {valu: 1}}\nrules: {r: {when: a + b > 1, say: x}}\n"
    told = folder.problems(text)
    assert [line.split(": ", 1)[1] for line in told.split("\n")[::2]] == [
        "nope is neither a column nor a threshold",
        "features.b has no value",
        "there is no key valu in features.b",
    ]


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


def test_a_rule_that_a_threshold_switches_off_is_only_a_warning(folder: Folder) -> None:
    text = PLAIN + "thresholds: {top_01: 1}\nrules: {a: {when: sharp_01 > top_01, reject: x}}\n"
    assert [str(problem) for problem in folder.load(text).problems] == [
        "r.yaml:6:28: this never holds: sharp_01 lies in 0..1\n    fix: compare with a number between 0 and 1"
    ]


@pytest.mark.parametrize(
    ("part", "what", "fix"),
    [
        (
            "transitions: {dissolve_s: §1.5}",
            "there will be no dissolve: both shots are 3 times as long as its 1.5 s (max_shot_s is 4, built-in)",
            "lower dissolve_s to 1.333 or less, or leave out quick_dissolve",
        ),
        (
            "max_shot_s: 0.9, transitions: {allow: §[hard_cut, dip_to_black]}",
            "there will be no dip to black: both shots are 2 times as long as its 0.5 s (max_shot_s is 0.9, line 4)",
            "lower dip_s to 0.45 or less, or leave out dip_to_black",
        ),
    ],
)
def test_a_transition_that_no_shot_is_long_enough_for_is_a_warning(
    folder: Folder, part: str, what: str, fix: str
) -> None:
    text, place = marked(edit(part))
    assert list(map(str, folder.load(text).problems)) == [f"{place}: {what}\n    fix: {fix}"]


@pytest.mark.parametrize(
    "part",
    [
        "min_shot_s: 0.4, transitions: {allow: [hard_cut, dip_to_black]}",
        "transitions: {dissolve_s: 0.6}",
        "max_shot_s: 0.5",
    ],
)
def test_a_transition_may_be_longer_than_the_shortest_shots(folder: Folder, part: str) -> None:
    assert folder.load(edit(part)).problems == ()


def test_every_example_of_the_page_on_transitions_is_a_sound_recipe(folder: Folder) -> None:
    text = (Path(__file__).parents[2] / "docs" / "transitions.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        for base in ("beat_reel", "base/reel"):
            song = "song: {}\n" if base == "base/reel" else ""
            whole = f"schema: rushes/recipe@1\nextends: {base}\n{song}{example}"
            assert folder.load(whole, analyzers=ANALYZERS).problems == ()


def test_what_needs_movement_that_nobody_looks_for_is_a_warning(folder: Folder) -> None:
    text = edit("transitions: {allow: §[hard_cut, whip_pan]}")
    text, place = marked(text)
    assert list(map(str, folder.load(text).problems)) == [
        (
            f"{place}: there will be no whip pan: no analyzer looks how the camera turns\n"
            "    fix: add motion: {} to analyzers, or take whip_pan out"
        )
    ]
    text, place = marked(edit("ramps: {share: §0.3}"))
    assert list(map(str, folder.load(text).problems)) == [
        (
            f"{place}: there will be no speed ramp: no analyzer looks for movement\n"
            "    fix: add motion: {} to analyzers, or set ramps.share to 0"
        )
    ]


def test_a_threshold_that_nothing_uses_is_a_warning_in_the_recipe_itself_only(folder: Folder) -> None:
    folder.write("base.yaml", GOOD + "thresholds: {old_01: 1}\n")
    text = "schema: rushes/recipe@1\nextends: base.yaml\nthresholds: {new_01: 1}\n"
    assert [str(problem) for problem in folder.load(text).problems] == [
        "r.yaml:3:14: no expression uses the threshold new_01\n    fix: used: none"
    ]


def with_columns(*columns: Column, source: str = "tables", reads: tuple[str, ...] = ()) -> dict[str, Any]:
    """The table with one more analyzer, `more`."""
    more = dataclasses.replace(TABLE["look"], name="more", source=source, columns=columns, reads=reads)
    return {"analyzers": {**TABLE, "more": more}}


MORE = "schema: rushes/recipe@1\nanalyzers: {more: {}}\nedit: null\n"


def test_columns_of_an_analyzer_that_reads_tables_may_be_named(folder: Folder) -> None:
    table = with_columns(Column(name="joy_01", unit="01", says="x"))
    assert folder.load(MORE + "features: {a: joy_01}\n", **table).recipe.features[0].value == "joy_01"
    off = "schema: rushes/recipe@1\nedit: null\nfeatures: {a: joy_01}\n"
    assert folder.problems(off, **table) == (
        "r.yaml:3:15: joy_01 is written by the analyzer more, which is not switched on\n"
        "    fix: add more: {} to analyzers"
    )


def test_what_an_analyzer_reads_is_switched_on_by_itself(folder: Folder) -> None:
    table = with_columns(Column(name="joy_01", unit="01", says="x"), reads=("look",))
    assert folder.load(MORE + "features: {a: joy_01 * sharp_01}\n", **table).problems == ()


def test_what_is_switched_on_by_itself_may_not_write_a_column_of_another(folder: Folder) -> None:
    table = with_columns(Column(name="sharp_01", unit="01", says="x"), reads=("look",))
    assert folder.problems(MORE, **table) == (
        "r.yaml: look writes the column sharp_01, and so does the analyzer more\n"
        "    fix: switch one of the two off: NAME: null"
    )


MARKS = Column(name="laughs", type="list", unit="s", says="x")


@pytest.mark.parametrize(
    "line",
    [
        "features: {a: §laughs}",
        "rules: {a: {when: is_missing(§laughs), say: x}}",
        "rules: {a: {when: joy_01 > 0.5, say: '{§laughs}'}}",
    ],
)
def test_a_list_cannot_be_named_and_its_name_is_taken(folder: Folder, line: str) -> None:
    table = with_columns(Column(name="joy_01", unit="01", says="x"), MARKS)
    text, place = marked(f"{MORE}{line}\n")
    told = folder.problems(text, **table)
    assert told.startswith(f"{place}: laughs is a list of moments or ranges, which expressions cannot use\n")
    assert "laughs" not in told.split("columns with one value: ")[1]
    assert folder.problems(MORE + "features: {laughs: joy_01}\n", **table) == (
        "r.yaml:4:12: there is a column laughs already\n    fix: choose another name"
    )


def test_names_of_files_and_an_analyzer_may_write_the_same_text(folder: Folder) -> None:
    text = PLAIN + "footage: {metadata: {kind: {insert: 'insert*', still: 's*'}}}\n"
    assert folder.load(text + "features: {a: kind == 'insert', b: kind == 'moving'}\n").problems == ()
    assert folder.problems(text + "features: {a: kind == 'pan'}\n") == (
        'r.yaml:6:23: kind is never "pan"\n    fix: its values: insert, moving, still'
    )


def test_values_of_a_text_stay_open_where_those_of_the_analyzer_are(folder: Folder) -> None:
    table = with_columns(Column(name="word", type="text", says="x"))
    text = MORE + "footage: {metadata: {word: {hello: 'h*'}}}\nfeatures: {a: word == 'other'}\n"
    assert folder.load(text, **table).problems == ()


@pytest.mark.parametrize(
    "line", ["footage: {metadata: {§tags: {x: y}}}", "thresholds: {§personalized_boost: 1}"]
)
def test_names_of_columns_that_clips_have_are_taken_for_metadata_and_thresholds(
    folder: Folder, line: str
) -> None:
    text, place = marked(f"{PLAIN}{line}\n")
    assert f"{place}: there is a column " in folder.problems(text)


@pytest.mark.parametrize("name", ["missing_parts", "personalized_boost", "analyzed_hash", "models_used"])
def test_a_feature_cannot_take_the_name_of_a_column_that_clips_have(folder: Folder, name: str) -> None:
    assert f"there is a column {name} already" in folder.problems(PLAIN + f"features: {{{name}: sharp_01}}\n")


def test_whether_a_clip_is_partial_may_be_asked_but_not_with_what_it_was_analysed(folder: Folder) -> None:
    assert folder.load(PLAIN + "rules: {a: {when: partial, tag: partial}}\n").problems == ()
    told = folder.problems(PLAIN + "features: {a: analyzed_hash == 'x'}\n")
    assert "analyzed_hash is neither a column nor a threshold" in told


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wordy:
    """words: say what is seen."""

    words: bool = False

    @property
    def needs(self) -> dict[str, str]:
        return {"listen": "words"} if self.words else {}


WORDY = {**TABLE, "more": dataclasses.replace(TABLE["look"], name="more", params=Wordy, columns=())}


def test_a_parameter_that_needs_another_analyzer_is_an_error_without_it(folder: Folder):
    text = PLAIN.replace("{look: {}}", "{look: {}, more: {words: true}}")
    assert folder.problems(text, analyzers=WORDY) == (
        "r.yaml:2:23: analyzers.more: words needs the analyzer listen, which is not switched on\n"
        "    fix: add listen: {} to analyzers, or take words away"
    )


@pytest.mark.parametrize(
    ("more", "words"), [("{words: true}, listen: {}", True), ("{words: false}", False), ("{}", False)]
)
def test_a_parameter_has_what_it_needs(folder: Folder, more: str, words: bool):
    text = PLAIN.replace("{look: {}}", f"{{look: {{}}, more: {more}}}")
    loaded = folder.load(text, analyzers=WORDY)
    assert loaded.problems == ()
    (spec,) = [spec for spec in loaded.recipe.analyzers if spec.name == "more"]
    assert spec.params["words"] is words
