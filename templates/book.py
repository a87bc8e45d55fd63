"""One workbook being built: its sheets, names, tables and pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.looks import Align, Looks
from templates.shape import Shape, Wording

LAST_ROW = 1_048_575
A4 = 9
FOOTER_TITLE = 80
SHEETS = (
    "start",
    "orders",
    "attributes",
    "customers",
    "card",
    "strategy",
    "actions",
    "budget",
    "dashboard",
    "lifetime",
    "moves",
    "model",
    "data_check",
    "settings",
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A table's column; ``wishes`` are the properties of its cells' format.

    ``values`` are the cells known when the template is built.
    """

    header: str
    wishes: Mapping[str, object] = field(default_factory=dict)
    align: Align = "left"
    width: float | None = None
    formula: str | None = None
    values: Sequence[str | float | None] = ()

    def value(self, index: int) -> str | float | None:
        """The known value of a data row, counted from 0."""
        return self.values[index] if index < len(self.values) else None


@dataclass(frozen=True, kw_only=True)
class TwoWide:
    """A print two pages wide: the first column of the second page, and how many columns of the
    first page it repeats; ``percent`` is the scale."""

    second: int
    repeated: int
    percent: int


class Book:
    """What every sheet's module draws with."""

    def __init__(
        self, workbook: Workbook, *, words: Wording, shape: Shape, only: Collection[str] = SHEETS
    ) -> None:
        self.workbook = workbook
        self.words = words
        self.shape = shape
        self.looks = Looks(workbook, font=words("template.font"))
        there = set(only) - shape.absent
        kept = [key for key in SHEETS if key in there]
        self.sheets = {key: workbook.add_worksheet(words(f"sheet.{key}")) for key in kept}

    def name_cell(self, name: str, sheet: Worksheet, row: int, col: int, fmt: Format) -> None:
        """Give a blank cell a name of the workbook."""
        sheet.write_blank(row, col, None, fmt)
        self._define(name, sheet, row, col)

    def name_formula(
        self, name: str, sheet: Worksheet, cell: tuple[int, int], formula: str, fmt: Format
    ) -> None:
        """Write a formula into a cell with a name, under which what it comes to is filled in."""
        sheet.write_formula(*cell, formula, fmt, "")
        self._define(name, sheet, *cell)

    def named_note(self, name: str, sheet: Worksheet, cell: tuple[int, int], text: str) -> None:
        """A quiet line that whoever fills the workbook may put right."""
        sheet.write_string(*cell, text, self.looks.note())
        self._define(name, sheet, *cell)

    def name_merged(
        self,
        name: str,
        sheet: Worksheet,
        row: int,
        cols: tuple[int, int],
        fmt: Format,
        *,
        rows: int = 1,
    ) -> None:
        """Give merged cells a name of the workbook (that of the first of them)."""
        sheet.merge_range(row, cols[0], row + rows - 1, cols[1], "", fmt)
        self._define(name, sheet, row, cols[0])

    def _define(self, name: str, sheet: Worksheet, row: int, col: int) -> None:
        cell = xl_rowcol_to_cell(row, col, row_abs=True, col_abs=True)
        self.workbook.define_name(name, f"={quote_sheetname(sheet.get_name())}!{cell}")

    def head(self, sheet: Worksheet, *, note: str, name: str | None = None) -> None:
        """A sheet's first two rows: what it is, and a line that says how to use it.

        ``name`` is the workbook's name for that line, where it depends on what is filled in.
        """
        text = self.words("template.heading", title=self.shape.title, sheet=sheet.get_name())
        sheet.set_row_pixels(0, 36)
        sheet.write_string(0, 0, text, self.looks.title())
        sheet.set_row_pixels(1, 22)
        if name:
            self.named_note(name, sheet, (1, 0), note)
        else:
            sheet.write_string(1, 0, note, self.looks.note())

    def table(
        self,
        name: str,
        sheet: Worksheet,
        *,
        at: tuple[int, int],
        columns: Sequence[Column],
        rows: int = 1,
        filters: bool = False,
    ) -> None:
        """A named table with its header at ``at`` and ``rows`` data rows below."""
        top, left = at
        formats = [self.looks.body(align=col.align, **col.wishes) for col in columns]
        sheet.add_table(
            top,
            left,
            top + rows,
            left + len(columns) - 1,
            {
                "name": name,
                # Table styles do not show in LibreOffice: the cells carry the look.
                "style": None,
                "autofilter": filters,
                "columns": [
                    {
                        "header": col.header,
                        "header_format": self.looks.header(align=col.align, button=filters),
                        "format": fmt,
                    }
                    | ({"formula": col.formula} if col.formula else {})
                    for col, fmt in zip(columns, formats, strict=True)
                ],
            },
        )
        for offset, (col, fmt) in enumerate(zip(columns, formats, strict=True)):
            if col.width is not None:
                sheet.set_column(left + offset, left + offset, col.width)
            for row in range(rows):
                cell = (top + 1 + row, left + offset)
                _write(sheet, cell, fmt, formula=col.formula, value=col.value(row))

    def page(
        self,
        sheet: Worksheet,
        *,
        header_row: int | None = None,
        landscape: bool = True,
        wide: TwoWide | None = None,
    ) -> None:
        """A4, one page wide or two, numbered; ``header_row`` stands on every page."""
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.6)
        if wide is None:
            sheet.center_horizontally()
            sheet.fit_to_pages(1, 0)
        else:
            # By a scale of its own: a sheet that is fitted to pages has no page breaks.
            sheet.set_print_scale(wide.percent)
            sheet.set_v_pagebreaks([wide.second])
            if wide.repeated:
                sheet.repeat_columns(0, wide.repeated - 1)
            sheet.print_across()
        if header_row is not None:
            sheet.repeat_rows(header_row)
        title = self.shape.title[:FOOTER_TITLE].replace("&", "&&")
        page = self.words("template.page", page="&P", pages="&N")
        sheet.set_footer(f"&L&9{_after_size(title)} · {sheet.get_name()}&R&9{_after_size(page)}")


def _after_size(text: str) -> str:
    # A digit right after a font size would be read as part of it.
    return f" {text}"


def _write(
    sheet: Worksheet,
    cell: tuple[int, int],
    fmt: Format,
    *,
    formula: str | None,
    value: str | float | None,
) -> None:
    if formula:
        # No cached value: every program then calculates the cell when it loads the file.
        sheet.write_formula(*cell, formula, fmt, "")
    elif value is None:
        sheet.write_blank(*cell, None, fmt)
    elif isinstance(value, str):
        sheet.write_string(*cell, value, fmt)
    else:
        sheet.write_number(*cell, value, fmt)
