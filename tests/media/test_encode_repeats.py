"""The same pictures encode to the same bytes, call after call: what re-runs and joins are built on."""

from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest
from rushes.media.encode import PICTURE_CODING, PictureWriter

SIZE = (320, 180)


def moving_texture(frames=12):
    """RGB pictures of a blurred noise that slides: motion for B-frames and the macroblock tree to work on."""
    width, height = SIZE
    noise = np.random.default_rng(1).integers(0, 255, (height * 2, width * 2, 3), dtype=np.uint8)
    texture = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    return [np.ascontiguousarray(texture[n : n + height, 2 * n : 2 * n + width]) for n in range(frames)]


@pytest.mark.parametrize("quality", sorted(PICTURE_CODING))
def test_every_call_gives_the_same_bytes_whatever_lies_in_memory(tmp_path, quality):
    pictures = moving_texture()
    chance = np.random.default_rng(2)
    found = []
    for _ in range(12):
        path = tmp_path / "pictures.mp4"
        coding = PICTURE_CODING[quality]
        with PictureWriter(
            path, width_px=SIZE[0], height_px=SIZE[1], rate_fps=Fraction(30), coding=coding
        ) as writer:
            rubbish = []
            for picture in pictures:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
                writer.write(frame)
                # The encoder's next buffer is one that somebody else filled before.
                rubbish.append(np.full(chance.integers(1000, 300_000), chance.integers(255), np.uint8))
        found.append(path.read_bytes())
    assert all(first == second for first, second in pairwise(found))
