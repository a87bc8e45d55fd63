"""Which sheets of all files are graded, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from segmentation.columns import Layout, layout, missing_roles, named_roles
from segmentation.errors import DataError, FenjiError
from segmentation.notes import Note
from segmentation.sources import RawSheet

_TABLE_ROWS = 3


def understand(
    sheets: Sequence[RawSheet], wanted: Mapping[str, str] | None = None
) -> tuple[list[Layout], list[Note]]:
    """The sheets to grade: those of orders, or where there are none those of customers.

    Sheets that hold a table and are not graded come back as notes. Raises DataError
    ``no_rows``, ``only_hidden``, ``columns_ambiguous``, or ``missing_customer_column``,
    ``missing_amount_column``, ``missing_date_column``, ``missing_frequency_column`` for the
    sheet that comes closest; also where just one of several files can't be graded.
    """
    filled = [s for s in sheets if s.cells.height > 1]
    shown = [s for s in filled if not s.hidden]
    if not shown:
        code = "only_hidden" if filled else "no_rows"
        files = ", ".join(dict.fromkeys(s.file for s in sheets))
        raise DataError(code, file=files, sheet=filled[0].sheet if filled else "")
    layouts = _layouts(shown, wanted or {})
    kind = next((k for k in ("orders", "customers") if any(x.kind == k for x in layouts)), None)
    if kind is None:
        raise refusal(layouts)
    chosen = [found for found in layouts if found.kind == kind]
    for file in dict.fromkeys(s.file for s in shown):
        if not any(found.sheet.file == file for found in chosen):
            raise refusal([found for found in layouts if found.sheet.file == file])
    left = [x for x in layouts if x.kind != kind]
    notes = [_unused(x) for x in left if x.kind != "other" or _is_table(x.sheet)]
    hidden = [s for s in filled if s.hidden and _could_be_graded(s)]
    notes += [("sheet_hidden", {"sheet": s.sheet, "file": s.file}) for s in hidden]
    return chosen, notes


def _layouts(sheets: Sequence[RawSheet], wanted: Mapping[str, str]) -> list[Layout]:
    """Layouts of all sheets; what is unclear counts where orders or customers may stand."""
    layouts, open_questions = [], []
    for sheet in sheets:
        try:
            layouts.append(layout(sheet, wanted))
        except FenjiError as question:
            if _could_be_graded(sheet):
                raise
            open_questions.append(question)
    if open_questions and not any(x.kind != "other" for x in layouts):
        raise open_questions[0]
    return layouts


def _could_be_graded(sheet: RawSheet) -> bool:
    """Whether the header names somebody, a day (or recency), and money."""
    roles = named_roles(sheet)
    money = {"amount", "monetary", "price"} & roles
    day = {"date", "last_date", "recency"} & roles
    return bool({"customer", "name"} & roles and money and day)


def _is_table(sheet: RawSheet) -> bool:
    """Whether a sheet is more than a few words: several rows with two cells filled."""
    filled = pl.sum_horizontal((pl.all().is_not_null() & (pl.all() != "")).cast(pl.Int32))
    return int(sheet.cells.select((filled >= 2).sum()).item()) > _TABLE_ROWS


def _unused(found: Layout) -> Note:
    place = {"sheet": found.sheet.sheet, "file": found.sheet.file}
    if found.kind != "other":
        return "sheet_not_used", place
    return f"sheet_without_{missing_roles(found.columns)[0]}", place


def refusal(layouts: Sequence[Layout]) -> DataError:
    """What keeps the sheet that comes closest from being graded."""

    def closeness(found: Layout) -> tuple[int, int]:
        return -len(missing_roles(found.columns)), found.sheet.cells.height

    best = max(layouts, key=closeness)
    missing = (missing_roles(best.columns) or ["customer"])[0]
    return DataError(
        f"missing_{missing}_column",
        sheet=best.sheet.sheet,
        file=best.sheet.file,
        headers=", ".join(h for h in best.headers if h)[:300],
    )
