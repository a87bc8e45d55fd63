"""Fenji.xlam is a sound file, and the same bytes wherever it is made."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib import metadata
from xml.etree import ElementTree

import pytest

from addin.cli import main
from addin.hosts.calc.build import FILE as CALC_FILE
from addin.xlam import command, upstream
from addin.xlam.build import FILE, add_in, build
from addin.xlam.modules import as_vba
from addin.xlam.package import ADD_IN, RIBBON, TYPES, as_kind, packed

RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
EXTENSIBILITY = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
PROJECT = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def test_two_builds_are_the_same(addin_bytes):
    assert add_in() == addin_bytes


@pytest.mark.parametrize(
    ("zone", "seed", "lang"), [("Asia/Shanghai", "1", "zh"), ("America/New_York", "77", "en")]
)
def test_another_process_elsewhere_builds_the_same(addin_bytes, tmp_path, zone, seed, lang):
    """Another time zone, another order of sets, another folder, another language."""
    place = tmp_path / "somewhere else"
    place.mkdir()
    surroundings = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C.UTF-8"}
    run = [sys.executable, "-m", "addin.cli", "build", "-o", "out", "--lang", lang]
    here = os.fspath(command.__file__).split("addin")[0]
    surroundings["PYTHONPATH"] = here
    done = subprocess.run(run, cwd=place, env=surroundings, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (place / "out" / FILE).read_bytes() == addin_bytes


def test_files_checked_out_with_other_line_ends_build_the_same():
    assert as_vba("a\nb\n") == as_vba("a\r\nb\r\n") == "a\r\nb\r\n"


def test_code_is_ascii():
    with pytest.raises(UnicodeEncodeError):
        as_vba("\u5206\n")


def test_nothing_of_the_machine_is_in_the_file(addin_bytes, tmp_path):
    path = tmp_path / FILE
    path.write_bytes(addin_bytes)
    with zipfile.ZipFile(path) as file:
        entries = file.infolist()
    assert [e.filename for e in entries[:2]] == [TYPES, "_rels/.rels"]
    assert [e.filename for e in entries[2:]] == sorted(e.filename for e in entries[2:])
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    # Deflate's bytes differ between builds of zlib.
    assert {e.compress_type for e in entries} == {zipfile.ZIP_STORED}
    assert {(e.create_system, e.external_attr, e.extra) for e in entries} == {(0, 0x20, b"")}
    assert b"2026-01-01T00:00:00Z" in addin_bytes


def test_the_file_is_an_add_in(package):
    assert package[TYPES].count(ADD_IN.encode()) == 1
    assert b"sheet.main+xml" not in package[TYPES]
    top = ElementTree.fromstring(package["_rels/.rels"]).findall(RELATION)
    ribbon = [r for r in top if r.get("Type") == EXTENSIBILITY]
    assert [r.get("Target") for r in ribbon] == [RIBBON]
    assert RIBBON in package
    assert len({r.get("Id") for r in top}) == len(top)
    book = ElementTree.fromstring(package["xl/_rels/workbook.xml.rels"]).findall(RELATION)
    assert [r.get("Target") for r in book if r.get("Type") == PROJECT] == ["vbaProject.bin"]


def test_the_validator_finds_nothing(validator, addin_bytes, tmp_path):
    path = tmp_path / FILE
    path.write_bytes(addin_bytes)
    assert validator(path) == []


def test_the_validator_looks_at_the_ribbon_too(validator, package, tmp_path):
    broken = dict(package)
    broken[RIBBON] = broken[RIBBON].replace(b'size="large"', b'size="huge"')
    path = tmp_path / FILE
    path.write_bytes(packed(broken))
    assert validator(path) != []


def test_a_file_with_two_main_parts_is_not_built(package):
    twice = {**package, TYPES: package[TYPES] + f'"{ADD_IN}"'.encode()}
    with pytest.raises(ValueError, match="one main part"):
        as_kind(twice, ADD_IN)


def test_the_command_says_where_the_file_is(tmp_path, capsys, words):
    out = tmp_path / "a b"
    assert main(["build", "-o", str(out), "--lang", words.lang]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [words("cli.built", file=out / name) for name in (CALC_FILE, FILE)]
    assert {p.name for p in out.iterdir()} == {CALC_FILE, FILE}


def test_a_build_takes_the_place_of_an_earlier_one(addin_bytes, tmp_path):
    (tmp_path / FILE).write_bytes(b"old")
    assert build(tmp_path).read_bytes() == addin_bytes


def test_a_folder_that_cannot_be_written_is_said(tmp_path, capsys, words):
    (tmp_path / "file").write_bytes(b"")
    assert main(["build", "-o", str(tmp_path / "file"), "--lang", words.lang]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_another_xlwings_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.99" if name == "xlwings" else "1")
    assert main(["build", "-o", str(tmp_path), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert upstream.VERSION in said
    assert "0.99" in said
    assert [p.name for p in tmp_path.iterdir()] == [CALC_FILE]
