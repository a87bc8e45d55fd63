"""Rows of a table that is filled again: what belongs to one of them goes where it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from addin.hosts.file.fill import Filled, Travel, fill
from addin.hosts.file.oldrows import OldRows
from addin.hosts.file.ranges import Area
from addin.hosts.file.rowmap import row_map
from tests.file_host.books import cell_xml, formula, grid, parts, replace, rows_xml, sheet_xml
from tests.office import validate

TRAVEL = {"T": Travel(keys=frozenset({"Who"}), ours=frozenset({"Who", "What", "Old"}))}
OLD = ["a", "b", "c", "d", "e", "f"]
NEW = ["f", "x", "d", "b", "a", "y", "z"]
TOP = 4  # the first data row


def row_of(names: list[str], name: str) -> int:
    return TOP + names.index(name)


def book(path: Path, *, totals: bool = False, columns: tuple[str, ...] = ()) -> Path:
    """A table of six rows: names, numbers, one column that nobody fills any more."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        heads = ("Who", "What", "Old", *columns)
        sheet.add_table(
            TOP - 2,
            0,
            TOP - 2 + len(OLD) + totals,
            len(heads) - 1,
            {
                "name": "T",
                "columns": [{"header": h} for h in heads],
                "total_row": totals,
            },
        )
        for i, name in enumerate(OLD):
            sheet.write_row(TOP - 1 + i, 0, [name, i, "stale"])
        more(sheet)
    return path


def more(sheet: Worksheet) -> None:
    """Rules of single rows."""
    b, d = TOP - 1 + OLD.index("b"), TOP - 1 + OLD.index("d")
    sheet.data_validation(b, 3, b, 3, {"validate": "list", "source": ["yes", "no"]})
    sheet.conditional_format(
        d, 1, d, 1, {"type": "formula", "criteria": f"=$B{d + 1}>1", "format": None}
    )
    sheet.conditional_format(
        TOP - 1, 1, TOP - 2 + len(OLD), 1, {"type": "data_bar", "bar_color": "#FF0000"}
    )
    sheet.set_row(d, 33)
    sheet.set_row(b, None, None, {"hidden": True})
    sheet.merge_range(d, 5, d, 6, "merged d")


def refill(path: Path, out: Path, names: list[str] = NEW) -> Filled:
    frame = pl.DataFrame({"Who": names, "What": [10.0 * i for i in range(len(names))]})
    return fill(path, out, tables={"T": frame}, cells={}, travels=TRAVEL)


