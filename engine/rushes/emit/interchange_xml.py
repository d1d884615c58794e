"""Building blocks of the XML formats."""

from __future__ import annotations

from xml.etree import ElementTree

from rushes.emit.interchange import as_text
from rushes.units import round_6

Element = ElementTree.Element


def add(parent: Element, tag: str, text: str | int | None = None, **attributes: str) -> Element:
    """A child at the end of parent, with its text where it has one."""
    child = ElementTree.SubElement(parent, tag, {key: as_text(value) for key, value in attributes.items()})
    if text is not None:
        child.text = as_text(str(text))
    return child


def document(root: Element, doctype: str) -> str:
    """The file: declaration, document type and the tree, two spaces a level."""
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {doctype}>\n{body}\n'


def number(value: float) -> str:
    """Six digits at most, no powers of ten, never -0."""
    return f"{round_6(value):.6f}".rstrip("0").rstrip(".")
