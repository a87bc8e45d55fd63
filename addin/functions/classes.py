"""Classes of one or two measures: ABC, limits, ranks, and the nine boxes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from addin.functions.define import CallError, function
from addin.functions.lists import (
    flag,
    is_nothing,
    items,
    labelled,
    labels_in,
    left_out,
    numbers_in,
    one_number,
    text_of,
)
from addin.functions.numbers import Floats, number_of, numbers_of
from addin.functions.rows import answered, compared, like, single
from addin.functions.schemes import shipped, shown
from addin.functions.values import columns_aligned, rows_of, shaped
from addin.words import Words
from segmentation import bins

# What `segmentation.scheme.AbcSettings` has; importing it takes too long for a cell.
_A, _B = 0.8, 0.95


@function(values="number", a_share="choice", b_share="choice", customers="text")
def abc_class(
    words: Words, values: Any, a_share: Any = _A, b_share: Any = _B, customers: Any = None
) -> Any:
    """A while the share accumulated before a customer is below ``a_share``; then B, C."""
    compared(values)
    shares = [
        one_number(words, "a_share", a_share, _A),
        one_number(words, "b_share", b_share, _B),
    ]
    if not 0 < shares[0] <= shares[1] <= 1:
        raise CallError("abc_shares", a=f"{shares[0]:g}", b=f"{shares[1]:g}")
    given = [values] if left_out(customers) else [values, customers]
    flat, shape = columns_aligned(given)
    column = numbers_of(words, flat[0])
    known = np.flatnonzero(~np.isnan(column[0])).tolist()
    if len(flat) > 1:
        keys = ["" if is_nothing(cell) else text_of(cell) for cell in flat[1]]
    else:
        keys = [f"{i:09d}" for i in range(len(flat[0]))]
    named = [keys[i] for i in known]

    def answer(columns: list[Floats]) -> list[str]:
        classes = np.full(len(named), "C", dtype=object)
        for share, letter in ((shares[1], "B"), (shares[0], "A")):
            last = bins.pareto_class(columns[0], named, share)
            classes[bins.in_pareto_class(columns[0], named, last)] = letter
        found: list[str] = classes.tolist()
        return found

    return shaped(answered([column], answer), shape)


@function(values="number", limits="label", labels="label", inclusive="choice")
def threshold_tier(
    words: Words, values: Any, limits: Any, labels: Any, inclusive: Any = True
) -> Any:
    """The first label for values that reach the highest limit, the last for the rest."""
    cuts = numbers_in(words, "limits", limits)
    names = labels_in("labels", labels)
    labelled("labels", names, cuts)
    inside = flag("inclusive", inclusive, otherwise=True)
    if (cells := single(values)) is not None:
        value = number_of(words, cells[0])
        if isinstance(value, float):
            return like(by_limits(np.array([value]), cuts, names, inclusive=inside)[0], values)
        return like(value, values)
    flat, shape = columns_aligned([values])

    def answer(columns: list[Floats]) -> list[str]:
        return by_limits(columns[0], cuts, names, inclusive=inside)

    return shaped(answered([numbers_of(words, flat[0])], answer), shape)


def by_limits(
    values: Floats, limits: Sequence[float], labels: Sequence[str], *, inclusive: bool = True
) -> list[str]:
    """Labels, that for the highest values first; a value on a limit reaches it if ``inclusive``.

    Raises CallError ``limits_equal``.
    """
    cuts = sorted(limits)
    if len(set(cuts)) < len(cuts):
        raise CallError("limits_equal")
    numbers = bins.bin_numbers(values, cuts, closed="left" if inclusive else "right")
    return [labels[-n] for n in numbers.tolist()]


@function(values="number", shares="label", labels="label")
def top_tier(words: Words, values: Any, shares: Any, labels: Any) -> Any:
    """The first label for the best share (or number) of all; who ties with the last is in."""
    compared(values)
    tops = numbers_in(words, "shares", shares)
    names = labels_in("labels", labels)
    if len(names) == len(tops):
        names.append("")
    labelled("labels", names, tops)
    _check_tops(tops)
    flat, shape = columns_aligned([values])

    def answer(columns: list[Floats]) -> list[str]:
        tier = np.full(len(columns[0]), len(tops))
        for i in range(len(tops) - 1, -1, -1):
            limit = bins.top_limit(columns[0], tops[i])
            if limit is not None:
                tier[columns[0] >= limit] = i
        return [names[i] for i in tier.tolist()]

    return shaped(answered([numbers_of(words, flat[0])], answer), shape)


def _check_tops(tops: Sequence[float]) -> None:
    """Raises CallError ``top_number mixed_tops tops_ascend``, as a scheme has it."""
    for top in tops:
        if top <= 0 or (top > 1 and top != int(top)):
            raise CallError("top_number", value=f"{top:g}")
    if len({top < 1 for top in tops}) > 1:
        raise CallError("mixed_tops")
    if any(later <= top for top, later in pairwise(tops)):
        raise CallError("tops_ascend")


@function(potential="number", value="number", grid="label")
def matrix_tier(words: Words, potential: Any, value: Any, grid: Any = None) -> Any:
    """The tier of the box: each measure in as many levels of equal size as the grid has."""
    compared(potential, value)
    names = _grid(grid)
    flat, shape = columns_aligned([potential, value])
    columns = [numbers_of(words, cells) for cells in flat]
    return shaped(answered(columns, lambda known: _boxes(words, known, names)), shape)


def _grid(given: Any) -> list[list[str]] | None:
    """The words of a grid; None where none is given. Raises CallError ``grid_shape grid_blank``."""
    if not items(given):
        return None
    rows = rows_of(given)
    if not all(2 <= size <= 10 for size in (len(rows), len(rows[0]))):
        raise CallError("grid_shape", rows=len(rows), columns=len(rows[0]))
    if any(is_nothing(cell) for row in rows for cell in row):
        raise CallError("grid_blank")
    return [[text_of(cell) for cell in row] for row in rows]


def _boxes(words: Words, known: list[Floats], grid: list[list[str]] | None) -> list[str]:
    """As the method ``matrix`` has it, both axes being measures."""
    from segmentation.method import Data, method  # noqa: PLC0415  (late: they take a while)
    from segmentation.methods.matrix import Settings  # noqa: PLC0415
    from segmentation.scheme import Part, Tier  # noqa: PLC0415

    default = Settings()
    cells = tuple(map(tuple, grid)) if grid else default.grid
    row, column = (dataclasses.replace(default.columns, measure=m) for m in ("row", "column"))
    if grid:
        tiers = tuple(Tier(key=key) for key in dict.fromkeys(chain.from_iterable(grid)))
    else:
        tiers = shipped("matrix").tiers
    part = Part(
        method="matrix", settings=Settings(grid=cells, rows=row, columns=column), tiers=tiers
    )
    data = Data(values=dict(zip(("row", "column"), known, strict=True)))
    plain = [{"key": tier.key} for tier in tiers]
    graded = method("matrix").apply(method("matrix").fit(part, data), plain, data)
    names = shown(tiers, words.lang)
    return [names[i] for i in graded["tier_no"].tolist()]
