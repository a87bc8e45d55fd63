"""Methods that end in a total or in a cell of a grid: scorecard, potential, matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from addin.explaining import matrix as told_matrix
from addin.explaining._totals import least
from addin.live.lines import Formulas, NotLiveError, Sheet
from segmentation.indicators import DECIMALS
from templates.grades import DEEPEST, first_true
from templates.references import literal

_FILL = {"lowest": "0", "middle": "50"}


def scorecard(sheet: Sheet) -> Formulas:
    """The weighted mean of the criteria."""
    used = [c for c in sheet.learned["criteria"] if c["weight"]]
    return _total(sheet, [(f"{c['key']}_score", c["weight"]) for c in used])


def potential(sheet: Sheet) -> Formulas:
    """The weighted mean of the indicators' points."""
    listed = sheet.learned["indicators"]
    return _total(sheet, [(f"{i['measure']}_points", i["weight"]) for i in listed])


def _total(sheet: Sheet, parts: Sequence[tuple[str, float]]) -> Formulas:
    if len({key for key, _ in parts}) < len(parts):
        raise NotLiveError
    cells = [sheet.cell(key) for key, _ in parts]
    weights = [
        sheet.line("weight", weight, sheet.words("live.weight"), measure=sheet.header(key))
        for key, weight in parts
    ]
    mass = f"SUM({sheet.span(1, len(parts))})"
    fill = _FILL.get(sheet.learned["missing"])
    known = "+".join(f"{w}*ISNUMBER({c})" for c, w in zip(cells, weights, strict=True))
    shown = [f"N({c})" if fill in (None, "0") else f"IF(ISNUMBER({c}),{c},{fill})" for c in cells]
    points = "+".join(f"{w}*{s}" for s, w in zip(shown, weights, strict=True))
    counted = f"({known})" if fill is None else mass
    mean = f'IF({counted}>0,ROUND(({points})/{counted},{DECIMALS}),"")'
    score = sheet.when_there(mean, more=f"{mass}>0")
    return Formulas(score=score, tier=_by_total(sheet, least(sheet.told), more=f"{mass}>0"))


def _by_total(sheet: Sheet, limits: Sequence[float | None], *, more: str = "") -> str:
    """The tier that the total reaches; whoever has none is in the last one."""
    score, header = sheet.cell("score"), sheet.header("score")
    pairs = []
    for number, (limit, name) in enumerate(zip(limits, sheet.tiers, strict=False), start=1):
        if limit is None:
            continue
        meaning = sheet.words("live.at_least", tier=name)
        reached = sheet.line("at_least", limit, meaning, measure=header, number=number)
        pairs.append((f"{score}>={reached}", name))
    last = literal(sheet.tiers[-1])
    chain = f"IF(ISNUMBER({score}),{first_true(pairs, sheet.tiers[-1])},{last})"
    return sheet.when_there(chain, more=more)


def matrix(sheet: Sheet) -> Formulas:
    """Both levels' cell of the grid: a tier, or a number that tiers take from a limit on."""
    grid, told = sheet.learned["grid"], sheet.told
    rows, columns = (told_matrix.level_names(told, key) for key in told_matrix.AXES)
    names = (rows[: len(grid)], columns[: len(grid[0])])
    if any(len(set(map(str.casefold, own))) < len(own) for own in names):
        raise NotLiveError
    if max(map(len, names)) > DEEPEST:
        raise NotLiveError
    for row, cells in zip(rows, grid, strict=False):
        for column, cell in zip(columns, cells, strict=False):
            _cell(sheet, f"{row} × {column}", cell)
    level = [
        _number(sheet.cell(f"{key}_level"), own)
        for key, own in zip(told_matrix.AXES, names, strict=True)
    ]
    at = f"({level[0]}-1)*{len(grid[0])}+{level[1]}"
    found = sheet.place(0).replace(",0)", f",{at})")
    if isinstance(grid[0][0], str):
        return Formulas(tier=_named(sheet, found))
    plus = sheet.learned["plus"]
    if plus and plus["by"] != "value":
        raise NotLiveError
    added = f"+N({sheet.cell(plus['measure'])})" if plus else ""
    limits = [t["min_score"] for t in told.part["tiers"][:-1]]
    total = f'IFERROR(ROUND({found}{added},{DECIMALS}),"")'
    there = sheet.when_there(total)
    return Formulas(score=there, tier=_by_total(sheet, limits))


def _cell(sheet: Sheet, name: str, cell: str | float) -> None:
    number = len(sheet.lines) + 1
    if isinstance(cell, str):
        shown = sheet.tiers[_tiers_of_cells(sheet.told.part["tiers"]).get(cell, -1)]
        sheet.line("grid", shown, sheet.words("live.grid"), measure=name, number=number)
    else:
        sheet.line("points", cell, sheet.words("live.points"), measure=name, number=number)


def _tiers_of_cells(tiers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    named = {c: i for i, t in enumerate(tiers) for c in t.get("classes") or ()}
    return {**named, **{t["key"]: i for i, t in enumerate(tiers)}}


def _number(cell: str, names: Sequence[str]) -> str:
    """Which of the names stands in a cell, counted from 1; an error where none does."""
    text = "NA()"
    for number, name in reversed(list(enumerate(names, start=1))):
        text = f"IF({cell}={literal(name)},{number},{text})"
    return text


def _named(sheet: Sheet, found: str) -> str:
    """The tier that a cell of the grid names, blank where it names none."""
    chain = '""'
    for name in reversed(sheet.tiers):
        chain = f"IF({found}={literal(name)},{literal(name)},{chain})"
    return f'IFERROR({chain},"")'