def test_rules_of_single_rows_go_along(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    refill(book(tmp_path / "in.xlsx"), out)
    xml = sheet_xml(out)
    b, d = row_of(NEW, "b"), row_of(NEW, "d")
    assert f'showErrorMessage="1" sqref="D{b}"><formula1>' in xml
    assert f'<conditionalFormatting sqref="B{d}">' in xml
    assert f"<formula>$B{d}&gt;1</formula>" in xml
    assert f'<conditionalFormatting sqref="B{TOP}:B{TOP + len(NEW) - 1}">' in xml
    assert f'<mergeCell ref="F{d}:G{d}"/>' in xml
    rows = rows_xml(out)
    assert rows[d].get("ht") == "33"
    assert [n for n, r in rows.items() if r.get("hidden")] == [b]
    assert [n for n, r in rows.items() if r.get("ht") == "33"] == [d]
    assert grid(out, f"F{d}:F{d}") == [["merged d"]]
    assert validate(out) == []


def test_columns_that_are_ours_go_blank(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    refill(book(tmp_path / "in.xlsx"), out)
    assert grid(out, f"C{TOP}:C{TOP + 6}") == [[None]] * 7


def test_a_shared_formula_goes_along_in_full(tmp_path: Path) -> None:
    """Excel writes a formula that is filled down once, and lets the rows below borrow it."""
    path, out = book(tmp_path / "in.xlsx", columns=("Own",)), tmp_path / "out.xlsx"
    xml = sheet_xml(path)
    last = TOP + len(OLD) - 1
    for i, row in enumerate(range(TOP, last + 1)):
        borrowed = (
            f'<f t="shared" ref="D{TOP}:D{last}" si="0">B{TOP}*2</f>'
            if not i
            else ('<f t="shared" si="0"/>')
        )
        start = xml.index(f'<c r="C{row}"')
        end = xml.index("</c>", start) + len("</c>")
        xml = f'{xml[:end]}<c r="D{row}">{borrowed}<v>{i}</v></c>{xml[end:]}'
    replace(path, "xl/worksheets/sheet1.xml", (sheet_xml(path), xml))
    refill(path, out)
    assert [formula(out, f"D{r}") for r in range(TOP, TOP + len(NEW))] == [
        f"B{r}*2" for r in range(TOP, TOP + len(NEW))
    ]


def test_a_totals_row_stays_below_with_its_own_column(tmp_path: Path) -> None:
    path, out = book(tmp_path / "in.xlsx", totals=True, columns=("Own",)), tmp_path / "out.xlsx"
    workbook = openpyxl.load_workbook(path)
    sheet, end = workbook["S"], TOP + len(OLD)
    for i, name in enumerate(OLD):
        sheet.cell(TOP + i, 4).value = f"own {name}"
        sheet.cell(TOP + i, 5).value = f"beside {name}"
    sheet.cell(end, 4).value, sheet.cell(end, 5).value = "sum own", f"=COUNTA(E{TOP}:E{end - 1})"
    workbook.save(path)
    refill(path, out)
    end = TOP + len(NEW)
    found = grid(out, f"D{TOP}:D{end}")
    assert found == [[f"own {n}"] if n in OLD else [None] for n in NEW] + [["sum own"]]
    assert formula(out, f"E{end}") == f"COUNTA(E{TOP}:E{end - 1})"


def filtered(path: Path, column: str, criteria: str) -> None:
    replace(
        path,
        "xl/tables/table1.xml",
        (
            f'<autoFilter ref="A3:C{TOP + len(OLD) - 1}"/>',
            f'<autoFilter ref="A3:C{TOP + len(OLD) - 1}"><filterColumn colId="{column}">'
            f"{criteria}</filterColumn></autoFilter>",
        ),
    )


FILTERS: dict[str, Callable[[float], bool]] = {
    '<filters><filter val="20"/><filter val="30.0"/></filters>': lambda v: v in (20, 30),
    '<filters blank="1"/>': lambda _: False,
    '<customFilters><customFilter operator="greaterThan" val="25"/></customFilters>': (
        lambda v: v > 25
    ),
    '<customFilters and="1"><customFilter operator="greaterThanOrEqual" val="10"/>'
    '<customFilter operator="lessThan" val="40"/></customFilters>': lambda v: 10 <= v < 40,
    '<customFilters><customFilter operator="notEqual" val=" "/></customFilters>': lambda _: True,
}


@pytest.mark.parametrize("criteria", FILTERS)
def test_a_filter_is_worked_out_anew(criteria: str, tmp_path: Path) -> None:
    path, out = book(tmp_path / "in.xlsx"), tmp_path / "out.xlsx"
    filtered(path, "1", criteria)
    assert refill(path, out).unfiltered == ()
    hidden = {n for n, r in rows_xml(out).items() if r.get("hidden")}
    expected = {TOP + i for i in range(len(NEW)) if not FILTERS[criteria](10.0 * i)}
    # b was hidden by hand, unless the filter hid it before.
    old = FILTERS[criteria](float(OLD.index("b")))
    assert hidden == expected | ({row_of(NEW, "b")} if old else set())


@pytest.mark.parametrize(
    ("wanted", "shown"), [("B", "b"), ("?", "abcdefxyz"), ("[b]", ""), ("*", "abcdefxyz")]
)
def test_texts_are_compared_as_excel_does(wanted: str, shown: str, tmp_path: Path) -> None:
    path, out = book(tmp_path / "in.xlsx"), tmp_path / "out.xlsx"
    filtered(path, "0", f'<customFilters><customFilter val="{wanted}"/></customFilters>')
    refill(path, out, [n for n in NEW if n != "b"] + ["b"])
    names = [n for n in NEW if n != "b"] + ["b"]
    hidden = {n for n, r in rows_xml(out).items() if r.get("hidden")}
    by_hand = {"b"} if "b" in shown else set()
    assert hidden == {row_of(names, n) for n in names if n not in shown or n in by_hand}


@pytest.mark.parametrize(
    "criteria", ['<top10 val="3"/>', '<colorFilter dxfId="0"/>', '<dynamicFilter type="today"/>']
)
def test_a_filter_of_another_kind_is_taken_off(criteria: str, tmp_path: Path) -> None:
    path, out = book(tmp_path / "in.xlsx"), tmp_path / "out.xlsx"
    filtered(path, "1", criteria)
    assert refill(path, out).unfiltered == ("T",)
    assert not [n for n, r in rows_xml(out).items() if r.get("hidden")]
    assert b"filterColumn" not in parts(out)["xl/tables/table1.xml"]


def test_a_block_that_stands_for_itself_stays(tmp_path: Path) -> None:
    """Formulas far from the table, without a header in its row, belong to no customer."""
    path, out = book(tmp_path / "in.xlsx"), tmp_path / "out.xlsx"
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["S"]
    sheet["K5"], sheet["L5"], sheet["L6"] = "Sum", f"=SUM(B{TOP}:B{TOP + 5})", "=L5*2"
    workbook.save(path)
    refill(path, out)
    assert grid(out, "K5:K5") == [["Sum"]]
    assert formula(out, "L6") == "L5*2"
    assert cell_xml(out, "L5") is not None


def test_nobody_is_left(tmp_path: Path) -> None:
    path, out = book(tmp_path / "in.xlsx", columns=("Own",)), tmp_path / "out.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook["S"]["D5"] = "mine"
    workbook.save(path)
    gone = refill(path, out, []).gone
    assert [(g.key, g.column, g.text) for g in gone][:1] == [("b", "Own", "mine")]
    assert grid(out, f"A{TOP}:D{TOP}") == [[None] * 4]
    assert set(validate(out)) <= set(validate(path))


@given(
    st.lists(st.integers(0, 30), unique=True, min_size=2),
    st.lists(st.integers(0, 30), unique=True, min_size=2),
    st.data(),
)
def test_areas_cover_the_same_customers(
    old: list[int], new: list[int], data: st.DataObject
) -> None:
    """Every single row that was covered is so still, no other one is."""
    top, bottom = 10, 9 + len(old)
    area = Area(top=top, left=1, bottom=bottom, right=3)
    rows = row_map(pl.Series(old).cast(str), pl.Series(new).cast(str), area)
    picked = data.draw(st.lists(st.sampled_from(old), max_size=len(old) // 2, unique=True))
    areas = [
        Area(top=top + old.index(n), left=2, bottom=top + old.index(n), right=2) for n in picked
    ]
    moved = rows.moved(areas)
    found = {r for a in moved for r in range(a.top, a.bottom + 1)}
    assert found == {top + new.index(n) for n in picked if n in new}


def test_rows_without_addresses_are_read(tmp_path: Path) -> None:
    """Some programs leave the addresses out, or write them last."""
    rows = (
        b'<row><c><v>1</v></c></row><row s="1" r="4"><c t="str" r="B4"><v>x</v></c><c s="7"/></row>'
    )
    old = OldRows(rows, "", top=4, bottom=5)
    assert old.cells(2).to_list() == [' t="str"><v>x</v></c>', None]
    assert {n: s.to_list() for n, s in old.styles().items()} == {2: ["0", None], 3: ["7", None]}
    assert old.before == b'<row r="1"><c r="A1"><v>1</v></c></row>'
    assert tmp_path.exists()
