"""rushes learn personal: weights from feedback and stored analyses, said in words."""

import json

import pytest
from command_line import rushes
from jsonschema import Draft7Validator
from library_samples import RECIPE, make_library
from rushes.resources import shipped_schema


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "library.sqlite"
    make_library(path)
    (tmp_path / "likes.yaml").write_text(RECIPE)
    return path


@pytest.fixture
def learn(library):
    return lambda *words: rushes("learn", "personal", "likes.yaml", "--library", library, *words)


@pytest.fixture
def told(library):
    """Two favourites (steadiness 1 and 0.75), two bads (0 and -0.25), one engaged clip (0.5) that counts half."""
    for kind, clips in (
        ("favorite", ("clip_0", "clip_1")),
        ("bad", ("clip_4", "clip_5")),
        ("export", ("clip_2",)),
    ):
        assert rushes("feedback", kind, *clips, "--library", library).code == 0


# Liked: (1 + 0.75 + 0.5 x 0.5) / 2.5 = 0.8, bads: -0.125; the difference is 0.925, the bound 0.8.
WORDS = """\
default: 2 favourites, 2 bads, 1 watched or used without a tag
steadiness       you favour clips with a steady camera: +0.80
sharpness        no difference: clips with more sharpness (known for 2 of 3 liked clips and 2 of 2 bads)
"""


def test_weights_are_printed_with_what_they_mean_and_written(learn, told, own_home):
    ended = learn()
    path = own_home / "rushes" / "personal" / "default.json"
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"{WORDS}wrote {path}\n"
    document = json.loads(path.read_text())
    Draft7Validator(shipped_schema("personal")).validate(document)
    assert document["weights"] == {"steadiness": 0.8, "sharpness": 0.0}
    assert document["needs_more_feedback"] is False
    assert document["trained_on"]["features"]["steadiness"] == {
        "favourites_mean": 0.8,
        "bads_mean": -0.125,
        "favourites": 3,
        "bads": 2,
    }


def test_the_same_feedback_writes_the_same_bytes(learn, told, tmp_path):
    for name in ("one.json", "two.json"):
        assert learn("--to", tmp_path / name).code == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_the_rate_is_recipe_data(learn, told):
    assert learn("--json", "--dry-run", "--set", "personal.rate=0.5").json["weights"]["steadiness"] == 0.4625


def test_a_dry_run_writes_nothing(learn, told, own_home):
    ended = learn("--dry-run")
    assert ended.out == f"{WORDS}nothing was written\n"
    assert learn("--dry-run", "--json").json["path"] is None
    assert not (own_home / "rushes" / "personal").exists()


def test_json_is_the_document_and_where_it_lies(learn, told, tmp_path):
    found = learn("--json", "--to", tmp_path / "w.json").json
    assert found.pop("path") == str(tmp_path / "w.json")
    assert found == json.loads((tmp_path / "w.json").read_text())


def test_creators_do_not_mix(learn, told, own_home):
    ended = learn("--creator", "ben")
    assert ended.out.splitlines() == [
        "ben: 0 favourites, 0 bads, 0 watched or used without a tag",
        "needs more feedback: 2 more favourites, 2 more bads",
        f"wrote {own_home}/rushes/personal/ben.json",
    ]


def test_the_creator_of_the_recipe_is_meant_where_none_is_named(learn, library, own_home):
    rushes("feedback", "favorite", "clip_0", "--creator", "anna", "--library", library)
    found = learn("--set", "creator_id=anna", "--json").json
    assert (found["creator"], found["trained_on"]["favourites"]) == ("anna", 1)
    assert found["path"] == str(own_home / "rushes" / "personal" / "anna.json")


def test_too_little_feedback_gives_zeros_and_says_what_is_missing(learn, library):
    rushes("feedback", "favorite", "clip_0", "--library", library)
    found = learn("--json").json
    assert (found["needs_more_feedback"], found["needs"]) == (True, "1 more favourite, 2 more bads")
    assert found["weights"] == {"steadiness": 0.0, "sharpness": 0.0}


