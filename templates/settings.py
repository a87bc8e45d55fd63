"""The sheet Settings: everything chosen before looking at the data, to be changed there."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.looks import DARK, INPUT, LIGHT, LINE, QUIET
from templates.shape import SettingRow, Wording

TABLE = "FenjiSettings"
# The scheme's text stands in the first, or in parts in the others where it is too long for that.
TOML_CELLS = ("FenjiSchemeToml", *(f"FenjiSchemeToml{number}" for number in range(1, 5)))
HEADER_ROW = 3
TOML_COLUMN = 5
WIDTHS = {"setting": 44.0, "value": 34.0, "meaning": 72.0, "key": 24.0}
LARGEST = 1e300
# Limits of data validation in Excel.
LIST_LIMIT, TITLE_LIMIT, TEXT_LIMIT = 255, 32, 255
LONGEST_NAME = 60


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, rows = book.sheets["settings"], book.shape.settings
    book.head(sheet, note=book.words("template.settings.note"))
    columns = [
        Column(header=header, width=WIDTHS[key], wishes=_wishes(key), values=_values(rows, key))
        for key, header in book.words.section(f"header.{TABLE}").items()
    ]
    book.table(TABLE, sheet, at=(HEADER_ROW, 0), columns=columns, rows=max(1, len(rows)))
    sheet.set_row_pixels(HEADER_ROW, 28)
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        if row.key:
            _validate(book, sheet, number, row)
    _highlight(book, sheet, rows)
    _machine_form(book, sheet)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)
    sheet.print_area(0, 0, LAST_ROW, list(WIDTHS).index("meaning"))


def _wishes(key: str) -> dict[str, object]:
    if key == "key":
        return {"font_size": 7, "font_color": QUIET, "valign": "vcenter"}
    # The sheet is protected; what can be chosen there is not.
    value: dict[str, object] = {"locked": False} if key == "value" else {}
    return {"text_wrap": True, "valign": "vcenter"} | value


def _values(rows: Sequence[SettingRow], key: str) -> list[str | float | None]:
    values: list[str | float | None] = [getattr(row, key) for row in rows]
    return [None if value == "" else value for value in values]


def _validate(book: Book, sheet: Worksheet, number: int, row: SettingRow) -> None:
    """What can stand in a cell, said before and after somebody writes there."""
    rule = _rule(row)
    listed = row.kind != "choice" or rule["validate"] == "list"
    # More choices than a list can hold are at least told.
    said = hint(row, book.words) if listed else ", ".join(row.choices)
    texts = {
        "input_title": row.setting[:TITLE_LIMIT],
        "input_message": said[:TEXT_LIMIT],
        "error_title": row.setting[:TITLE_LIMIT],
        "error_message": said[:TEXT_LIMIT],
    }
    value = list(WIDTHS).index("value")
    sheet.data_validation(number, value, number, value, rule | texts)


def hint(row: SettingRow, words: Wording) -> str:
    """What can stand in the cell of a row."""
    if row.kind == "choice" and row.free:
        return words("template.settings.prompt.choice_or_number")
    if row.kind in ("whole", "number") and row.least is not None:
        if row.most is None:
            return words(f"template.settings.prompt.{row.kind}_from", least=f"{row.least:g}")
        ends = {"least": f"{row.least:g}", "most": f"{row.most:g}"}
        return words(f"template.settings.prompt.{row.kind}_between", **ends)
    return words(f"template.settings.prompt.{row.kind}")


def _rule(row: SettingRow) -> dict[str, object]:
    if row.kind == "choice":
        fits = sum(map(len, row.choices)) + len(row.choices) - 1 <= LIST_LIMIT
        if fits and not any("," in choice for choice in row.choices):
            listed = {"validate": "list", "source": list(row.choices)}
            return listed | ({"error_type": "information", "show_error": False} if row.free else {})
        return {"validate": "any"}
    if row.kind in ("whole", "number", "share"):
        return {
            "validate": "integer" if row.kind == "whole" else "decimal",
            "criteria": "between",
            "minimum": -LARGEST if row.least is None else row.least,
            "maximum": LARGEST if row.most is None else row.most,
        }
    if row.kind == "text":
        between = {"criteria": "between", "minimum": 1, "maximum": LONGEST_NAME}
        return {"validate": "length", **between}
    return {"validate": "any"}


def _highlight(book: Book, sheet: Worksheet, rows: Sequence[SettingRow]) -> None:
    """The looks of headings, inputs and shares, by what stands in a row: rows may be filled anew.

    LibreOffice takes the first rule that holds, so the first says everything.
    """
    first, keys = HEADER_ROW + 2, list(WIDTHS)
    setting, value, meaning, key = (f"${'ABCD'[i]}{first}" for i in range(len(keys)))

    def rule(criteria: str, at: tuple[int, int], **wishes: object) -> None:
        look = book.looks.rule(**wishes)
        area = (HEADER_ROW + 1, at[0], LAST_ROW, at[1])
        sheet.conditional_format(
            *area, {"type": "formula", "criteria": f"={criteria}", "format": look}
        )

    heading = f'AND({setting}<>"",{value}="",{meaning}="",{key}="")'
    rule(heading, (0, keys.index("meaning")), bold=True, font_color=DARK, bg_color=LIGHT)
    coloured = {"bg_color": INPUT, "border": 1, "border_color": LINE}
    at = (keys.index("value"), keys.index("value"))
    if shares := _is_share(rows, key):
        whole = f"ROUND({value}*100,0)=ROUND({value}*100,9)"
        number = f'{key}<>"",ISNUMBER({value})'
        rule(f"AND({number},{shares},{whole})", at, num_format="0%", **coloured)
        rule(f"AND({number},{shares})", at, num_format="0.0##%", **coloured)
    rule(f'{key}<>""', at, **coloured)


def _is_share(rows: Sequence[SettingRow], key: str) -> str:
    """A formula that tells the keys of shares; empty where there are none."""
    ends = {
        row.key if "[" not in row.key else row.key.rpartition("]")[2]
        for row in rows
        if row.kind == "share"
    }
    tests = [
        f'RIGHT({key},{len(end)})="{end}"' if end.startswith(".") else f'{key}="{end}"'
        for end in sorted(ends)
    ]
    return f"OR({','.join(tests)})" if tests else ""


def _machine_form(book: Book, sheet: Worksheet) -> None:
    # Beside the header, whose height is fixed: long text must not stretch a row of the table.
    sheet.set_column(TOML_COLUMN - 1, TOML_COLUMN - 1, 3)
    sheet.set_column(TOML_COLUMN, TOML_COLUMN, 60)
    quiet = book.looks.note()
    sheet.write_string(HEADER_ROW - 1, TOML_COLUMN, book.words("template.settings.toml"), quiet)
    small = book.looks.format(font_size=7, font_color=QUIET, text_wrap=True, valign="top")
    texts = dict(book.shape.scheme)
    for offset, name in enumerate(TOML_CELLS):
        place = (HEADER_ROW, TOML_COLUMN + offset)
        book.name_cell(name, sheet, *place, small)
        if name in texts:
            sheet.write_string(*place, texts[name], small)
