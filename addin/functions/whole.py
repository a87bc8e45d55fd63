"""Orders in, a whole table out: graded customers, or what is wrong with the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from addin.functions.days import date_of, day_of
from addin.functions.define import CallError, Failure, function
from addin.functions.lists import is_nothing, left_out, one, text_of
from addin.functions.schemes import DEFAULT, shipped
from addin.functions.values import columns_aligned, named
from addin.words import Words

if TYPE_CHECKING:
    import polars as pl

    from segmentation.errors import DataError, FenjiError
    from segmentation.run import Looked
    from segmentation.sources import RawSheet

_ROLES = ("customer", "date", "amount", "order")
# What the command line says with its options, a cell must say otherwise.
_OWN = {
    "as_of_before_data": "as_of_before_data",
    "date_order_unknown": "date_order_unknown",
    "no_rows": "no_rows",
}


@function("table", customers="text", dates="date", amounts="number", orders="text", as_of="date")
def rfm_table(  # noqa: PLR0917  (a formula names no arguments)
    words: Words,
    customers: Any,
    dates: Any,
    amounts: Any,
    orders: Any = None,
    as_of: Any = None,
) -> Any:
    """The graded table with its headers, as Grade customers makes it of these columns."""
    from addin.tables import customers_table  # noqa: PLC0415  (late: they take a while)
    from segmentation import run  # noqa: PLC0415
    from segmentation.errors import DataError  # noqa: PLC0415

    columns = [customers, dates, amounts]
    if not left_out(orders):
        columns.append(orders)
    day = _day(words, as_of)
    sheet, wanted = _sheet(words, columns)
    try:
        graded = run.grade(
            [sheet],
            scheme=_scheme(words),
            wanted=wanted,
            as_of=day,
            today=dt.date.today(),
        )
    except DataError as error:
        raise _told(error) from None
    return _cells(customers_table(graded, words))


@function("table", customers="text", dates="date", amounts="number")
def data_check(words: Words, customers: Any, dates: Any, amounts: Any) -> Any:
    """The findings with their headers; rows count from the first cell of the ranges."""
    from addin.findings import findings_table  # noqa: PLC0415  (late: they take a while)
    from segmentation.errors import DataError  # noqa: PLC0415

    sheet, wanted = _sheet(words, [customers, dates, amounts])
    try:
        looked = _looked(words, sheet, wanted)
    except DataError as error:
        raise _told(error) from None
    found = findings_table(looked, words).drop("sheet", "cell", "address")
    found = found.with_columns(found["row"].cast(int) - 1)
    headers = words.section("header.FenjiFindings")
    return _cells(found.rename({key: headers[key] for key in found.columns}))


def _looked(words: Words, sheet: RawSheet, wanted: dict[str, str]) -> Looked:
    from segmentation import run  # noqa: PLC0415

    scheme, today = _scheme(words), dt.date.today()
    return run.look([sheet], scheme=scheme, wanted=wanted, today=today)


def _scheme(words: Words) -> Any:
    from addin.defaults import with_default_segments  # noqa: PLC0415

    return with_default_segments(shipped(DEFAULT), words)


def _day(words: Words, given: Any) -> dt.date | None:
    """The day to grade for; None where none is given. Raises CallError ``bad_as_of``."""
    asked = one("as_of", given)
    if asked is None:
        return None
    day = day_of(words, asked)
    if day is None or isinstance(day, Failure):
        raise CallError("bad_as_of", value=named(asked))
    return date_of(day)


def _sheet(words: Words, columns: Sequence[Any]) -> tuple[RawSheet, dict[str, str]]:
    """The columns as a sheet, and the header of each role.

    Headers on top of the columns are taken for what they are, and leave a blank row behind.
    """
    import polars as pl  # noqa: PLC0415

    from segmentation.sources import RawSheet  # noqa: PLC0415

    flat, _ = columns_aligned(columns)
    texts = [[None if is_nothing(cell) else text_of(cell) for cell in cells] for cells in flat]
    wanted = {role: words(f"role.{role}") for role in _ROLES[: len(texts)]}
    if _is_header(flat):
        own = [str(column[0]) for column in texts]
        if len(set(own)) == len(own):
            wanted = dict(zip(wanted, own, strict=True))
        for column in texts:
            column[0] = None
    cells = pl.DataFrame(
        {
            f"c{i}": pl.Series([header, *column], dtype=pl.String)
            for i, (header, column) in enumerate(zip(wanted.values(), texts, strict=True))
        }
    )
    return RawSheet(file="", sheet="", cells=cells), wanted


def _is_header(flat: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row names its columns: text, and none with a digit but the customer's."""
    first = [column[0] for column in flat]
    named = all(isinstance(cell, str) and not is_nothing(cell) for cell in first)
    return named and not any(map(str.isdigit, "".join(map(str, first[1:]))))


def _told(error: DataError) -> FenjiError:
    """The error in words for cells, where its own are about files."""
    code = _OWN.get(error.code)
    if error.code == "nothing_left" and not error.params["read"]:
        code = "no_rows"
    return CallError(code, **error.params) if code else error


def _cells(frame: pl.DataFrame) -> list[list[Any]]:
    return [list(frame.columns), *map(list, frame.rows())]
