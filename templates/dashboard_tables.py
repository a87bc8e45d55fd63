"""The tables of the sheet Dashboard: groups, lists of customers, months, heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation.standings import MOST_AT_RISK, MOST_TOP, STEPS
from segmentation.trend import MONTHS
from templates.book import Column
from templates.customers import tier_rules
from templates.dashboard_formulas import heat_mean, tier_of
from templates.dashboard_grid import RIGHT, ROW, Grid
from templates.formulas import GroupFormulas, heat_count
from templates.looks import COUNT, MIDDLE, PAPER, SHARE, TEXT, Align
from templates.widths import room

HEADING, HEADER = 28, 40
# Two lines of a long name, and three of a tier's that is longer than this.
CUSTOMER_ROW, HIGHER_ROW, LONG_TIER = 34, 44, 16
FORMATS = {
    "customers": COUNT,
    "customer_share": SHARE,
    "monetary": COUNT,
    "monetary_share": SHARE,
    "mean_monetary": COUNT,
    "mean_recency": COUNT,
    "orders": COUNT,
    "amount": COUNT,
    "new": COUNT,
    "share": "0%",
    "recency": COUNT,
}
CENTRED = ("abc",)
WRAPPED = ("customer", "name", "segment", "stage")
HEAT_HEADER = 20
# Where nobody is, nothing stands: the map shows where they are.
HIDDEN_ZERO = "#,##0;-#,##0;"


def group(grid: Grid, *, title: str, name: str, key: str, names: tuple[str, ...], left: int) -> int:
    """A table with one row per tier, segment or stage; gives its first data row."""
    words = grid.book.words
    formulas = GroupFormulas(table=name, key=key, names=names, words=words).by_key()
    first = _table(grid, title, name, left, rows=len(names), formulas=formulas, known={key: names})
    if key == "tier":
        tier_rules(grid.book, grid.sheet, (first, left, first + len(names) - 1, left))
    return first


def customers(grid: Grid, *, title: str, name: str, left: int) -> int:
    """A list of customers whose tier follows the table of customers; gives its first data row."""
    book = grid.book
    formulas = {"tier": tier_of(table=name, words=book.words)} if book.shape.live else {}
    rows = MOST_TOP if name == "FenjiTop" else MOST_AT_RISK
    high = customer_row(book.shape.tiers)
    first = _table(grid, title, name, left, rows=rows, formulas=formulas, height=high)
    at = left + keys_of(grid, name).index("tier")
    tier_rules(book, grid.sheet, (first, at, first + rows - 1, at))
    return first


def months(grid: Grid, *, left: int) -> int:
    """The last twelve months; gives the first data row."""
    return _table(grid, "trend", "FenjiTrend", left, rows=MONTHS)


def shares(grid: Grid, *, left: int) -> int:
    """What the best customers bring; gives the first data row."""
    known = {"share": [step / STEPS for step in range(STEPS + 1)]}
    return _table(grid, "pareto", "FenjiPareto", left, rows=STEPS + 1, known=known)


def keys_of(grid: Grid, name: str) -> list[str]:
    """The keys of a table's columns."""
    return list(grid.book.words.section(f"header.{name}"))


def customer_row(tiers: Sequence[str]) -> int:
    """How high a row of a list of customers is, in pixels."""
    return HIGHER_ROW if max(room(name) for name in tiers) > LONG_TIER else CUSTOMER_ROW


def height(rows: int, row: int = ROW) -> int:
    """How high a table with its heading is, in pixels."""
    return HEADING + HEADER + rows * row


def _table(
    grid: Grid,
    title: str,
    name: str,
    left: int,
    *,
    rows: int,
    formulas: Mapping[str, str] | None = None,
    known: Mapping[str, Sequence[str | float]] | None = None,
    height: int = ROW,
) -> int:
    looks, words = grid.book.looks, grid.book.words
    row = grid.rows(pixels=HEADING)
    grid.sheet.write_string(row, left, words(f"dashboard.{title}"), looks.heading())
    top = grid.rows(pixels=HEADER)
    columns = [
        Column(
            header=header,
            wishes=_wishes(key, wrapped=height > ROW),
            align=_align(key),
            formula=(formulas or {}).get(key),
            values=(known or {}).get(key, ()),
        )
        for key, header in words.section(f"header.{name}").items()
    ]
    first = grid.rows(pixels=height, count=rows)
    grid.book.table(name, grid.sheet, at=(top, left), columns=columns, rows=rows)
    return first


def _align(key: str) -> Align:
    if key in CENTRED:
        return "center"
    return "right" if key in FORMATS else "left"


def _wishes(key: str, *, wrapped: bool) -> dict[str, object]:
    wishes: dict[str, object] = {"valign": "vcenter"}
    if key in FORMATS:
        # Rather small than a row of signs, where a number is longer than its column is wide.
        return wishes | {"num_format": FORMATS[key], "shrink": True}
    if key == "tier":
        # A long name in two lines; where a row has but one, rather small.
        wishes |= {"text_wrap": True, "font_size": 9} if wrapped else {"shrink": True}
    if key in WRAPPED:
        wishes |= {"text_wrap": True, "font_size": 9}
    return wishes | ({"num_format": TEXT} if key in ("customer", "name", "month") else {})


def heat(grid: Grid, *, amounts: bool, row: int) -> int:
    """A heat map of the scores on the right, each row so high; gives its first row."""
    book, looks, words = grid.book, grid.book.looks, grid.book.words
    r_bins, f_bins, _ = book.shape.bins
    name, key = ("FenjiHeatAmount", "heat_amount") if amounts else ("FenjiHeat", "heat")
    formula = heat_mean if amounts else heat_count
    title = grid.rows(pixels=HEADING)
    grid.sheet.write_string(title, RIGHT, words(f"dashboard.{key}"), looks.heading())
    top = grid.rows(pixels=HEAT_HEADER)
    grid.rows(pixels=row, count=r_bins)
    usual: dict[str, object] = {"valign": "vcenter", "bottom": 0}
    if row < ROW:
        usual |= {"font_size": 9}
    number = COUNT if amounts else HIDDEN_ZERO
    cells = usual | {"num_format": number, "border": 1, "border_color": PAPER, "shrink": True}
    columns = [
        Column(
            header=words(f"header.{name}.r_score"),
            wishes=usual | {"num_format": '"R"0', "bold": True},
            align="center",
            values=range(r_bins, 0, -1),
        ),
        *(
            Column(
                header=f"F{number}",
                wishes=cells,
                align="center",
                formula=formula(words=words, frequency=number),
            )
            for number in range(1, f_bins + 1)
        ),
    ]
    book.table(name, grid.sheet, at=(top, RIGHT), columns=columns, rows=r_bins)
    grid.sheet.conditional_format(
        top + 1,
        RIGHT + 1,
        top + r_bins,
        RIGHT + f_bins,
        {"type": "2_color_scale", "min_color": "#F4F8FB", "max_color": MIDDLE},
    )
    return title


def heat_height(rows: int, row: int) -> int:
    """How high a heat map is, in pixels."""
    return HEADING + HEAT_HEADER + rows * row
