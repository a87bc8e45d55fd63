"""The office programs say what the other tests rely on them to say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter

from tests.office.install import LIBREOFFICE_PACKAGES, backports_source, major, one_version

DEB822 = """# a comment
Types: deb
URIs: http://one.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/a.gpg

Types: deb
URIs: http://one.example/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.fixture
def stale(tmp_path: Path) -> Path:
    """A workbook whose cached values are wrong, with a Chinese name."""
    path = tmp_path / "客户 分级.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("看板")
        sheet.write("A1", 2)
        sheet.write_formula("B1", "=A1*21", None, 7)
        sheet.write_formula("C1", "=NO_SUCH(1)", None, 3)
        book.add_worksheet("two").write("A1", "客户")
    return path


def test_recalculation_replaces_stale_values(office: ModuleType, stale: Path) -> None:
    before = stale.read_bytes()
    values = office.cell_values(office.recalculate(stale))
    assert values["看板"]["B1"] == 42
    assert office.errors(values) == {"看板!C1": "#NAME?"}
    assert stale.read_bytes() == before
    assert [path.name for path in stale.parent.iterdir()] == [stale.name]


@pytest.mark.parametrize(
    ("kind", "starts"), [("xls", b"\xd0\xcf\x11\xe0"), ("ods", b"PK"), ("pdf", b"%PDF")]
)
def test_other_formats(office: ModuleType, stale: Path, kind: str, starts: bytes) -> None:
    made = office.convert(stale, kind, stale.parent / "out")
    assert made == stale.parent / "out" / f"{stale.stem}.{kind}"
    assert made.read_bytes().startswith(starts)


def test_a_picture_a_page(office: ModuleType, stale: Path) -> None:
    pictures = office.render(stale, stale.parent / "pictures")
    assert len(pictures) == 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_a_broken_workbook_is_an_error(office: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\3\4 not a workbook")
    with pytest.raises(office.LibreOfficeError):
        office.recalculate(path)


def test_the_validator_tells_valid_from_invalid(
    validator: Callable[[Path], list[str]], stale: Path
) -> None:
    assert validator(stale) == []
    bad = stale.with_name("bad.xlsx")
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(stale) as book, zipfile.ZipFile(bad, "w") as copy:
        for name in book.namelist():
            content = book.read(name)
            wrong = content.replace(b"<sheetData>", b'<sheetData colour="1">')
            copy.writestr(name, wrong if name == part else content)
    (complaint,) = validator(bad)
    assert "sheetData" in complaint
    assert "colour" in complaint


def test_a_file_that_cannot_be_validated_is_not_valid(
    validator: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError):
        validator(tmp_path / "missing.xlsx")


def test_backports_come_from_the_machines_own_source() -> None:
    assert backports_source(DEB822, "bookworm") == (
        "Types: deb\nURIs: http://one.example/debian\nSuites: bookworm-backports\n"
        "Components: main\nSigned-By: /usr/share/keyrings/a.gpg\n"
    )
    line = "deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian bookworm main contrib\n"
    assert backports_source(line, "bookworm") == (
        "Types: deb\nURIs: http://one.example/debian\nSuites: bookworm-backports\n"
        "Components: main contrib\nSigned-By: /k.gpg\n"
    )
    assert backports_source(DEB822, "trixie") is None


def test_versions_are_read() -> None:
    assert major("4:25.2.3-2+deb13u5~bpo12+1") == 25
    assert major("1:20220127") == 20220127
    assert major("") == 0


def test_libreoffice_and_its_languages_are_of_one_version() -> None:
    new, other = "4:25.2.3-2+deb13u5~bpo12+1", "4:7.4.7-1+deb12u14"
    same = dict.fromkeys(LIBREOFFICE_PACKAGES, new)
    assert one_version(same)
    assert one_version({**same, "python3-uno": f"{new}+b1"})
    assert not one_version({**same, "libreoffice-l10n-zh-cn": other})
    assert not one_version({**same, "python3-uno": ""})
    assert not one_version(dict.fromkeys(LIBREOFFICE_PACKAGES, other))
