"""Which sheets of all files are graded, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from segmentation.attributes import Columns, holds_any
from segmentation.columns import Layout, headers_there, layout, missing_roles, named_roles
from segmentation.errors import DataError, FenjiError
from segmentation.listed import Reads, lists, missing
from segmentation.notes import Note
from segmentation.sources import RawSheet

_TABLE_ROWS = 3


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The sheets to grade, those ``aside`` that hold the user's own columns, and what is said of
    the others. ``unknown`` are the measures that a list of customers does not have."""

    graded: list[Layout]
    aside: list[Layout]
    notes: list[Note]
    unknown: tuple[str, ...] = ()


def understand(
    sheets: Sequence[RawSheet], wanted: Mapping[str, str] | None = None
) -> tuple[list[Layout], list[Note]]:
    """The sheets to grade and the notes of ``choose``."""
    chosen = choose(sheets, wanted)
    return chosen.graded, chosen.notes


def choose(
    sheets: Sequence[RawSheet],
    wanted: Mapping[str, str] | None = None,
    own: Columns | None = None,
    reads: Reads | None = None,
) -> Chosen:
    """The sheets to grade: those of orders, or where there are none those of customers.

    ``own`` are the user's own columns; ``wanted`` may name their headers too. Where there are
    neither orders nor customers with all three measures, lists of customers that hold something
    of what the leading method ``reads`` are graded (``segmentation.listed``). Sheets that hold
    a table and are of no use come back as notes. Raises DataError
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
    own, wanted = own or {}, wanted or {}
    roles = {role: header for role, header in wanted.items() if role not in own}
    layouts, partly = _layouts(shown, roles)
    kind = next((k for k in ("orders", "customers") if any(x.kind == k for x in layouts)), None)
    unknown: tuple[str, ...] = ()
    chosen = [found for found in layouts if found.kind == kind]
    if kind is None:
        chosen, unknown = lists(layouts, reads or Reads(), wanted)
    if not chosen:
        raise refusal(layouts)
    left = [x for x in layouts if not any(x.sheet is c.sheet for c in chosen)]
    aside = [x for x in (*left, *partly) if holds_any(x, own, wanted)]
    for file in dict.fromkeys(s.file for s in shown):
        if not any(found.sheet.file == file for found in (*chosen, *aside)):
            here = [found for found in layouts if found.sheet.file == file]
            # Without a layout there is a question left open, which asking again raises.
            raise refusal(here or [layout(s, roles) for s in shown if s.file == file])
    useless = [x for x in left if not any(x is a for a in aside)]
    notes = [_unused(x) for x in useless if x.kind != "other" or _is_table(x.sheet)]
    hidden = [s for s in filled if s.hidden and _could_be_graded(s)]
    notes += [("sheet_hidden", {"sheet": s.sheet, "file": s.file}) for s in hidden]
    return Chosen(graded=chosen, aside=aside, notes=notes, unknown=unknown)


def _layouts(
    sheets: Sequence[RawSheet], wanted: Mapping[str, str]
) -> tuple[list[Layout], list[Layout]]:
    """Layouts of all sheets; what is unclear counts where orders or customers may stand.

    Apart from them those of sheets that have only some of the headers named by the user.
    """
    layouts, partly, open_questions = [], [], []
    for sheet in sheets:
        try:
            layouts.append(layout(sheet, wanted))
        except FenjiError as question:
            if _could_be_graded(sheet):
                raise
            open_questions.append(question)
            with suppress(FenjiError):
                partly.append(layout(sheet, headers_there(sheet, wanted)))
    if open_questions and not any(x.kind != "other" for x in layouts):
        raise open_questions[0]
    return layouts, partly


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
    return missing((missing_roles(best.columns) or ["customer"])[0], best)
