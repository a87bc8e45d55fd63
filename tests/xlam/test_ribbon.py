"""The ribbon: known elements, known icons, and a procedure for everything it asks."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.hosts.excel.job import ACTIONS
from addin.xlam.package import RIBBON
from tests.xlam import vba

SPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
# What of customUI14.xsd is used: the attributes an element may have, the elements it may hold.
LABELLED = {"id", "getLabel"}
EXPLAINED = {*LABELLED, "getScreentip", "getSupertip", "getEnabled", "imageMso", "size", "onAction"}
ATTRIBUTES = {
    "customUI": {"onLoad"},
    "ribbon": {"startFromScratch"},
    "tabs": set(),
    "tab": {*LABELLED, "insertAfterMso", "getVisible", "keytip"},
    "group": {*LABELLED, "getVisible", "imageMso"},
    "button": EXPLAINED,
    "gallery": {*EXPLAINED, "columns", "showItemImage", "getItemCount", "getItemLabel"},
}
CHILDREN = {
    "customUI": {"ribbon"},
    "ribbon": {"tabs"},
    "tabs": {"tab"},
    "tab": {"group"},
    "group": {"button", "gallery"},
    "button": set(),
    "gallery": set(),
}
# https://learn.microsoft.com/previous-versions/office/developer/office-2007/aa722523(v=office.12)
GETS = ("control As IRibbonControl", "ByRef returned As Variant")
SIGNATURES = {
    ("customUI", "onLoad"): ("ribbon As IRibbonUI",),
    ("button", "onAction"): ("control As IRibbonControl",),
    ("gallery", "onAction"): (
        "control As IRibbonControl",
        "selectedId As String",
        "selectedIndex As Integer",
    ),
    ("gallery", "getItemLabel"): (GETS[0], "index As Integer", GETS[1]),
    ("gallery", "getItemCount"): GETS,
}
BUILT_IN_TABS = {"TabHome", "TabInsert", "TabFormulas", "TabData", "TabReview", "TabView"}


@pytest.fixture(scope="module")
def ribbon(package):
    return ElementTree.fromstring(package[RIBBON])


@pytest.fixture(scope="module")
def source(code):
    return vba.parsed("FenjiRibbon", code["FenjiRibbon"])


def bare(element):
    assert element.tag.startswith(SPACE)
    return element.tag.removeprefix(SPACE)


def callbacks(ribbon):
    """(element, attribute, procedure) for everything that the ribbon calls."""
    for element in ribbon.iter():
        for name, value in element.items():
            if name.startswith(("get", "on")):
                yield bare(element), name, value


def test_elements_and_attributes_are_of_the_schema(ribbon):
    for element in ribbon.iter():
        name = bare(element)
        assert set(element.keys()) <= ATTRIBUTES[name], name
        assert {bare(child) for child in element} <= CHILDREN[name]
        assert not (element.text or "").strip()
        if name in ("tab", "group", "button", "gallery"):
            assert element.get("id")
            assert element.get("getLabel")
        assert element.get("size") in (None, "normal", "large")


def test_ids_are_unique(ribbon):
    ids = [element.get("id") for element in ribbon.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in ids)


def test_the_buttons(ribbon):
    pressed = {e.get("id") for e in ribbon.iter() if e.get("onAction")}
    at_once = {"whatif", "strategy", "settings", "stop"}
    assert pressed == {*ACTIONS, *at_once}
    large = {e.get("id") for e in ribbon.iter() if e.get("size") == "large"}
    assert "grade" in large


def test_every_callback_exists_with_the_right_signature(ribbon, source):
    found = {p.name: p for p in source.procedures}
    for element, attribute, name in callbacks(ribbon):
        wanted = SIGNATURES.get((element, attribute), GETS)
        procedure = found[name]
        given = tuple(part.strip() for part in procedure.given.split(","))
        assert (procedure.kind, procedure.public) == ("Sub", True), name
        assert given == wanted, name


def test_every_callback_is_used(ribbon, source):
    asked = {name for _, _, name in callbacks(ribbon)}
    takes_control = {p.name for p in source.procedures if "IRibbon" in p.given}
    assert takes_control == asked


def test_the_signature_of_each_kind_is_one(ribbon):
    """No procedure serves two kinds of callback that differ in what they take."""
    kinds = {}
    for element, attribute, name in callbacks(ribbon):
        kinds.setdefault(name, set()).add(SIGNATURES.get((element, attribute), GETS))
    assert {len(found) for found in kinds.values()} == {1}


def test_every_button_is_told_apart_by_its_id(ribbon, source):
    """What the code compares ids with are ids."""
    ids = {e.get("id") for e in ribbon.iter() if e.get("id")}
    by_name = {p.name: p for p in source.procedures}
    named = {
        text
        for name in ("FenjiPress", "FenjiObstacle", "FenjiMissing")
        for text in by_name[name].strings
        if text and not text.startswith(("Fenji", "vba."))
    }
    assert named <= ids
    assert {"whatif", "strategy", "settings", "explain", "repair", "stop"} <= named


def test_every_icon_is_in_microsofts_list(ribbon):
    lines = Path(__file__).with_name("image_mso.txt").read_text(encoding="utf-8").splitlines()
    known = {line for line in lines if line and not line.startswith("#")}
    used = [e.get("imageMso") for e in ribbon.iter() if e.get("imageMso")]
    assert set(used) == known
    assert len(used) == len(known), "one icon, two buttons"
    assert all(e.get("imageMso") for e in ribbon.iter() if e.get("onAction"))


def test_the_tab_stands_beside_one_of_excels(ribbon):
    tab = next(ribbon.iter(f"{SPACE}tab"))
    assert tab.get("insertAfterMso") in BUILT_IN_TABS


def test_words_are_no_part_of_the_ribbon(package):
    assert b' label="' not in package[RIBBON]
    assert b"tip=" not in package[RIBBON].replace(b"getScreentip=", b"").replace(
        b"getSupertip=", b""
    )
