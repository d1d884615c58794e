"""Files that are written whole or not at all, and what is said where they cannot be."""

import errno
import os

import pytest
from rushes.errors import RenderError
from rushes.run.whole_file import whole_file


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "free some space or choose another folder with --out"),
        (errno.EDQUOT, "free some space or choose another folder with --out"),
        (errno.EROFS, "allow writing there or choose another folder with --out"),
        (errno.EACCES, "allow writing there or choose another folder with --out"),
        (errno.ENOENT, "choose another folder with --out"),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else "",
)
def test_what_would_help_fits_what_the_system_says(tmp_path, number, fix):
    target = tmp_path / "video.mp4"
    target.write_text("as it was")
    with pytest.raises(RenderError) as caught, whole_file(target) as part:
        part.write_text("half")
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == f"{target}: cannot be written: {os.strerror(number)}\n    fix: {fix}"
    assert [path.name for path in tmp_path.iterdir()] == ["video.mp4"]
    assert target.read_text() == "as it was"
