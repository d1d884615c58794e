"""What a creator likes: bounded weights whose truth is arithmetic."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from rushes.recipe.spec import PersonalFeatureSpec, PersonalSpec
from rushes.resources import shipped_schema
from rushes.score.feedback import FeedbackEvent, FeedbackState, fold_feedback
from rushes.score.personal import evidence_words, train_personal, weight_words, weights_to_json

NAMES = ("face_presence", "speech")
FAVORITE, BAD = FeedbackState(tag="favorite"), FeedbackState(tag="bad")
ENGAGED = FeedbackState(exports=1, engaged=True)
NOTHING = FeedbackState(views=1)


def spec(**changes):
    features = tuple(PersonalFeatureSpec(name=name, value="0") for name in NAMES)
    return PersonalSpec(features=features, **changes)


def learn(clips, **changes):
    """clips: (state, face_presence, speech) each."""
    states = {f"{number:064x}": state for number, (state, *_) in enumerate(clips)}
    features = {
        f"{number:064x}": dict(zip(NAMES, values, strict=True)) for number, (_, *values) in enumerate(clips)
    }
    return train_personal(states, features, spec(**changes), creator="anna", rushes_version="1")


ENOUGH = [(FAVORITE, 0.5, -0.25)] * 10 + [(BAD, 0.25, 0.25)] * 10


def test_a_weight_is_the_difference_of_the_means_times_the_rate():
    assert learn(ENOUGH).weights == {"face_presence": 0.25, "speech": -0.5}
    assert learn(ENOUGH, rate=0.5).weights == {"face_presence": 0.125, "speech": -0.25}
    assert learn(ENOUGH).needs == ""


def test_no_weight_is_beyond_its_bound():
    assert learn([(FAVORITE, 1.0, -1.0)] * 10 + [(BAD, -1.0, 1.0)] * 10).weights == {
        "face_presence": 0.8,
        "speech": -0.8,
    }
    assert learn(ENOUGH, rate=10.0, max_weight_01=0.3).weights == {"face_presence": 0.3, "speech": -0.3}


def test_features_beyond_their_range_count_as_its_ends():
    clips = [(FAVORITE, 7.0, 0.0)] * 10 + [(BAD, 0.75, 0.0)] * 10
    assert learn(clips).weights["face_presence"] == 0.25


@pytest.mark.parametrize(
    ("favourites", "bads", "needs"),
    [
        (10, 10, ""),
        (7, 0, "3 more favourites, 10 more bads"),
        (9, 9, "1 more favourite, 1 more bad"),
        (30, 8, "2 more bads"),
        (0, 12, "10 more favourites"),
    ],
)
def test_with_too_little_feedback_nothing_is_learned(favourites, bads, needs):
    learned = learn([(FAVORITE, 1.0, 1.0)] * favourites + [(BAD, -1.0, -1.0)] * bads)
    assert learned.needs == needs
    if needs:
        assert learned.weights == {"face_presence": 0.0, "speech": 0.0}


def test_how_much_is_enough_is_recipe_data():
    clips = [(FAVORITE, 0.5, 0.0)] * 2 + [(BAD, 0.0, 0.0)]
    assert learn(clips, min_favourites=2, min_bads=1).weights["face_presence"] == 0.5


def test_an_engaged_clip_is_half_a_favourite():
    # (10 x 0.5 + 20 x 0.5 x 0.25) / (10 + 20 x 0.5) = 0.375, less 0.125
    clips = [(FAVORITE, 0.5, 0.0)] * 10 + [(ENGAGED, 0.25, 0.0)] * 20 + [(BAD, 0.125, 0.0)] * 10
    learned = learn(clips)
    assert learned.weights["face_presence"] == 0.25
    assert learned.trained_on.engaged == 20
    assert learn(clips, engaged_weight_01=1.0).weights["face_presence"] == round(10 / 30 - 0.125, 6)


def test_engaged_clips_alone_are_no_favourites_in_number():
    assert learn([(ENGAGED, 1.0, 1.0)] * 50 + [(BAD, 0.0, 0.0)] * 10).needs == "10 more favourites"


def test_a_bad_that_was_exported_is_a_bad():
    both = FeedbackState(tag="bad", exports=1, engaged=True)
    assert learn([(FAVORITE, 0.5, 0.0)] * 10 + [(both, 0.25, 0.0)] * 10).weights["face_presence"] == 0.25


def test_clips_that_say_nothing_do_not_count():
    assert learn(ENOUGH + [(NOTHING, -1.0, 1.0)] * 50).weights == learn(ENOUGH).weights


def test_a_missing_value_is_left_out_of_its_mean_and_said():
    clips = [(FAVORITE, None, 0.5)] * 7 + [(FAVORITE, 0.5, 0.5)] * 3 + [(BAD, 0.25, 0.25)] * 10
    learned = learn(clips)
    assert learned.weights == {"face_presence": 0.25, "speech": 0.25}
    found = learned.trained_on.features
    assert evidence_words(found["face_presence"], learned.trained_on) == (
        "known for 3 of 10 liked clips and 10 of 10 bads"
    )
    assert evidence_words(found["speech"], learned.trained_on) == ""


def test_a_feature_that_no_clip_has_weighs_nothing():
    learned = learn([(FAVORITE, 0.5, None)] * 10 + [(BAD, 0.25, 0.5)] * 10)
    assert learned.weights["speech"] == 0.0
    assert learned.trained_on.features["speech"].favourites_mean is None


def test_clips_that_were_not_analysed_are_counted_apart():
    states = {f"{number:064x}": FAVORITE for number in range(12)}
    known = {clip: {"face_presence": 0.0, "speech": 0.0} for clip in list(states)[:4]}
    learned = train_personal(states, known, spec(), creator="anna", rushes_version="1")
    assert (learned.trained_on.favourites, learned.trained_on.not_analysed) == (4, 8)
    assert learned.needs == "6 more favourites, 10 more bads"


values_01 = st.floats(-3, 3) | st.none()
clips = st.lists(
    st.tuples(st.sampled_from([FAVORITE, BAD, ENGAGED, NOTHING]), values_01, values_01), max_size=40
)


@settings(derandomize=True, deadline=None)
@given(clips, st.floats(0.01, 10), st.floats(0.01, 1))
def test_weights_are_bounded_whatever_the_feedback(given_clips, rate, most):
    learned = learn(given_clips, rate=rate, max_weight_01=most, min_favourites=1, min_bads=1)
    assert all(abs(weight) <= most for weight in learned.weights.values())


@settings(derandomize=True, deadline=None)
@given(clips, st.randoms())
def test_the_same_feedback_gives_the_same_bytes_in_any_order(given_clips, chance):
    states = {f"{number:064x}": state for number, (state, *_) in enumerate(given_clips)}
    features = {
        f"{number:064x}": dict(zip(NAMES, values, strict=True))
        for number, (_, *values) in enumerate(given_clips)
    }
    keys = list(states)
    chance.shuffle(keys)
    least = spec(min_favourites=1, min_bads=1)
    texts = {
        json.dumps(weights_to_json(train_personal(some, of, least, creator="anna", rushes_version="1")))
        for some, of in (
            (states, features),
            ({key: states[key] for key in keys}, {key: features[key] for key in keys}),
        )
    }
    assert len(texts) == 1


def test_events_loaded_twice_and_events_of_unknown_clips_change_no_weight():
    events = [
        FeedbackEvent(
            uid=str(number),
            clip=f"{number:064x}",
            creator="anna",
            kind="favorite" if number < 10 else "bad",
            at=f"2026-05-04T12:{number:02d}:00.000000Z",
        )
        for number in range(20)
    ]
    features = {f"{number:064x}": {"face_presence": number / 32, "speech": 0.0} for number in range(20)}

    def weights(given_events):
        states = fold_feedback(given_events)
        return train_personal(states, features, spec(), creator="anna", rushes_version="1").weights

    other = FeedbackEvent(uid="x", clip="f" * 64, creator="anna", kind="bad", at=events[0].at)
    assert weights(events) == weights([other, *events[::-1], *events])
    assert weights(events)["face_presence"] == -10 / 32


def test_the_file_keeps_to_its_schema():
    Draft7Validator.check_schema(shipped_schema("personal"))
    schema = Draft7Validator(shipped_schema("personal"))
    for given_clips in (ENOUGH, [], [(FAVORITE, None, None)]):
        document = weights_to_json(learn(given_clips))
        assert list(schema.iter_errors(document)) == []
        assert list(schema.iter_errors({**document, "weights": {"face_presence": "much"}})) != []


@pytest.mark.parametrize(
    ("weight", "says", "words"),
    [
        (0.42, "clips with faces", "you favour clips with faces: +0.42"),
        (-0.1, "shaky clips.", "you avoid shaky clips: -0.10"),
        (0.004, "clips with faces", "no difference: clips with faces"),
        (0.5, "", "you favour clips with more face presence: +0.50"),
    ],
)
def test_weights_are_said_in_words(weight, says, words):
    assert weight_words("face_presence", weight, says) == words


def test_a_feature_that_is_known_of_one_bad_alone_gets_no_weight():
    clips = (
        [(FAVORITE, 0.5, None)] * 7
        + [(FAVORITE, 0.5, -1.0)] * 3
        + [(BAD, 0.25, None)] * 9
        + [(BAD, 0.25, 1.0)]
    )
    assert learn(clips).weights == {"face_presence": 0.25, "speech": 0.0}
    assert learn(clips, min_known=1).weights["speech"] == -0.8
