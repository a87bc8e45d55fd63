"""Workbooks with which a person with Excel checks every function.

    python -m tests.excel_host.selfcheck -o DIR

writes ``fenji-selfcheck-en.xlsx`` and ``-zh.xlsx``: a sheet for each group of functions, with
inputs, formulas, and the answers that the functions give outside of Excel. A cell with the name
``test_<function>_<case>`` is TRUE when all cells of a call agree, ``test_all`` when all calls do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from addin.functions import FUNCTIONS
from addin.words import LANGUAGES
from tests.excel_host.selfcheck_cases import MISSING, Case, Rows, cases, model

CREATED = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
LONGEST_LITERAL = 255
FAILURES = ("#VALUE!", "#N/A")
# An error shows as its name, and only those that a function gives: #NAME? means that there is none.
# Numbers may differ in the last digits.
SAME = (
    'IF(ISERROR({r}),IF(ISNA({r}),"#N/A",IF(ERROR.TYPE({r})=3,"#VALUE!",""))={e},'
    "IF(ISNUMBER({e}),IF(ISNUMBER({r}),ABS({r}-{e})<=1E-9*MAX(1,ABS({e})),FALSE),EXACT({r},{e})))"
)


def text_of(lang: str) -> dict[str, Any]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return dict(tomllib.load(file)[lang])


@dataclass(frozen=True, kw_only=True)
class Looks:
    head: Format
    strong: Format
    text: Format
    given: Format
    day: Format
    yes: Format
    no: Format

    @classmethod
    def of(cls, book: Workbook) -> Looks:
        blue, wrap = {"bg_color": "#DDEBF7"}, {"text_wrap": True, "valign": "top"}
        return cls(
            head=book.add_format({"bold": True, "font_size": 16}),
            strong=book.add_format({"bold": True}),
            text=book.add_format(wrap),
            given=book.add_format(blue),
            day=book.add_format({**blue, "num_format": "yyyy-mm-dd"}),
            yes=book.add_format({"bg_color": "#C6EFCE", "font_color": "#006100"}),
            no=book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
        )


def build(path: Path, lang: str) -> None:
    """Write the workbook of one language. Raises OSError."""
    text = text_of(lang)
    book = Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False})
    book.set_properties({"title": text["title"], "created": CREATED})
    looks = Looks.of(book)
    start = book.add_worksheet(text["start"])
    groups = {}
    for function in FUNCTIONS.values():
        group = function.module.rpartition(".")[2]
        if group not in groups:
            groups[group] = Group(book, book.add_worksheet(text["groups"][group]), looks, text)
    models = book.add_worksheet(text["model"])
    known = _write_model(models, lang, looks)
    made = [
        (case, *groups[FUNCTIONS[case.function].module.rpartition(".")[2]].add(case, lang, known))
        for case in cases(lang)
    ]
    _write_start(book, start, looks, text, made)
    book.close()


def _write_model(sheet: Worksheet, lang: str, looks: Looks) -> dict[int, str]:
    """The models once, on a sheet of their own: references by the identity of the argument."""
    rows, text = model(lang)
    tree = model(lang, "tree")[1]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            _write(sheet, r, c, cell, looks)
    column = len(rows[0]) + 1
    sheet.write_string(0, column, text)
    sheet.write_string(1, column, tree)
    name = quote_sheetname(sheet.get_name())
    return {
        id(rows): f"{name}!{xl_range_abs(0, 0, len(rows) - 1, len(rows[0]) - 1)}",
        id(text): f"{name}!{xl_range_abs(0, column, 0, column)}",
        id(tree): f"{name}!{xl_range_abs(1, column, 1, column)}",
    }


def _write(sheet: Worksheet, row: int, column: int, cell: Any, looks: Looks) -> None:
    """An input: blank, number, text, date, or an error by a formula that gives it."""
    if cell is None:
        sheet.write_blank(row, column, None, looks.given)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell, looks.day)
    elif cell in ("#DIV/0!", "#N/A"):
        formula = {"#DIV/0!": "=1/0", "#N/A": "=NA()"}[cell]
        sheet.write_formula(row, column, formula, looks.given, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, looks.given)
    else:
        sheet.write_number(row, column, cell, looks.given)


class Group:
    """The sheet of one group of functions: a block of rows for each call."""

    def __init__(
        self, book: Workbook, sheet: Worksheet, looks: Looks, text: dict[str, Any]
    ) -> None:
        self.book, self.sheet, self.looks, self.text = book, sheet, looks, text
        self.row = 0
        sheet.set_column(0, 60, 13)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def add(self, case: Case, lang: str, known: dict[int, str]) -> tuple[str, str]:
        """Inputs, result, expected, comparison, side by side; gives the place and the formula."""
        answer = case.answer(lang)
        rows: Rows = answer if isinstance(answer, list) else [[answer]]
        top, width = self.row + 2, len(rows[0])
        arguments, column, height = self._arguments(case, known, top)
        formula = f"={case.function}({','.join(arguments)})"
        result, expected, check = (column + i * (width + 1) for i in range(3))
        self.sheet.write_string(self.row, 0, f"{case.key}: {formula[:200]}", self.looks.strong)
        for place, heading in (
            (0, "inputs"),
            (result, "result"),
            (expected, "expected"),
            (check, "check"),
        ):
            self.sheet.write_string(top - 1, place, self.text[heading])
        bottom, right = top + len(rows) - 1, result + width - 1
        self.sheet.write_dynamic_array_formula(top, result, bottom, right, formula, None, "")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                self._expect(top + r, expected + c, cell)
                pair = {
                    "r": xl_rowcol_to_cell(top + r, result + c),
                    "e": xl_rowcol_to_cell(top + r, expected + c),
                }
                self.sheet.write_formula(top + r, check + c, "=" + SAME.format(**pair), None, False)
        checks = (top, check, bottom, check + width - 1)
        # What spills further than it should stands below or to the right.
        beyond = (xl_rowcol_to_cell(bottom + 1, result), xl_rowcol_to_cell(top, right + 1))
        blank = ",".join(f"ISBLANK({cell})" for cell in beyond)
        total = check + width + 1
        self.sheet.write_formula(top, total, f"=AND({xl_range_abs(*checks)},{blank})", None, False)
        for area in (checks, (top, total, top, total)):
            _colour(self.sheet, area, self.looks)
        place = f"{quote_sheetname(self.sheet.get_name())}!{xl_range_abs(top, total, top, total)}"
        self.book.define_name(f"test_{case.key}", f"={place}")
        head = f"{quote_sheetname(self.sheet.get_name())}!{xl_rowcol_to_cell(self.row, 0)}"
        self.row = max(bottom, top + height - 1) + 3
        return head, formula

    def _expect(self, row: int, column: int, cell: Any) -> None:
        """What the cell must show; an error by its name."""
        if isinstance(cell, str):
            error = cell.partition(" ")[0]
            self.sheet.write_string(row, column, error if error in FAILURES else cell)
        elif cell is not None:
            self.sheet.write_number(row, column, cell)

    def _arguments(self, case: Case, known: dict[int, str], top: int) -> tuple[list[str], int, int]:
        """Each argument as a formula has it; the next free column; how many rows inputs take."""
        found, column, height = [], 0, 1
        for argument in case.arguments:
            if id(argument) in known:
                found.append(known[id(argument)])
            elif argument is not None and not isinstance(argument, list):
                found.append(_literal(argument))
            else:
                rows = argument if isinstance(argument, list) else [[None]]
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        _write(self.sheet, top + r, column + c, cell, self.looks)
                right = column + len(rows[0]) - 1
                found.append(xl_range_abs(top, column, top + len(rows) - 1, right))
                column, height = right + 2, max(height, len(rows))
        return found, column, height


def _literal(argument: Any) -> str:
    """A single value as it is typed into a formula."""
    if argument is MISSING:
        return ""
    if isinstance(argument, dt.datetime):
        return f"DATE({argument.year},{argument.month},{argument.day})"
    if isinstance(argument, bool):
        return str(argument).upper()
    if isinstance(argument, str):
        if len(argument) > LONGEST_LITERAL:
            raise ValueError("too long for a formula")
        return '"' + argument.replace('"', '""') + '"'
    return f"{argument:g}"


def _colour(sheet: Worksheet, area: tuple[int, int, int, int], looks: Looks) -> None:
    for value, look in (("TRUE", looks.yes), ("FALSE", looks.no)):
        rule = {"type": "cell", "criteria": "==", "value": value, "format": look}
        sheet.conditional_format(*area, rule)


def _write_start(
    book: Workbook,
    sheet: Worksheet,
    looks: Looks,
    text: dict[str, Any],
    made: list[tuple[Case, str, str]],
) -> None:
    """What to do, the one answer, and the list of calls."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, text["title"], looks.head)
    for row, step in enumerate(text["steps"], start=1):
        sheet.merge_range(row, 0, row, 1, step, looks.text)
        sheet.set_row(row, 32)
    total = len(text["steps"]) + 2
    sheet.write_string(total, 0, text["all"], looks.strong)
    first, last = total + 3, total + 2 + len(made)
    sheet.write_formula(total, 1, f"=AND({xl_range_abs(first, 2, last, 2)})", looks.strong, False)
    place = f"{quote_sheetname(sheet.get_name())}!{xl_range_abs(total, 1, total, 1)}"
    book.define_name("test_all", f"={place}")
    for column, heading in enumerate(("function", "case", "agrees")):
        sheet.write_string(first - 1, column, text[heading], looks.strong)
    for row, (case, place, formula) in enumerate(made, start=first):
        sheet.write_string(row, 0, case.function)
        sheet.write_url(row, 1, f"internal:{place}", string=formula[1:200])
        sheet.write_formula(row, 2, f"=test_{case.key}", None, False)
    _colour(sheet, (total, 1, total, 1), looks)
    _colour(sheet, (first, 2, last, 2), looks)
    sheet.activate()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m tests.excel_host.selfcheck"
    )
    parser.add_argument("-o", "--out", type=Path, default=Path())
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for lang in LANGUAGES:
        path = folder / f"fenji-selfcheck-{lang}.xlsx"
        build(path, lang)
        print(path)


if __name__ == "__main__":
    main()