def test_clips_that_were_never_analysed_are_said(learn, told, library, tmp_path):
    (tmp_path / "new.mp4").write_bytes(b"new")
    rushes("feedback", "bad", "new.mp4", "--library", library)
    assert "1 more clip with feedback not analysed in this library yet" in learn("--dry-run").out


def test_a_taken_back_tag_is_forgotten(learn, told, library):
    rushes("feedback", "untag", "clip_4", "--library", library)
    assert learn("--json").json["needs"] == "1 more bad"


def test_what_was_learned_is_used_by_the_recipe(learn, told, tmp_path):
    """The reader of the weights accepts what is written here."""
    from rushes.recipe.personal import read_learned

    learn("--to", tmp_path / "w.json")
    problems = []
    read = read_learned(tmp_path / "w.json", problems)
    assert problems == []
    assert (read.weights, read.creator) == ({"steadiness": 0.8, "sharpness": 0.0}, "default")


def test_a_recipe_without_personal_features_is_refused(library, tmp_path):
    (tmp_path / "plain.yaml").write_text("schema: rushes/recipe@1\nedit: null\n")
    ended = rushes("learn", "personal", "plain.yaml", "--library", library)
    assert ended.code == 2
    assert ended.err.startswith("the recipe plain has no personal features to learn weights for\n    fix: ")


def test_without_a_library_it_is_said_how_to_get_one(learn, library):
    library.unlink()
    ended = learn()
    assert ended.code == 1
    assert "there is no library yet" in ended.err


def test_a_place_that_cannot_be_written_is_told(learn, told, tmp_path):
    (tmp_path / "file").touch()
    ended = learn("--to", tmp_path / "file" / "weights.json")
    assert ended.code == 1
    assert ended.err.endswith("    fix: choose another file with --to\n")


def test_a_creator_of_the_recipe_that_is_no_file_name_is_refused(learn):
    ended = learn("--set", "creator_id=../x")
    assert ended.code == 2
    assert ended.err.startswith("creator_id: '../x' is no name of a creator: ")


OF_WHAT_IS_READ = """\
schema: rushes/recipe@1
edit: null
footage: {metadata: {shot_type: {close_up: ["clip_0*", "clip_1*"]}}}
analyzers: {emotion: {}, shot_type: {}, motion: {}}
personal:
  min_favourites: 2
  min_bads: 2
  features:
    people: coalesce(face_count_max, motion_stability_score)
    close: if_else(shot_type == "close_up", shot_type_confidence_01, 0)
"""


def test_columns_of_analyzers_that_others_read_and_names_of_files_can_be_learned_from(
    told, library, tmp_path
):
    """Only `emotion` brings `faces` along: validate, run and best take such a recipe too."""
    (tmp_path / "people.yaml").write_text(OF_WHAT_IS_READ)
    assert rushes("validate", "people.yaml").code == 0
    ended = rushes("learn", "personal", "people.yaml", "--library", library, "--json", "--dry-run")
    assert ended.code == 0, ended.err
    known = ended.json["trained_on"]["features"]
    assert known["people"]["favourites"] == 3
    # Two of three are named so, which is sure though nobody has looked at them.
    assert (known["close"]["favourites"], known["close"]["favourites_mean"]) == (2, 1.0)


def test_weights_learned_before_stay_where_an_untag_leaves_too_little(learn, told, own_home, library):
    learn()
    path = own_home / "rushes" / "personal" / "default.json"
    before = path.read_bytes()
    assert rushes("feedback", "untag", "clip_5", "--library", library).code == 0
    ended = learn()
    assert ended.code == 0
    assert "needs more feedback: " in ended.out
    assert ended.out.endswith(
        f"the weights learned before stay as they are; delete {path} to do without them\n"
    )
    assert path.read_bytes() == before
