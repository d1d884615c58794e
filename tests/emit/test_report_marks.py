"""Marks, sentences and strips of the clip cards."""

from rushes.emit.report_marks import clip_insights, clip_marks, clip_strip

SOMEBODY = {
    "duration_s": 10.0,
    "face_frames_percent": 80.0,
    "people_count": 1.0,
    "smile_frames_percent": 0.4,
    "speech_percent": 35.2,
    "speech_duration_ms": 3520.0,
    "speech_segments": [{"start_s": 1.0, "end_s": 3.0}, {"start_s": 4.0, "end_s": 5.52}],
    "face_timestamps": [0.0, 5.0, 9.9],
    "audio_event": "speech",
    "emotion_dominant": "happiness",
    "emotion_happiness_avg": 0.62,
    "shot_type": "close_up",
    "shot_type_confidence_01": 0.9,
    "angle": "front",
    "angle_confidence_01": 0.3,
}


def test_marks_say_what_is_seen_and_heard_and_a_little_is_not_nothing():
    assert [(mark["icon"], mark["text"]) for mark in clip_marks(SOMEBODY)] == [
        ("face", "80 %"),
        ("smile", "1 %"),
        ("speech", "35 %"),
    ]


def test_what_is_not_known_or_not_there_has_no_mark():
    assert clip_marks({"face_frames_percent": 0.0, "speech_percent": None}) == []


def test_sound_that_is_no_speech_is_named():
    assert clip_marks({"audio_event": "music"}) == [
        {"icon": "sound", "text": "music", "label": "mostly music in the sound"}
    ]


def test_sentences_tell_who_is_seen_how_and_what_is_said():
    assert clip_insights(SOMEBODY) == [
        "1 person, close up, perhaps front",
        "mostly happiness (62 %)",
        "speech in 2 parts, 3.52 s in all",
    ]


def test_a_clip_that_was_looked_at_without_a_face_says_so():
    assert clip_insights({"face_frames_percent": 0.0, "people_count": 0.0, "shot_type": "wide"}) == [
        "no face, wide"
    ]


def test_a_clip_that_was_not_looked_at_says_nothing():
    assert clip_insights({"face_frames_percent": None, "emotion_dominant": None}) == []
    assert clip_strip({"duration_s": 10.0, "face_timestamps": None}) is None


def test_a_strip_places_faces_and_speech_over_the_length_of_the_clip():
    assert clip_strip(SOMEBODY) == {
        "faces": ["0", "50", "98"],
        "face_width": "2",
        "speech": [("10", "20"), ("40", "15.2")],
        "label": "3 moments with a face, 2 parts with speech",
    }
