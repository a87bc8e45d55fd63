"""The package around the sheets: copied as it is, written whole or not at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from addin.hosts.file import fill as fill_module
from addin.hosts.file import package as package_module
from addin.hosts.file.fill import TemplateError, fill
from tests.file_host.books import grid, parts, replace, rewrite, template
from tests.file_host.rich import rich_template

GRADED = pl.DataFrame(
    {"Customer": ["王", "b", "c"], "Monetary": [1.5, 2, None], "Tier": list("ABA")}
)
SHEET = "xl/worksheets/sheet1.xml"

# openpyxl reads here, and says what it would lose if it wrote
pytestmark = pytest.mark.filterwarnings("ignore:.*not supported and will be removed")


def raw(path: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every entry as it stands in the file: method, checksum, compressed bytes."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as book:
        for entry in book.infolist():
            at = entry.header_offset
            name = int.from_bytes(data[at + 26 : at + 28], "little")
            extra = int.from_bytes(data[at + 28 : at + 30], "little")
            start = at + 30 + name + extra
            packed = data[start : start + entry.compress_size]
            found[entry.filename] = (entry.compress_type, entry.CRC, packed)
    return found


def test_everything_else_is_byte_identical(
    tmp_path: Path, validator: Callable[[Path], list[str]]
) -> None:
    before = rich_template(tmp_path / "template.xlsm")
    out = tmp_path / "out.xlsm"
    fill(before, out, tables={"FenjiCustomers": GRADED}, cells={"FenjiTitle": "Q3"})
    old, new = raw(before), raw(out)
    assert list(old) == list(new)
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {SHEET, "xl/tables/table1.xml"}
    for kind in ("media/", "charts/", "chartsheets/", "pivotTables/", "pivotCache/", "slicers/"):
        assert any(f"xl/{kind}" in name for name in new)
    assert {"xl/vbaProject.bin", "docProps/core.xml", "xl/slicerCaches/slicerCache1.xml"} <= set(
        new
    )
    assert parts(out)["xl/vbaProject.bin"] == bytes(range(256)) * 40
    assert grid(out, "A4:C6", "Customers")[2] == ["c", None, "A"]
    assert (validator(before), validator(out)) == ([], [])


def test_what_stands_around_the_rows_stays(tmp_path: Path) -> None:
    before = rich_template(tmp_path / "template.xlsm")
    out = tmp_path / "out.xlsm"
    replace(
        before,
        SHEET,
        ("</sheetData>", "</sheetData><!-- a remark -->"),
        ('mc:Ignorable="x14ac"', 'xmlns:u="urn:unknown" mc:Ignorable="x14ac u" u:mark="1"'),
    )
    fill(before, out, tables={"FenjiCustomers": GRADED}, cells={})
    old, new = parts(before)[SHEET].decode(), parts(out)[SHEET].decode()
    for edit in (('"B4"', '"B4:B6"'), (">B4<", ">B4:B6<"), ('"A1:C3"', '"A1:C6"')):
        assert edit[0] in old
        old = old.replace(*edit)
    assert new.split("<sheetData>")[0] == old.split("<sheetData>")[0]
    assert new.split("</sheetData>")[1] == old.split("</sheetData>")[1]


def test_stored_entries_and_other_calendars_of_the_zip(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    content = parts(before)
    with zipfile.ZipFile(before, "w", zipfile.ZIP_STORED) as book:
        for name, data in content.items():
            with book.open(zipfile.ZipInfo(name, (2024, 2, 3, 4, 5, 6)), "w") as part:
                part.write(data)
        book.writestr("customXml/项目.xml", "<a/>")
    fill(before, out, tables={"T": pl.DataFrame({"Flag": [1]})}, cells={})
    with zipfile.ZipFile(out) as book:
        assert book.read("customXml/项目.xml") == b"<a/>"
        assert book.getinfo(SHEET).date_time == (2024, 2, 3, 4, 5, 6)
        assert book.getinfo("xl/styles.xml").compress_type == zipfile.ZIP_STORED


def test_a_template_can_be_filled_in_place(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    table = {"T": pl.DataFrame({"Name & co": ["x", "y"]})}
    fill(before, out, tables=table, cells={})
    fill(before, before, tables=table, cells={})
    assert before.read_bytes() == out.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.xlsx", "t.xlsx"]


def test_utf16_parts_and_absolute_targets(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    text = parts(before)[SHEET].decode().replace("UTF-8", "UTF-16")
    rewrite(before, {SHEET: text.encode("utf-16")})
    replace(before, "xl/_rels/workbook.xml.rels", ('"worksheets/', '"/xl/worksheets/'))
    fill(before, out, tables={"T": pl.DataFrame({"Name & co": ["王"]})}, cells={})
    assert grid(out, "A4:A4") == [["王"]]


def _doctype(text: bytes) -> bytes:
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return text.replace(b"?>", b"?>" + bomb, 1)


def broken_templates(folder: Path) -> dict[str, Path]:
    good = template(folder / "good.xlsx")
    found = {name: folder / f"{name}.xlsx" for name in ("missing", "empty", "text", "truncated")}
    found["empty"].write_bytes(b"")
    found["text"].write_text("a;b;c\n" * 100)
    found["truncated"].write_bytes(good.read_bytes()[:-200])
    found["directory"] = folder / "directory.xlsx"
    found["directory"].mkdir()
    changes: dict[str, dict[str, bytes | None]] = {
        "no_workbook": {"xl/workbook.xml": None},
        "no_sheet": {SHEET: None},
        "no_rows": {SHEET: b"<worksheet/>"},
        "bad_xml": {"xl/workbook.xml": b"<workbook"},
        "bad_rows": {SHEET: parts(good)[SHEET].replace(b"</row>", b"", 1)},
        "bad_table": {"xl/tables/table1.xml": b"<table/>"},
        "doctype": {"xl/workbook.xml": _doctype(parts(good)["xl/workbook.xml"])},
        "sheet_doctype": {SHEET: _doctype(parts(good)[SHEET])},
    }
    for name, change in changes.items():
        found[name] = folder / f"{name}.xlsx"
        found[name].write_bytes(good.read_bytes())
        rewrite(found[name], change)
    damaged = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as book:
        at = book.getinfo(SHEET).header_offset
    damaged[at + 60 : at + 160] = b"\xff" * 100
    found["encrypted"] = folder / "encrypted.xlsx"
    locked = bytearray(good.read_bytes())
    directory = locked.rindex(b"PK\x01\x02")  # some part that is only copied
    locked[directory + 8] |= 1
    found["encrypted"].write_bytes(locked)
    found["damaged"] = folder / "damaged.xlsx"
    found["damaged"].write_bytes(damaged)
    return found


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    table = {"T": pl.DataFrame({"Flag": [1]})}
    for name, path in broken_templates(tmp_path).items():
        with pytest.raises(TemplateError) as error:
            fill(path, out, tables=table, cells={})
        assert error.value.code == "not_a_workbook", name
        assert error.value.params["reason"], name
        assert not out.exists()
    assert not list(tmp_path.glob(".*"))


def test_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    table = {"T": pl.DataFrame({"Flag": list(range(100))})}

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for target, name in (
        (package_module.Writer, "finish"),
        (package_module.Writer, "write"),
        (os, "replace"),
        (fill_module, "pack"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, fails)
            with pytest.raises(TemplateError) as error:
                fill(before, out, tables=table, cells={})
        assert (error.value.code, error.value.params["path"]) == ("write_failed", str(out))
        assert out.read_bytes() == b"old"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out.xlsx", "t.xlsx"]
    fill(before, out, tables=table, cells={})
    assert grid(out, "E103:E103") == [[99]]


def test_places_where_nothing_can_be_written(tmp_path: Path) -> None:
    before = template(tmp_path / "t.xlsx")
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    for out in (folder, tmp_path / "nowhere" / "out.xlsx", before / "out.xlsx"):
        with pytest.raises(TemplateError) as error:
            fill(before, out, tables={"T": pl.DataFrame({"Flag": [1]})}, cells={})
        assert error.value.code == "write_failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.xlsx", "t.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_the_new_file_has_usual_permissions(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    fill(before, out, tables={}, cells={"Title": "x"})
    usual = tmp_path / "usual"
    usual.touch()
    assert out.stat().st_mode == usual.stat().st_mode


def test_number_of_processors_does_not_change_a_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = template(tmp_path / "t.xlsx")
    table = {"T": pl.DataFrame({"Name & co": [f"n{n}" for n in range(60_000)]})}
    made = set()
    for processors in (1, 3, 8):
        monkeypatch.setattr(os, "cpu_count", lambda n=processors: n)
        out = tmp_path / "out.xlsx"
        fill(before, out, tables=table, cells={})
        made.add(out.read_bytes())
    assert len(made) == 1
    assert len(grid(out, "A4:A60003")) == 60_000
