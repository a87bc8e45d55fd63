"""Why a customer is in a tier of a matrix: both levels, and what the cell gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.explaining import _totals
from addin.explaining.told import Extra, Told, by_number
from addin.phrases import phrase, plain

_FEW = {2: ("high", "low"), 3: ("high", "middle", "low")}
AXES = ("row", "column")


def why(told: Told) -> pl.Expr:
    """``Potential: middle (Amount 46.46) × Value: high (Orders 12) gives A``."""
    row, column = (_axis(told, key) for key in AXES)
    if isinstance(told.learned["grid"][0][0], str):
        tier = told.by_tier(told.tiers())
        return phrase(told.words("why_matrix.text"), row=row, column=column, tier=tier)
    return _sum(told, row, column)


def _sum(told: Told, row: pl.Expr, column: pl.Expr) -> pl.Expr:
    """The cell's number, what is added to it, and the sum's limit."""
    plus = told.learned["plus"]
    more: dict[str, pl.Expr | str] = {}
    if plus:
        name = plus["measure"]
        more = {"name": told.measure(name), "value": told.value(name)}
        more["added"] = plain(told.own("added"))
    stands_in = plus and plus["by"] != "value"
    wording = "sum_stand_in" if stands_in else "sum_plus" if plus else "sum"
    return phrase(
        told.words(f"why_matrix.{wording}"),
        row=row,
        column=column,
        score=plain(told.own("score")),
        limit=_totals.limit(told),
        **more,
    )


def extras(told: Told) -> list[Extra]:
    """The level on each axis in words."""
    return [
        Extra(
            key=f"{told.prefix}{key}_level",
            header=told.words("why_matrix.header", name=_name(told, key)),
            values=_level(told, key),
        )
        for key in AXES
    ]


def rules(told: Told) -> list[str]:
    """The grid, one sentence per row; how the total of an axis is made."""
    columns = level_names(told, "column")
    found = [
        told.words(
            "why_matrix.row",
            row=f"{_name(told, 'row')} {name}",
            cells=told.words("limit.and").join(
                told.words("why_matrix.cell", column=column, cell=_cell(told, cell))
                for column, cell in zip(columns, cells, strict=False)
            ),
            columns=_name(told, "column"),
        )
        for name, cells in zip(level_names(told, "row"), told.learned["grid"], strict=False)
    ]
    groups = [(key, g) for key in AXES if (g := _of(told, key)["group"])]
    found += [
        told.words(
            "why_matrix.weights",
            name=_name(told, key),
            indicators=_totals.indicator_rule(told, group),
        )
        for key, group in groups
    ]
    numbers = not isinstance(told.learned["grid"][0][0], str)
    tiers = _totals.tier_rules(told) if numbers else []
    return [*tiers, *found, *_totals.absent_rule(told, [g for _, g in groups])]


def _of(told: Told, key: str) -> Mapping[str, Any]:
    axis: Mapping[str, Any] = told.learned[f"{key}s"]
    return axis


def _cell(told: Told, cell: str | float) -> str:
    names = dict(zip((t["key"] for t in told.part["tiers"]), told.tiers(), strict=True))
    return names.get(cell, cell) if isinstance(cell, str) else f"{cell:g}"


def _measures(axis: Mapping[str, Any]) -> list[str]:
    group = axis["group"]
    return [i["measure"] for i in group["indicators"]] if group else [axis["scale"]["measure"]]


def _name(told: Told, key: str) -> str:
    axis = _of(told, key)
    own = axis["name"].get(told.words.lang)
    if own or len(_measures(axis)) > 1:
        return str(own or told.words(f"why_matrix.{key}_name"))
    return told.measure(_measures(axis)[0])


def level_names(told: Told, key: str) -> list[str]:
    """What the levels of an axis are called, best first."""
    axis, lang = _of(told, key), told.words.lang
    if axis["names"]:
        return [str(n[lang]) for n in axis["names"]]
    count = axis["levels"]
    if count in _FEW:
        return [told.words(f"why_matrix.{word}") for word in _FEW[count]]
    return [told.words("why_matrix.level", number=i + 1, count=count) for i in range(count)]


def _level(told: Told, key: str) -> pl.Expr:
    return by_number(told.own(f"{key}_level").cast(pl.Int64) - 1, level_names(told, key))


def _axis(told: Told, key: str) -> pl.Expr:
    """``Potential: middle (Amount 46.46)``."""
    values = pl.concat_str(
        [
            phrase(told.words("why_thresholds.value"), measure=told.measure(m), value=told.value(m))
            for m in _measures(_of(told, key))
        ],
        separator=told.words("limit.and"),
    )
    return phrase(
        told.words("why_matrix.axis"),
        name=_name(told, key),
        level=_level(told, key),
        values=values,
    )
