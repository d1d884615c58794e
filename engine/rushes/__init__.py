"""rushes: raw footage to finished cuts, by recipe."""

__version__ = "0.4.0"
