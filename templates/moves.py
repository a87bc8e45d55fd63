"""The sheet Moves: who rose and who fell since the grading before."""

from __future__ import annotations

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.customers import tier_rules
from templates.formulas import literal
from templates.looks import ALARM, COUNT, LIGHT, MIDDLE, MONEY, PAPER, TEXT, Align
from templates.shape import MovesShape

TABLE, KINDS, MATRIX = "FenjiMoves", "FenjiMoveKinds", "FenjiMoveMatrix"
# What is counted of each kind of move, one row each.
COUNTED = ("customers", "monetary_before", "monetary_now")
WIDTHS = {
    "customer": 16.0,
    "name": 22.0,
    "before": 13.0,
    "now": 13.0,
    "move": 13.0,
    "steps": 13.0,
    "monetary_before": 15.0,
    "monetary_now": 15.0,
    "reason": 62.0,
}
# The summaries stand over the columns of the list, from the second on.
LEFT = 1
ROW, TWO_LINES = 20, 34
NARROW = 13.0
FALLS = "#F0B8AE"


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, shape = book.sheets["moves"], book.shape.moves
    assert shape is not None
    book.head(sheet, note=book.words("template.moves.note"))
    sheet.set_row_pixels(2, ROW)
    book.name_cell("FenjiMovesFiles", sheet, 2, 0, book.looks.format(bold=True, valign="vcenter"))
    below = _kinds(book, sheet, shape, _notes(book, sheet, shape.notes))
    below = _matrix(book, sheet, shape, below + 1)
    header = _list(book, sheet, below + 1, many=_many(sheet, shape))
    book.page(sheet, header_row=header)


def _many(sheet: Worksheet, shape: MovesShape) -> bool:
    """Whether the tiers reach beyond the list's narrow columns; columns for them to stand in."""
    last, reason = LEFT + len(shape.now) + 1, len(WIDTHS) - 1
    if last >= reason:
        sheet.set_column(reason, last, NARROW)
    return last >= reason


def _notes(book: Book, sheet: Worksheet, count: int) -> int:
    """Lines for what is to be known of the comparison; gives the first row below."""
    look = book.looks.note(text_wrap=True)
    for number in range(1, count + 1):
        row = 2 + number
        sheet.set_row_pixels(row, TWO_LINES)
        book.name_merged(f"FenjiMovesNote{number}", sheet, row, (0, len(WIDTHS) - 1), look)
    return 4 + count


def _heading(book: Book, sheet: Worksheet, row: int, key: str) -> None:
    sheet.set_row_pixels(row, 28)
    sheet.write_string(row, 0, book.words(f"template.moves.{key}"), book.looks.heading())


def _kinds(book: Book, sheet: Worksheet, shape: MovesShape, row: int) -> int:
    """How many rose and fell, and what they bring; gives the first row below."""
    _heading(book, sheet, row, "overview")
    words = book.words
    named = (words("header.FenjiTiers.customers"), *_amounts(book))
    columns = [
        Column(
            header=words(f"header.{KINDS}.what"),
            wishes={"valign": "vcenter", "bold": True},
            values=named,
        )
    ]
    columns += [_count(kind) for kind in shape.kinds]
    book.table(KINDS, sheet, at=(row, LEFT), columns=columns, rows=len(named))
    _rows(sheet, row + 1, len(named))
    return row + 1 + len(named)


def _amounts(book: Book) -> tuple[str, ...]:
    return tuple(book.words(f"header.{TABLE}.{key}") for key in COUNTED[1:])


def _count(header: str, **wishes: object) -> Column:
    return Column(
        header=header,
        wishes={"num_format": COUNT, "valign": "vcenter"} | wishes,
        align="right",
    )


def _rows(sheet: Worksheet, first: int, count: int) -> None:
    for row in range(first, first + count):
        sheet.set_row_pixels(row, ROW)


