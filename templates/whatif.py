"""What if: beside the model, what its changed numbers do to the sizes and amounts of the tiers."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.changes import DOWN, UP, WHAT_IF, criterion
from templates.customers import tier_rules
from templates.looks import ALARM, COUNT, DARK, LIGHT, QUIET
from templates.references import CUSTOMERS, column, literal, this_row
from templates.sentences import sentence

GRADED = "FenjiModelGraded"
GRADED_COLUMN, LEFT = 5, 7
GRADED_WIDTH, GAP = 14.0, 3.0
WIDTHS = {
    "tier": 13.0,
    "before": 12.0,
    "now": 10.0,
    "difference": 11.0,
    "amount_before": 15.0,
    "amount_now": 15.0,
    "amount_difference": 14.0,
}
SIGNED = f"+{COUNT};-{COUNT};0"
AMOUNTS = ("amount_before", "amount_now", "amount_difference")
SIDES = {
    "before": ("count", "graded_tier"),
    "now": ("count", "tier"),
    "amount_before": ("sum", "graded_tier"),
    "amount_now": ("sum", "tier"),
}
DIFFERENCES = {
    "difference": ("now", "before"),
    "amount_difference": ("amount_now", "amount_before"),
}
END = LEFT + len(WIDTHS)


def draw_what_if(book: Book, sheet: Worksheet, header_row: int) -> None:
    """Draw the block, its header in the row of the model's, the sentence above it."""
    words, looks = book.words, book.looks
    sheet.set_column(LEFT - 1, LEFT - 1, GAP)
    sheet.write_string(header_row - 2, LEFT, words("template.what_if.title"), looks.heading())
    said = looks.format(bold=True, font_color=DARK, valign="vcenter")
    book.name_formula("FenjiWhatIfSaid", sheet, (header_row - 1, LEFT), _sentence(book), said)
    headers = words.section(f"header.{WHAT_IF}")
    columns = [
        Column(
            header=header,
            width=WIDTHS[key],
            wishes={"num_format": SIGNED if key in DIFFERENCES else COUNT, "valign": "vcenter"},
            align="center" if key == "tier" else "right",
            values=book.shape.tiers if key == "tier" else (),
            formula=None if key == "tier" else _formula(book, key),
        )
        for key, header in headers.items()
    ]
    rows = len(book.shape.tiers)
    book.table(WHAT_IF, sheet, at=(header_row, LEFT), columns=columns, rows=rows)
    keys, first = list(headers), header_row + 1
    tier_rules(book, sheet, (first, LEFT, LAST_ROW, LEFT))
    for key in DIFFERENCES:
        at = LEFT + keys.index(key)
        for sign, colour in ((">", DARK), ("<", ALARM)):
            look = looks.rule(bold=True, font_color=colour)
            rule = {"type": "cell", "criteria": sign, "value": 0, "format": look}
            sheet.conditional_format(first, at, LAST_ROW, at, rule)
    _graded(book, sheet, header_row)


def _graded(book: Book, sheet: Worksheet, header_row: int) -> None:
    """The model's values when it graded, each beside its line: the way back."""
    header = book.words(f"header.{GRADED}.value")
    look: dict[str, object] = {"num_format": "#,##0.####", "font_color": QUIET, "text_wrap": True}
    graded = Column(header=header, width=GRADED_WIDTH, wishes=look, align="right")
    book.table(GRADED, sheet, at=(header_row, GRADED_COLUMN), columns=[graded])
    cell = xl_rowcol_to_cell(header_row + 1, GRADED_COLUMN, col_abs=True)
    value = xl_rowcol_to_cell(header_row + 1, 3, col_abs=True)
    changed = f'=AND({cell}<>"",{cell}<>{value})'
    loud = {"bg_color": LIGHT, "font_color": ALARM, "bold": True}
    whole = f"{cell}=INT({cell})"
    area = (header_row + 1, GRADED_COLUMN, LAST_ROW, GRADED_COLUMN)
    # LibreOffice takes the first rule that holds, so the first says everything.
    for criteria, wishes in (
        (f"=AND({changed[1:]},{whole})", loud | {"num_format": f"{COUNT}_0"}),
        (changed, loud),
        (f"={whole}", {"num_format": f"{COUNT}_0"}),
    ):
        rule = {"type": "formula", "criteria": criteria, "format": book.looks.rule(**wishes)}
        sheet.conditional_format(*area, rule)


def _customers(book: Book, key: str) -> str:
    section = "header_more" if key in ("graded_tier", "change") else "header"
    return column(CUSTOMERS, book.words(f"{section}.{CUSTOMERS}.{key}"))


def _formula(book: Book, key: str) -> str:
    def cell(name: str) -> str:
        return this_row(WHAT_IF, book.words(f"header.{WHAT_IF}.{name}"))

    if key in DIFFERENCES:
        now, before = DIFFERENCES[key]
        return f"={cell(now)}-{cell(before)}"
    how, where = SIDES[key]
    tiers, name = _customers(book, where), criterion(cell("tier"))
    if how == "count":
        return f"=COUNTIFS({tiers},{name})"
    return f"=SUMIFS({_customers(book, 'monetary')},{tiers},{name})"


def _sentence(book: Book) -> str:
    """How many customers would move, and which way; a hint while nobody does."""
    changes = _customers(book, "change")

    def number(pattern: str) -> str:
        return f"COUNTIFS({changes},{literal(pattern)})"

    moved = sentence(
        book.words("template.what_if.moved"),
        customers=number("?*"),
        up=number(f"*{UP}"),
        down=number(f"*{DOWN}"),
    )
    nobody = literal(book.words("template.what_if.nobody"))
    return f"=IF({number('?*')}=0,{nobody},{moved})"
