"""Rules of data validation in a sheet part."""

from __future__ import annotations

from collections.abc import Sequence

from addin.hosts.file import xmlspan
from addin.hosts.file.ranges import Area


def without_rules(xml: bytes, area: Area) -> bytes:
    """The sheet part without the rules for cells of ``area`` alone."""
    edits = xmlspan.Edits(xml)
    for parent in xmlspan.read(xml).all("dataValidations"):
        rules = list(parent.all("dataValidation"))
        gone = [rule for rule in rules if _is_inside(rule.attrs.get("sqref", ""), area)]
        remove_rules(edits, parent, rules, gone)
    return edits.apply()


def remove_rules(
    edits: xmlspan.Edits,
    parent: xmlspan.Node,
    rules: Sequence[xmlspan.Node],
    gone: Sequence[xmlspan.Node],
) -> None:
    """Take some of a sheet's rules out; with the last one what holds them, which can't be empty."""
    if rules and len(gone) == len(rules):
        edits.remove(parent)
        return
    for rule in gone:
        edits.remove(rule)
    if gone and "count" in parent.attrs:
        edits.set_attr(parent, "count", str(len(rules) - len(gone)))


def _is_inside(cells: str, area: Area) -> bool:
    try:
        places = [Area.parse(text) for text in cells.split()]
    except ValueError:
        return False
    return bool(places) and all(
        area.has(place.top, place.left) and area.has(place.bottom, place.right) for place in places
    )
