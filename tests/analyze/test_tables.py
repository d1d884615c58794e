import polars as pl
import pytest
from rushes.analyze.tables import pack_tables, unpack_tables

CLIP = pl.DataFrame({"cut_count": [2.0], "kind": ["static"]})
CUTS = pl.DataFrame(
    {"t_s": [1.5, 3.0], "jpeg": [b"\xff\xd8", b""]}, schema={"t_s": pl.Float64, "jpeg": pl.Binary}
)


def test_tables_and_facts_come_back_as_they_went_in():
    tables, facts = unpack_tables(pack_tables({"cuts": CUTS, "clip": CLIP}, {"complete": True, "frames": 12}))
    assert list(tables) == ["clip", "cuts"]
    assert tables["clip"].equals(CLIP)
    assert tables["cuts"].equals(CUTS)
    assert facts == {"complete": True, "frames": 12}


def test_the_order_in_which_tables_are_given_does_not_change_the_bytes():
    assert pack_tables({"cuts": CUTS, "clip": CLIP}, {}) == pack_tables({"clip": CLIP, "cuts": CUTS}, {})


def test_a_frame_in_several_chunks_gives_the_bytes_of_one_chunk():
    pieces = pl.concat([CUTS[:1], CUTS[1:]], rechunk=False)
    assert pack_tables({"cuts": pieces}, {}) == pack_tables({"cuts": CUTS}, {})


def test_an_empty_table_keeps_its_columns():
    tables, _ = unpack_tables(pack_tables({"cuts": CUTS.clear()}, {}))
    assert tables["cuts"].schema == CUTS.schema
    assert tables["cuts"].height == 0


def test_other_bytes_are_refused():
    with pytest.raises(ValueError, match="not a table file of rushes"):
        unpack_tables(b"PK\x03\x04 something else")
