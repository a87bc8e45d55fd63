"""What is in Fenji.oxt, and what a real LibreOffice makes of it."""

from __future__ import annotations

import ast
import io
import json
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.cli import main as fenji
from addin.functions import FUNCTIONS
from addin.hosts.calc import build, icons, interface, menus
from addin.words import LANGUAGES, words
from segmentation.scheme_file import preset, presets
from tests.office.calc import Calc

PARTS = build.parts()
OOR = "{http://openoffice.org/2001/registry}"
LOCALE = {"en": "en", "zh": "zh-CN"}
WIZARD = """
functions = office.service("com.sun.star.sheet.FunctionDescriptions")
found = {}
for number in range(functions.Count):
    about = {each.Name: each.Value for each in functions.getByIndex(number)}
    if about["Name"] in names:
        given = [[each.Name, each.Description, each.IsOptional] for each in about["Arguments"]]
        found[about["Name"]] = [about["Description"], given]
result = found
"""


def node(part: str, *names: str) -> ElementTree.Element:
    found = ElementTree.fromstring(PARTS[part])
    for name in names:
        found = next(n for n in found.findall("node") if n.get(f"{OOR}name") == name)
    return found


def said(parent: ElementTree.Element, name: str, lang: str | None = None) -> str | None:
    prop = next((p for p in parent.findall("prop") if p.get(f"{OOR}name") == name), None)
    if prop is None:
        return None
    key = "{http://www.w3.org/XML/1998/namespace}lang"
    wanted = LOCALE[lang] if lang else None
    return next((v.text for v in prop.findall("value") if v.get(key) == wanted), None)


def test_the_same_bytes_each_time() -> None:
    assert build.oxt() == build.oxt()
    assert len(build.oxt()) < 200_000


def test_every_part_named_is_there_and_every_xml_reads() -> None:
    manifest = ElementTree.fromstring(PARTS["META-INF/manifest.xml"])
    key = "{http://openoffice.org/2001/manifest}full-path"
    named = [entry.get(key) for entry in manifest]
    assert set(named) <= set(PARTS)
    assert {n for n in PARTS if n.endswith(".xcu")} <= set(named)
    for name, content in PARTS.items():
        if name.endswith((".xcu", ".xml")):
            ElementTree.fromstring(content)
    with zipfile.ZipFile(io.BytesIO(build.oxt())) as package:
        assert package.testzip() is None
        assert set(package.namelist()) == set(PARTS)


def test_build_writes_both_add_ins(tmp_path: Path) -> None:
    assert fenji(["build", "-o", str(tmp_path)]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {"Fenji.oxt", "Fenji.xlam"}
    assert (tmp_path / "Fenji.oxt").read_bytes() == build.oxt()


def test_what_goes_inside_is_for_any_python_of_libreoffice() -> None:
    sources = {n: c for n, c in PARTS.items() if n.endswith(".py")}
    assert "pythonpath/fenji_calc/functions.py" in sources
    for content in sources.values():
        ast.parse(content, feature_version=(3, 9))


def test_one_interface_method_a_function() -> None:
    idl = PARTS["Fenji.idl"].decode()
    known = json.loads(PARTS["pythonpath/fenji_calc/functions.json"])
    assert list(known) == list(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        method = interface.method_name(function)
        line = next(line for line in idl.splitlines() if f" {method}(" in line)
        assert line.count("[in]") == len(function.arguments)
        assert ("string" in line.partition(method)[0]) == (function.gives == "text")
        assert known[name] == {"method": method, "gives": function.gives}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_menu_and_toolbar_say_what_the_ribbon_says(lang: str) -> None:
    menu = node("Addons.xcu", "AddonUI", "OfficeMenuBar", "org.fenji.calc.menu")
    assert said(menu, "Title", lang) == words(lang)("ribbon.fenji.label")
    entries = node("Addons.xcu", "AddonUI", "OfficeMenuBar", "org.fenji.calc.menu", "Submenu")
    titles = [said(e, "Title", lang) for e in entries if said(e, "URL") != "private:separator"]
    actions = [action for group in menus.GROUPS for action in group]
    assert titles == [words(lang)(f"ribbon.{action}.label") for action in actions]
    bar = node("Addons.xcu", "AddonUI", "OfficeToolBar", menus.TOOLBAR)
    assert [said(b, "URL") for b in bar] == [f"org.fenji.calc:{a}" for a in menus.ON_BAR]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_preset_is_a_template(lang: str) -> None:
    where = ("AddonUI", "OfficeMenuBar", "org.fenji.calc.menu", "Submenu")
    entries = node("Addons.xcu", *where)
    template = next(e for e in entries if e.find("node") is not None)
    found = {said(e, "URL"): said(e, "Title", lang) for e in template.find("node") or ()}
    assert found == {f"org.fenji.calc:template?{n}": preset(n).name[lang] for n in presets()}


def test_icons_are_pictures_of_their_size_and_differ() -> None:
    for size in icons.SIZES:
        made = [PARTS[f"icons/{action}_{size}.png"] for action in menus.ON_BAR]
        assert len(set(made)) == len(made)
        for content in made:
            assert content.startswith(b"\x89PNG")
            assert struct.unpack(">II", content[16:24]) == (size, size)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_for_inside(lang: str) -> None:
    told = json.loads(PARTS["pythonpath/fenji_calc/words.json"])[lang]
    assert told["ribbon.grade.label"] == words(lang)("ribbon.grade.label")
    assert "calc.reason.late" in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_function_wizard(calc: Calc, calc_zh: Calc, lang: str) -> None:
    office = {"en": calc, "zh": calc_zh}[lang]
    found = office.run(WIZARD, names=list(FUNCTIONS))
    spoken = words(lang)
    assert set(found) == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        about, given = found[name]
        assert about == function.help(spoken)
        assert [a[0] for a in given] == [a.name for a in function.arguments]
        assert [a[1] for a in given] == [
            function.argument_help(a.name, spoken) for a in function.arguments
        ]


def test_the_extension_is_known_by_its_name(calc: Calc) -> None:
    code = """
provider = ctx.getByName("/singletons/com.sun.star.deployment.PackageInformationProvider")
result = [list(each) for each in provider.getExtensionList()]
"""
    versions = dict(calc.run(code))
    assert build.IDENTIFIER in versions
