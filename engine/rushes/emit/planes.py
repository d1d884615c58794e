"""The planes of yuv420p pictures as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Plane = NDArray[np.uint8]


def planes_of(picture: VideoFrame) -> list[Plane]:
    """Luma and both colour planes of a yuv420p picture of even size."""
    return planes_in(cast(Plane, picture.to_ndarray()).ravel(), picture.width, picture.height)


def planes_in(flat: Plane, width_px: int, height_px: int) -> list[Plane]:
    """The same of its bytes, (width x height x 1.5,): views, so that what is written to them is written to it."""
    luma, color = width_px * height_px, width_px * height_px // 4
    return [
        flat[:luma].reshape(height_px, width_px),
        flat[luma : luma + color].reshape(height_px // 2, width_px // 2),
        flat[luma + color :].reshape(height_px // 2, width_px // 2),
    ]
