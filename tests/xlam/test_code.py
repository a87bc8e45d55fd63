"""What is in the file is our text, letter for letter, by two readers that share no code."""

from __future__ import annotations

import warnings

import pytest

from addin.xlam import wrappers
from addin.xlam.modules import BOOK, OURS
from tests.xlam import reader

SHEETS = ("Sheet1", "Sheet2")
PROJECT = "xl/vbaProject.bin"


@pytest.fixture(scope="module")
def read(package):
    return {module.name: module for module in reader.modules(package[PROJECT])}


def test_the_modules(read, code):
    assert set(code) == {"xlwings", *OURS, wrappers.NAME, BOOK}
    assert set(read) == {*code, *SHEETS}
    documents = {name for name, module in read.items() if not module.procedural}
    assert documents == {BOOK, *SHEETS}


def test_the_project_names_the_same_modules(package, read):
    kinds = {n: "Module" if m.procedural else "Document" for n, m in read.items()}
    assert reader.declared(package[PROJECT]) == kinds


def test_our_reader_gives_our_text(read, code):
    assert {name: read[name].text for name in code} == code


def test_olevba_gives_our_text(addin_bytes, code, tmp_path):
    path = tmp_path / "Fenji.xlam"
    path.write_bytes(addin_bytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library that olevba uses
        from oletools.olevba import VBA_Parser  # noqa: PLC0415
    parser = VBA_Parser(str(path))
    try:
        found = {name: text for _, _, name, text in parser.extract_macros()}
    finally:
        parser.close()
    endings = {name: "cls" if name == BOOK else "bas" for name in code}
    # olevba turns line ends into line feeds.
    texts = {n: found[f"{n}.{e}"].replace("\r\n", "\n") for n, e in endings.items()}
    assert texts == {name: text.replace("\r\n", "\n") for name, text in code.items()}
    assert set(found) == {f"{n}.{e}" for n, e in endings.items()} | {f"{s}.cls" for s in SHEETS}


def test_sheets_hold_no_code(read):
    for name in SHEETS:
        lines = read[name].text.splitlines()
        assert all(line.startswith("Attribute VB_") for line in lines)


def test_every_module_says_its_name_first(read):
    for name, module in read.items():
        assert module.text.startswith(f'Attribute VB_Name = "{name}"\r\n')


def test_sheets_and_workbook_are_known_by_the_names_of_their_modules(package):
    assert b'codeName="ThisWorkbook"' in package["xl/workbook.xml"]
    for number, name in enumerate(SHEETS, start=1):
        assert f'codeName="{name}"'.encode() in package[f"xl/worksheets/sheet{number}.xml"]


# [MS-OVBA] 3.2.1 to 3.2.3: nothing to gain, something to gain, everything to gain.
PUBLISHED = {
    "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E": (
        b"abcdefghijklmnopqrstuv."
    ),
    "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D"
    " 6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C": (
        b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    ),
    "01 03 B0 02 61 45 00": b"a" * 73,
}


@pytest.mark.parametrize("compressed", PUBLISHED)
def test_our_reader_reads_the_examples_of_the_specification(compressed):
    assert reader.decompressed(bytes.fromhex(compressed)) == PUBLISHED[compressed]
