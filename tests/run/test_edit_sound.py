"""What a record says of the sound of an edit."""

import polars as pl
import pytest
from rushes.analyze.tables import pack_tables
from rushes.recipe.sound_spec import DuckSpec, SoundSpec
from rushes.run.edit_sound import sound_of, speech_of
from rushes.store.store import Store


def record(sound=None, **nodes):
    """nodes: clip -> digest of what was heard in it."""
    edit = None if sound is None else {"sound": sound}
    made = [
        {"id": f"analyze/speech/{clip}", "outputs": {"tables.bin": digest}} for clip, digest in nodes.items()
    ]
    return {"recipe": {"edit": edit}, "nodes": made}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (None, SoundSpec()),
        ({}, SoundSpec()),
        ({"clips": "only", "crossfade_s": 0.1}, SoundSpec(clips="only", crossfade_s=0.1)),
        ({"clips": "under", "duck": None}, SoundSpec(clips="under", duck=None)),
        ({"duck": {"by_db": 4.0}}, SoundSpec(duck=DuckSpec(by_db=4.0))),
        ({"clips": "only", "room": 3, "duck": {"gently": True}}, SoundSpec(clips="only")),
    ],
)
def test_the_sound_of_a_run_is_as_its_recipe_said(said, wanted):
    assert sound_of(record(said)) == wanted


def tables(samples, *spans):
    """What the analyzer `speech` writes."""
    rows = pl.DataFrame(list(spans), schema={"start_s": pl.Float64, "end_s": pl.Float64}, orient="row")
    return pack_tables({"samples": pl.DataFrame({"t_s": samples}), "segments": rows}, {})


def test_speech_is_that_of_clips_that_were_listened_to_and_are_still_in_the_store(tmp_path):
    store = Store(tmp_path)
    talks = store.put_bytes(tables([0.0, 0.1], (2.0, 3.0), (0.5, 1.0))).digest
    quiet = store.put_bytes(tables([0.0, 0.1])).digest
    deaf = store.put_bytes(tables([])).digest
    said = record(talks=talks, quiet=quiet, deaf=deaf, gone="0" * 64)
    clips = ("talks", "quiet", "deaf", "gone", "never")
    assert speech_of(said, clips, tmp_path) == {"talks": [(0.5, 1.0), (2.0, 3.0)], "quiet": []}


def test_nothing_is_known_where_the_store_is_gone(tmp_path):
    assert speech_of(record(a="0" * 64), ("a",), tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()
