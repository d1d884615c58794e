"""HDR to SDR as one 3-D lookup table that analysis and rendering share.

HLG and PQ are decoded as ITU-R BT.2100-3 says (HLG with the system gamma 1.2 of a 1000 cd/m2 display), brightness is
compressed to 100 cd/m2 by the EETF of ITU-R BT.2390-11 section 5.4.1, applied to the largest of R, G, B with the other
two in proportion so that hue stays, the gamut is turned from BT.2020 to BT.709 by the matrix of ITU-R BT.2407-0 and
clipped, and the result is encoded for the display of ITU-R BT.1886 (gamma 2.4).
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SIZE = 33
"""Entries along each axis, as most grading programs use; tetrahedral interpolation is then within one 8-bit step."""

_PEAK_NITS = 1000.0
"""Brightest source that keeps detail: what phones and nearly all HDR10 masters reach. Brighter pixels clip."""
_SDR_NITS = 100.0
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_HLG_GAMMA = 1.2
_LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])
_2020_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float64
)


@cache
def cube_file(transfer: Literal["hlg", "pq"]) -> Path:
    """Path of the .cube file for libavfilter's lut3d: R'G'B' of BT.2020 in, R'G'B' of BT.709 out, 0..1.

    It lies in the user's cache folder, or in the temporary one where that cannot be written. The same bytes on every
    machine; a file that differs from what it should be is replaced.
    """
    text = cube_text(transfer)
    for folder in (_cache_dir(), Path(tempfile.gettempdir(), f"rushes-{_user()}")):
        path = folder / f"bt709_from_{transfer}.cube"
        try:
            if not path.is_file() or path.read_bytes() != text:
                _write(path, text)
        except OSError:
            continue
        return path
    path = Path(tempfile.mkdtemp(prefix="rushes-")) / f"bt709_from_{transfer}.cube"
    path.write_bytes(text)
    return path


def cube_text(transfer: Literal["hlg", "pq"]) -> bytes:
    """The table as .cube: red runs fastest."""
    axis = np.linspace(0.0, 1.0, SIZE)
    grid = np.meshgrid(axis, axis, axis, indexing="ij")
    mapped = to_sdr(np.stack(grid[::-1], axis=-1).reshape(-1, 3), transfer)
    rows = "\n".join(f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in mapped.tolist())
    return f'TITLE "BT.2100 {transfer.upper()} to BT.709"\nLUT_3D_SIZE {SIZE}\n{rows}\n'.encode()


def to_sdr(signal: NDArray[np.float64], transfer: Literal["hlg", "pq"]) -> NDArray[np.float64]:
    """Map non-linear BT.2020 R'G'B', shape (n, 3), 0..1, to non-linear BT.709 R'G'B', same shape, 0..1."""
    nits = _hlg_to_nits(signal) if transfer == "hlg" else _pq_to_nits(signal)
    brightest = np.maximum(nits.max(axis=1, keepdims=True), 1e-9)
    sdr_2020 = nits * (_compress(brightest) / brightest) / _SDR_NITS
    sdr_709 = np.clip(sdr_2020 @ _2020_TO_709.T, 0.0, 1.0)
    shown: NDArray[np.float64] = sdr_709 ** (1 / 2.4)
    return shown


def _hlg_to_nits(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - _HLG_C) / _HLG_A) + _HLG_B) / 12)
    luma = np.maximum((scene @ _LUMA_2020)[:, None], 1e-12)
    nits: NDArray[np.float64] = _PEAK_NITS * luma ** (_HLG_GAMMA - 1) * scene
    return nits


def _pq_to_nits(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    power = signal ** (1 / _M2)
    return 10000.0 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)


def _nits_to_pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    power = (nits / 10000.0) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


def _compress(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """BT.2390 EETF from 0.._PEAK_NITS to 0.._SDR_NITS, black at 0."""
    source_peak = float(_nits_to_pq(np.array(_PEAK_NITS)))
    peak = float(_nits_to_pq(np.array(_SDR_NITS))) / source_peak
    level = np.minimum(_nits_to_pq(nits) / source_peak, 1.0)
    knee = 1.5 * peak - 0.5
    t = np.maximum((level - knee) / (1 - knee), 0.0)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * peak
    )
    return _pq_to_nits(np.where(level < knee, level, spline) * source_peak)


def _cache_dir() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home, "rushes")


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
