"""How the customer card finds its customer: an exact number, then an exact name, then a part.

The steps stand in cells of a column that nobody needs to see; a handful of searches through the
table, so that it answers at once with hundreds of thousands of customers too.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.book import Book
from templates.changes import plain
from templates.looks import QUIET
from templates.references import CUSTOMERS, column, literal
from templates.sentences import sentence

COLUMN = 6
FIRST_ROW = 3
LISTED = 6
STEPS = (
    *("key", "plain", "number", "name", "named", "where", "count"),
    *(f"hit{number}" for number in range(1, LISTED + 1)),
    *("customer", "strategy"),
)


def _cell(step: str) -> str:
    row = FIRST_ROW + STEPS.index(step)
    return str(xl_rowcol_to_cell(row, COLUMN, row_abs=True, col_abs=True))


class BEST:
    """The cells that hold the rows of the customer found and of the strategy for the tier."""

    customer = _cell("customer")
    strategy = _cell("strategy")


@dataclass(frozen=True, kw_only=True)
class Search:
    """Formulas of what is said of the search, of who was found, and of the rows of others."""

    said: str
    who: str
    others: tuple[str, ...]


def draw_search(book: Book, sheet: Worksheet, name: str) -> Search:
    """Write the steps; ``name`` is the cell in which people type."""
    formulas = _steps(book, name)
    small = book.looks.format(font_size=7, font_color=QUIET)
    for step, formula in formulas.items():
        row = FIRST_ROW + STEPS.index(step)
        sheet.write_formula(row, COLUMN, f"={formula}", small, "")
    sheet.set_column(COLUMN, COLUMN, 10, None, {"hidden": True})
    number, named = (f'INDEX({_of(book, key)},{BEST.customer})&""' for key in ("customer", "name"))
    both = f'{number}&IF({named}="",""," · "&{named})'
    who = f'IF(ISNUMBER({BEST.customer}),{both},"")'
    return Search(said=_said(book), who=who, others=_others())


def _of(book: Book, key: str) -> str:
    return column(CUSTOMERS, book.words(f"header.{CUSTOMERS}.{key}"))


def _steps(book: Book, name: str) -> dict[str, str]:
    key, bare, where = _cell("key"), _cell("plain"), _cell("where")
    customers, names = _of(book, "customer"), _of(book, "name")
    part = f'"*"&{bare}&"*"'
    searched = f"CHOOSE({where},{names},{customers})"

    def exactly(cells: str) -> str:
        return f'IF({key}="","",IFERROR(MATCH({bare},{cells},0),""))'

    def many(cells: str) -> str:
        return f'IF({key}="",0,IFERROR(COUNTIFS({cells},{part}),0))'

    steps = {
        # Numbers are text in the table: what was typed as a number is looked for as text.
        "key": f'TRIM({name}&"")',
        "plain": plain(key),
        "number": exactly(customers),
        "name": exactly(names),
        "named": many(names),
        "where": f"IF({_cell('named')}>0,1,2)",
        "count": f"IF({_cell('named')}>0,{_cell('named')},{many(customers)})",
        "hit1": f'IF({key}="","",IFERROR(MATCH({part},{searched},0),""))',
    }
    for number in range(2, LISTED + 1):
        last = _cell(f"hit{number - 1}")
        rest = f"INDEX({searched},{last}+1):INDEX({searched},ROWS({names}))"
        found = f'IFERROR({last}+MATCH({part},{rest},0),"")'
        steps[f"hit{number}"] = f'IF(ISNUMBER({last}),IF({last}<ROWS({names}),{found},""),"")'
    first = f"IF(ISNUMBER({_cell('name')}),{_cell('name')},{_cell('hit1')})"
    steps["customer"] = f"IF(ISNUMBER({_cell('number')}),{_cell('number')},{first})"
    tier = plain(f"INDEX({_of(book, 'tier')},{BEST.customer})")
    tiers = column("FenjiStrategy", book.words("header.FenjiStrategy.tier"))
    steps["strategy"] = f'IF(ISNUMBER({BEST.customer}),IFERROR(MATCH({tier},{tiers},0),""),"")'
    return steps


def _said(book: Book) -> str:
    words, count = book.words, _cell("count")
    empty, nobody = (literal(words(f"template.card.{key}")) for key in ("empty", "nobody"))
    one = literal(words("template.card.one"))
    many = sentence(words("template.card.many"), customers=count)
    found = f"IF({count}>1,{many},{one})"
    return f'=IF({_cell("key")}="",{empty},IF(ISNUMBER({BEST.customer}),{found},{nobody}))'


def _others() -> tuple[str, ...]:
    """The rows that were found besides the one on the card."""
    first = _cell("hit1")
    rows = []
    for number in range(1, LISTED):
        here, following = _cell(f"hit{number}"), _cell(f"hit{number + 1}")
        passed = f"COUNTIFS({first}:{here},{BEST.customer})>0"
        rows.append(f"IF({passed},{following},{here})")
    return tuple(rows)
