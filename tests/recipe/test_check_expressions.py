"""Features, thresholds, rules and scores that cannot be computed are told where they stand; names are taken only once."""

from __future__ import annotations

import pytest
from recipe_samples import GOOD, MORE, Folder, marked, with_more
from rushes.analyze.spec import Column


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
    ],
)
def test_an_expression_or_a_name_that_cannot_be_is_told_where_it_stands(
    folder: Folder, line: str, what: str, fix: str
) -> None:
    text, place = marked(f"{GOOD}{line}\n")
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


def test_a_faulty_definition_does_not_make_its_users_faulty(folder: Folder) -> None:
    text = GOOD + "features: {a: nope, b: {valu: 1}}\nrules: {r: {when: a + b > 1, say: x}}\n"
    told = folder.problems(text)
    assert [line.split(": ", 1)[1] for line in told.split("\n")[::2]] == [
        "nope is neither a column nor a threshold",
        "features.b has no value",
        "there is no key valu in features.b",
    ]


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


def test_a_rule_that_a_threshold_switches_off_is_only_a_warning(folder: Folder) -> None:
    text = GOOD + "thresholds: {top_01: 1}\nrules: {a: {when: sharp_01 > top_01, reject: x}}\n"
    assert [str(problem) for problem in folder.load(text).problems] == [
        "r.yaml:7:28: this never holds: sharp_01 lies in 0..1\n    fix: compare with a number between 0 and 1"
    ]


def test_a_threshold_that_nothing_uses_is_a_warning_in_the_recipe_itself_only(folder: Folder) -> None:
    folder.write("base.yaml", GOOD + "thresholds: {old_01: 1}\n")
    text = "schema: rushes/recipe@1\nextends: base.yaml\nthresholds: {new_01: 1}\n"
    assert [str(problem) for problem in folder.load(text).problems] == [
        "r.yaml:3:14: no expression uses the threshold new_01\n    fix: used: none"
    ]


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
    table = with_more(Column(name="joy_01", unit="01", says="x"), MARKS)
    text, place = marked(f"{MORE}{line}\n")
    told = folder.problems(text, **table)
    assert told.startswith(f"{place}: laughs is a list of moments or ranges, which expressions cannot use\n")
    assert "laughs" not in told.split("columns with one value: ")[1]
    assert folder.problems(MORE + "features: {laughs: joy_01}\n", **table) == (
        "r.yaml:4:12: there is a column laughs already\n    fix: choose another name"
    )


def test_names_of_files_and_an_analyzer_may_write_the_same_text(folder: Folder) -> None:
    text = GOOD + "footage: {metadata: {kind: {insert: 'insert*', still: 's*'}}}\n"
    assert folder.load(text + "features: {a: kind == 'insert', b: kind == 'moving'}\n").problems == ()
    assert folder.problems(text + "features: {a: kind == 'pan'}\n") == (
        'r.yaml:7:23: kind is never "pan"\n    fix: its values: insert, moving, still'
    )


def test_values_of_a_text_stay_open_where_those_of_the_analyzer_are(folder: Folder) -> None:
    table = with_more(Column(name="word", type="text", says="x"))
    text = MORE + "footage: {metadata: {word: {hello: 'h*'}}}\nfeatures: {a: word == 'other'}\n"
    assert folder.load(text, **table).problems == ()


@pytest.mark.parametrize("name", ["missing_parts", "personalized_boost", "analyzed_hash", "models_used"])
def test_a_feature_cannot_take_the_name_of_a_column_that_clips_have(folder: Folder, name: str) -> None:
    assert f"there is a column {name} already" in folder.problems(GOOD + f"features: {{{name}: sharp_01}}\n")


def test_whether_a_clip_is_partial_may_be_asked_but_not_with_what_it_was_analysed(folder: Folder) -> None:
    assert folder.load(GOOD + "rules: {a: {when: partial, tag: partial}}\n").problems == ()
    told = folder.problems(GOOD + "features: {a: analyzed_hash == 'x'}\n")
    assert "analyzed_hash is neither a column nor a threshold" in told


@pytest.mark.parametrize(
    "line", ["footage: {metadata: {§tags: {x: y}}}", "thresholds: {§personalized_boost: 1}"]
)
def test_names_of_columns_that_clips_have_are_taken_for_metadata_and_thresholds(
    folder: Folder, line: str
) -> None:
    text, place = marked(f"{GOOD}{line}\n")
    assert f"{place}: there is a column " in folder.problems(text)


def test_columns_of_an_analyzer_that_reads_tables_may_be_named(folder: Folder) -> None:
    table = with_more(Column(name="joy_01", unit="01", says="x"))
    assert folder.load(MORE + "features: {a: joy_01}\n", **table).recipe.features[0].value == "joy_01"
    off = "schema: rushes/recipe@1\nedit: null\nfeatures: {a: joy_01}\n"
    assert folder.problems(off, **table) == (
        "r.yaml:3:15: joy_01 is written by the analyzer more, which is not switched on\n"
        "    fix: add more: {} to analyzers"
    )
