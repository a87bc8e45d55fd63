"""The hidden sheet has every word that code and ribbon ask for, in both languages."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest

from addin.functions import FUNCTIONS
from addin.words import LANGUAGES
from addin.words import words as words_of
from addin.xlam.package import MACRO_BOOK, RIBBON, as_kind, packed
from addin.xlam.texts import Text, _short
from segmentation.scheme_file import preset, presets
from tests.test_words import placeholders

LONGEST_LABEL, LONGEST_TIP = 1024, 1024  # customUI14.xsd, ST_String
LONGEST_HELP = 255  # Application.MacroOptions


@pytest.fixture(scope="module")
def book(package):
    """openpyxl opens no add-ins: the same parts as a workbook."""
    return openpyxl.load_workbook(io.BytesIO(packed(as_kind(package, MACRO_BOOK))))


@pytest.fixture(scope="module")
def sheet(book):
    rows = list(book["words"].iter_rows(values_only=True))
    assert {len(row) for row in rows} == {3}
    keys = [row[0] for row in rows]
    assert len({key.casefold() for key in keys}) == len(keys)
    return {row[0]: row[1:] for row in rows}


def test_the_sheet_is_hidden_and_another_is_not(book):
    assert {s.title: s.sheet_state for s in book.worksheets} == {
        "Fenji": "visible",
        "words": "hidden",
    }


def test_the_table_begins_in_the_first_cell(addin_bytes):
    """The code reads the used range."""
    with zipfile.ZipFile(io.BytesIO(addin_bytes)) as file:
        text = file.read("xl/worksheets/sheet2.xml").decode()
    assert re.search(r'<dimension ref="A1:C\d+"/>', text)


def test_the_words_are_those_of_the_language_files(sheet):
    texts = {lang: words_of(lang) for lang in LANGUAGES}
    same = {k: v for k, v in sheet.items() if k.split(".")[0] in ("vba", "ribbon", "function")}
    assert same == {key: (texts["en"](key), texts["zh"](key)) for key in same}


def test_every_word_of_the_code_is_there(code, sheet):
    asked = set(re.findall(r'"(vba\.\w+)"', "".join(code.values())))
    told = {key for key in sheet if key.startswith("vba.")}
    # Two more stand on the sheet that nobody sees unless the file is opened otherwise.
    assert asked == told - {"vba.about", "vba.licence"}


def test_every_word_of_the_ribbon_is_there(package, sheet):
    asked = {"getLabel": "label", "getScreentip": "tip", "getSupertip": "help"}
    wanted = {
        f"ribbon.{element.get('id')}.{word}"
        for element in ElementTree.fromstring(package[RIBBON]).iter()
        for callback, word in asked.items()
        if element.get(callback)
    }
    assert {key for key in sheet if key.startswith("ribbon.")} == wanted
    longest = max(len(text) for key in wanted for text in sheet[key])
    assert longest <= min(LONGEST_LABEL, LONGEST_TIP)


def test_placeholders_are_filled(code, sheet):
    """FenjiText("vba.x", "name", value) names what the text has."""
    calls = re.findall(r'FenjiText\("(vba\.\w+)"((?:, [^)]*)?)', "".join(code.values()))
    filled = {}
    for key, rest in calls:
        filled.setdefault(key, set()).update(re.findall(r', "(\w+)",', rest))
    for key in (k for k in sheet if k.startswith("vba.") and k != "vba.licence"):
        for text in sheet[key]:
            assert placeholders(text) == filled.get(key, set()), key


def test_the_industries(sheet):
    found = [key.removeprefix("industry.") for key in sheet if key.startswith("industry.")]
    assert found == list(presets())
    for name in found:
        assert sheet[f"industry.{name}"] == (preset(name).name["en"], preset(name).name["zh"])


def test_help_of_every_function(sheet):
    for name, function in FUNCTIONS.items():
        arguments = [a.name for a in function.arguments]
        assert sheet[f"arguments.{name}"] == (",".join(arguments),) * 2
        for key in ("help", *arguments):
            assert all(0 < len(t) <= LONGEST_HELP for t in sheet[f"function.{name}.{key}"]), key


def test_help_beyond_excels_limit_is_not_built():
    assert _short(Text("k", "x" * 255, "y")) == Text("k", "x" * 255, "y")
    with pytest.raises(ValueError, match="longer"):
        _short(Text("k", "x", "y" * 256))
