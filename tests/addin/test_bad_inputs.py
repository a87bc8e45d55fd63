"""Files that can't be graded: one clear sentence, the right exit code, nothing written."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msoffcrypto.format.ooxml
import numpy as np
import polars as pl
import pytest

from addin.cli import main
from addin.hosts.file import reading_package
from addin.words import LANGUAGES, words
from tests.addin.conftest import Refuse, check_sentence
from tests.addin.orders import (
    HEADERS,
    orders,
    raw_workbook,
    rewrite_sheet,
    row_xml,
    write_workbook,
)
from tests.conftest import ROOT

TWO = [
    row_xml(2, ["S1", "C1", "n", "2025-01-01", 5]),
    row_xml(3, ["S2", "C2", "n", "2025-02-01", 7]),
]
HEAD = row_xml(1, HEADERS)
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def workbook_bytes() -> bytes:
    memory = io.BytesIO()
    write_workbook(memory, orders())  # type: ignore[arg-type]
    return memory.getvalue()


def protected(path: Path) -> None:
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(workbook_bytes())).encrypt("secret", file)


def corner(path: Path, cell: str, place: str = 'r="{}"') -> None:
    """Two orders, and one more number far away."""
    last = f'<row r="1048576"><c {place.format(cell)}><v>1</v></c></row>'
    raw_workbook(path, [HEAD, *TWO, last])


def csv(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


def raw(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


UNDECIDED = "customer,date,amount\n" + "".join(f"C{i},0{i}/0{i + 1}/2025,4\n" for i in range(1, 8))
# name of the file, what writes it, exit code, what the sentence says in English and in Chinese
BAD_FILES = {
    "missing": ("no.xlsx", lambda _: None, 4, "no file", "找不到"),
    "missing_csv": ("no.csv", lambda _: None, 4, "no file", "找不到"),
    "pattern": ("no-*.csv", lambda _: None, 4, "matches", "相符"),
    "folder": ("dir.xlsx", Path.mkdir, 4, "folder", "文件夹"),
    "empty": ("e.xlsx", Path.touch, 4, "empty", "空文件"),
    "empty_xls": ("e.xls", Path.touch, 4, "empty", "空文件"),
    "empty_csv": ("e.csv", Path.touch, 4, "empty", "空文件"),
    "empty_parquet": ("e.parquet", Path.touch, 4, "empty", "空文件"),
    "blank_csv": ("b.csv", csv(" \n\n"), 4, "empty", "空文件"),
    "header_alone": ("h.csv", csv("customer,date,amount\n"), 3, "no rows", "没有可评级"),
    "truncated": ("t.xlsx", raw(workbook_bytes()[:3000]), 4, "damaged", "已损坏"),
    "no_zip": ("z.xlsx", raw(b"PK\3\4 not a workbook"), 4, "damaged", "已损坏"),
    "other_zip": ("o.xlsx", raw(b"PK\5\6" + bytes(18)), 4, "damaged", "已损坏"),
    "noise": ("n.xlsx", raw(bytes(range(256))), 4, "damaged", "已损坏"),
    "noise_xls": ("n.xls", raw(bytes(range(256))), 4, "damaged", "已损坏"),
    "hollow_xls": (
        "h.xls",
        raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        4,
        "damaged",
        "已损坏",
    ),
    "web_page_xls": (
        "w.xls",
        csv("<html><table><tr><td>1</td></tr></table>"),
        4,
        "damaged",
        "已损坏",
    ),
    "bad_parquet": ("p.parquet", raw(b"PAR1xxxx"), 4, "export it again", "重新导出"),
    "protected": ("p.xlsx", protected, 4, "password", "密码"),
    "protected_as_xls": ("p.xls", protected, 4, "password", "密码"),
    "xml_bomb": (
        "x.xlsx",
        lambda p: raw_workbook(p, [row_xml(1, ["&i;"]), *TWO], doctype=ENTITIES),
        4,
        "damaged",
        "已损坏",
    ),
    "csv_named_xlsx": (
        "c.xlsx",
        csv("customer,date,amount\nA,2025-01-01,4\n"),
        4,
        ".csv",
        "扩展名",
    ),
    "text_named_xls": ("c.xls", csv("客户\t日期\t金额\nA\t2025-01-01\t4\n"), 4, ".csv", "扩展名"),
    "xlsx_named_csv": ("x.csv", raw(workbook_bytes()), 4, ".xlsx", "扩展名"),
    "xlsx_named_xls": ("x.xls", raw(workbook_bytes()), 4, ".xlsx", "扩展名"),
    "unknown_ending": ("o.docx", csv("x"), 4, ".xlsx", "无法读取"),
    "encoding": (
        "e.csv",
        raw(b"customer,date,amount\n\xff\xff\xfe\x80,2025-01-01,4\n"),
        4,
        "encoding",
        "编码",
    ),
    "half_a_letter": ("u.csv", raw(b"\xff\xfea\0b"), 4, "encoding", "编码"),
    "binary_csv": ("b.csv", raw(b"a,b\n\0\0,1\n"), 4, "encoding", "编码"),
    "open_quote": (
        "q.csv",
        csv('customer,date,amount\nA,"2025-01-01,4\nB,2025-01-02,5\n'),
        4,
        "table",
        "表格",
    ),
    "no_customer": (
        "n.csv",
        csv("day,amount\n2025-01-01,5\n"),
        3,
        "names the customer",
        "没有客户列",
    ),
    "no_amount": ("n.csv", csv("customer,date\nA,2025-01-01\n"), 3, "no amount", "没有金额列"),
    "no_date": ("n.csv", csv("customer,amount\nA,5\n"), 3, "no order date", "没有下单日期列"),
    "no_header": (
        "n.csv",
        csv("A,2025-01-01,4\nB,2025-01-01,4\n"),
        3,
        "names the customer",
        "没有客户列",
    ),
    "twice": ("d.csv", csv("customer,date,amount,amount\nA,2025-01-01,4,5\n"), 3, '"C"', '"C"'),
    "all_bad": (
        "b.csv",
        csv("customer,date,amount\n,2025-01-01,4\nA,x,4\nB,2025-01-01,y\n"),
        3,
        "No row can be used (3 read)",
        "3 行",
    ),
    "all_in_future": (
        "b.csv",
        csv("customer,date,amount\nA,2140-01-01,4\n"),
        3,
        "No row can be used (1 read)",
        "1 行",
    ),
    "day_or_month": ("b.csv", csv(UNDECIDED), 3, "--date-order", "--date-order"),
    "corner": ("c.xlsx", lambda p: corner(p, "XFD1048576"), 4, "unpacks", "展开"),
    "styled_corner": (
        "c.xlsx",
        lambda p: corner(p, "XFD1048576", 's="0" r="{}"'),
        4,
        "unpacks",
        "展开",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused(case: str, lang: str, folder: Path, refuse: Refuse) -> None:
    name, make, code, english, chinese = BAD_FILES[case]
    make(folder / name)  # type: ignore[operator]
    said = refuse(["grade", name, "--json"], code, lang)
    assert (english if lang == "en" else chinese) in said
    if "*" not in name:
        assert Path(name).stem in said or case in ("all_bad", "all_in_future")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_zip_bomb_is_not_unpacked(
    lang: str, folder: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_package, "_MOST_UNPACKED", 1 << 20)
    long = f'<row r="4"><c r="A4" t="inlineStr"><is><t>{"a" * (2 << 20)}</t></is></c></row>'
    raw_workbook(folder / "z.xlsx", [HEAD, *TWO, long])
    assert (folder / "z.xlsx").stat().st_size < 1 << 14
    assert refuse(["grade", "z.xlsx"], 4, lang).startswith("“z.xlsx”")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
@pytest.mark.parametrize("claim", ["", "A1:E3", "A1"])
def test_a_far_corner_takes_no_memory(claim: str, folder: Path) -> None:
    """Whatever the sheet says about its size, the process is not ended by the system."""
    corner(folder / "c.xlsx", "XFD1048576")
    if claim:
        rewrite_sheet(folder / "c.xlsx", "<sheetData>", f'<dimension ref="{claim}"/><sheetData>')
    done = limited(folder, "c.xlsx")
    assert (done.returncode, done.stdout) == (4, "")
    check_sentence(done.stderr, "en")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
@pytest.mark.parametrize("form", ["claimed", "blank"])
def test_an_empty_far_corner_does_no_harm(form: str, folder: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    raw_workbook(folder / "c.xlsx", [HEAD, *TWO, far] if form == "blank" else [HEAD, *TWO])
    claim = '<dimension ref="A1:XFD1048576"/><sheetData>'
    rewrite_sheet(folder / "c.xlsx", "<sheetData>", claim)
    done = limited(folder, "c.xlsx")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == {"read": 2, "used": 2, "left_out": {}}


def limited(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Grade in a process that may take 3 GB of address space."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "from addin.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "grade", name, "--json", "--lang", "en"]
    return subprocess.run(
        command,
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_xls_with_a_password(
    lang: str, folder: Path, refuse: Refuse, office: ModuleType
) -> None:
    write_workbook(folder / "o.xlsx", orders(20, 4))
    made = office.convert(folder / "o.xlsx", "xls").read_bytes()
    # The record after the stream's first one becomes FilePass, as in a workbook that is locked.
    at = made.index(b"\x09\x08\x10\x00\x00\x06") + 20
    (folder / "p.xls").write_bytes(made[:at] + b"\x2f\x00" + made[at + 2 :])
    assert words(lang)("error.protected_workbook", file="p.xls") in refuse(
        ["grade", "p.xls"], 4, lang
    )


@pytest.mark.parametrize("seed", range(2))
def test_damaged_bytes_never_end_in_a_traceback(
    seed: int, folder: Path, office: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever breaks: a sentence, or a grading where what broke does not matter."""
    random = np.random.default_rng(seed)
    write_workbook(folder / "o.xlsx", orders(40, 6))
    office.convert(folder / "o.xlsx", "xls", folder)
    orders(40, 6).write_parquet(folder / "o.parquet")
    for kind in ("xls", "xlsx", "parquet"):
        whole = (folder / f"o.{kind}").read_bytes()
        for _ in range(25):
            broken = bytearray(whole)
            for place in random.integers(0, len(whole), random.choice([1, 5, 50])):
                broken[place] = random.integers(0, 256)
            (folder / f"b.{kind}").write_bytes(broken)
            capfd.readouterr()
            code = main(["grade", f"b.{kind}", "-o", "b.csv", "--force", "--lang", "en"])
            said = capfd.readouterr()
            assert code in (0, 3, 4), said.err
            if code:
                check_sentence(said.err, "en")
    assert not list(folder.glob("*.tmp"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_word_for_a_column_is_asked(lang: str, folder: Path, refuse: Refuse) -> None:
    text = "customer,date,amount,amount\nA,2025-01-01,4,5\nB,2025-01-02,6,7\n"
    (folder / "d.csv").write_text(text, encoding="utf-8")
    said = refuse(["grade", "d.csv", "-o", "d.parquet"], 3, lang)
    option = re.search(r'--column \S+="\w+"', said)
    assert option
    column = option[0].removeprefix("--column ").replace('"', "")
    assert main(["grade", "d.csv", "-o", "d.parquet", "--column", column, "--lang", lang]) == 0
    assert pl.read_parquet(folder / "d.parquet")["monetary"].sort().to_list() == [4, 6]