def _matrix(book: Book, sheet: Worksheet, shape: MovesShape, row: int) -> int:
    """The tiers before against those now; gives the first row below."""
    _heading(book, sheet, row, "matrix")
    names = (*shape.before, shape.total)
    columns = [
        Column(
            header=book.words(f"header.{MATRIX}.before"),
            wishes={"valign": "vcenter", "bold": True},
            values=names,
        ),
        *(_count(name) for name in shape.now),
        _count(shape.total, bold=True),
    ]
    book.table(MATRIX, sheet, at=(row, LEFT), columns=columns, rows=len(names))
    _rows(sheet, row + 1, len(names))
    _heat(book, sheet, shape, (row + 1, LEFT + 1))
    return row + 1 + len(names)


def _heat(book: Book, sheet: Worksheet, shape: MovesShape, at: tuple[int, int]) -> None:
    """Falls in one colour, rises in another, each the stronger the more there are."""
    pairs = [(i, j, each) for i, row in enumerate(shape.steps) for j, each in enumerate(row)]
    ramps = (
        ([(i, j) for i, j, each in pairs if each is not None and each < 0], FALLS),
        ([(i, j) for i, j, each in pairs if each is not None and each > 0], MIDDLE),
    )
    for cells, colour in ramps:
        places = [(at[0] + i, at[1] + j) for i, j in cells]
        if places:
            rule = {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 0,
                "max_type": "max",
                "min_color": PAPER,
                "max_color": colour,
                "multi_range": " ".join(xl_range(r, c, r, c) for r, c in places),
            }
            sheet.conditional_format(*places[0], *places[0], rule)
    same = {"type": "no_blanks", "format": book.looks.rule(bg_color=LIGHT, bold=True)}
    for i, j, each in pairs:
        if each == 0:
            place = (at[0] + i, at[1] + j)
            sheet.conditional_format(*place, *place, same)


def _list(book: Book, sheet: Worksheet, row: int, *, many: bool) -> int:
    """The customers; gives the row of the header.

    With ``many`` tiers the last column is as narrow as the others, and its text runs out of it.
    """
    _heading(book, sheet, row, "list")
    header = row + 1
    headers = book.words.section(f"header.{TABLE}")
    columns = [
        Column(
            header=text,
            width=NARROW if many and key == "reason" else WIDTHS[key],
            wishes=_wishes(key, many=many),
            align=_align(key),
        )
        for key, text in headers.items()
    ]
    book.table(TABLE, sheet, at=(header, 0), columns=columns, filters=True)
    sheet.set_row_pixels(header, 32)
    # Customer numbers are text so that leading zeros stay; that is no mistake to be marked.
    sheet.ignore_errors({"number_stored_as_text": f"A{header + 2}:B{LAST_ROW + 1}"})
    keys = list(headers)
    first, last = header + 1, LAST_ROW
    before, now, move = (keys.index(key) for key in ("before", "now", "move"))
    tier_rules(book, sheet, (first, before, last, now))
    loud = book.looks.rule(font_color=ALARM, bold=True)
    fall = {"type": "cell", "criteria": "==", "value": literal(_down(book)), "format": loud}
    sheet.conditional_format(first, move, last, move, fall)
    return header


def _down(book: Book) -> str:
    return book.words("move.down")


def _align(key: str) -> Align:
    if key in ("before", "now", "move", "steps"):
        return "center"
    return "right" if key in COUNTED else "left"


def _wishes(key: str, *, many: bool) -> dict[str, object]:
    wishes: dict[str, object] = {"valign": "vcenter"}
    if key in ("customer", "name"):
        return wishes | {"num_format": TEXT, "text_wrap": True}
    if key in COUNTED:
        return wishes | {"num_format": MONEY}
    if key == "steps":
        return wishes | {"num_format": "+0;-0;0"}
    if key == "reason":
        return wishes | {"text_wrap": not many, "font_size": 9}
    return wishes
