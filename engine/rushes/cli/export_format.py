"""The formats of an export."""

from __future__ import annotations

import enum


class Format(enum.StrEnum):
    """A format of editing programs."""

    OTIO = "otio"
    FCP7XML = "fcp7xml"
    FCPXML = "fcpxml"
    EDL = "edl"
