"""The argument ``map`` of RFM_SEGMENT: into which segments customers are sorted.

It is the name of a map that ships (eight, rfm-r, pymc, none, or what the sheet Settings calls
them), or a range of rules, one a row, with up to seven columns: the segment's name, then from and
to for the scores R, F and M. The first rule that fits counts. A blank from is 1, a blank to has
no end, so that a row with nothing but a name takes everybody who is left. Headers may stand above.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from addin.functions.define import CallError
from addin.functions.model_lines import MEASURES, choice_of
from addin.functions.models import REMEMBERED, Grader
from addin.functions.numbers import number_of
from addin.functions.values import is_blank, is_range, named, rows_of, trimmed
from addin.words import Words, words

_NO_END = 99


def sorted_by(words: Words, given: Any, grader: Grader) -> Grader:
    """The same grader with the segments of ``given``.

    Raises CallError ``map_unknown map_rule model_segments``.
    """
    while is_range(given) and len(given) == 1 and (not is_range(given[0]) or len(given[0]) == 1):
        given = given[0]
    if not is_range(given):
        return _named_map(grader, words.lang, str(given))
    rows = trimmed(rows_of(given))
    cells = tuple(chain.from_iterable(rows))
    return _own_map(grader, words.lang, cells, len(rows[0]))


@lru_cache(maxsize=REMEMBERED)
def _named_map(grader: Grader, lang: str, text: str) -> Grader:
    from segmentation.segments import segment_map  # noqa: PLC0415  (late: it takes pydantic)

    name = choice_of(text, "choice.segments")
    if name is None:
        choices = words(lang).section("choice.segments").values()
        raise CallError("map_unknown", value=named(text), choices="; ".join(choices))
    chosen = segment_map(name)
    if any("high" in rule for rule in chosen["rules"]) and not grader.learned["high"].keys() >= {
        *MEASURES
    }:
        raise CallError("model_segments")
    return _with(grader, chosen)


@lru_cache(maxsize=REMEMBERED)
def _own_map(grader: Grader, lang: str, cells: tuple[Any, ...], width: int) -> Grader:
    from segmentation.segments import segment_map  # noqa: PLC0415

    rows = [cells[i : i + width] for i in range(0, len(cells), width)]
    rules = [
        _rule(words(lang), row, number)
        for number, row in enumerate(rows, start=1)
        if not (all(map(is_blank, row)) or (number == 1 and _is_header(row)))
    ]
    return _with(grader, {"rules": rules, "rest": segment_map("rfm-r")["rest"]})


def _with(grader: Grader, segments: dict[str, Any]) -> Grader:
    learned = {**grader.learned, "segments": segments}
    return dataclasses.replace(grader, learned=learned, map_missing="")


def _is_header(row: Sequence[Any]) -> bool:
    """Words where scores belong; "4" or "4-5" as text is no header but a rule, or a wrong one."""
    scores = [cell for cell in row[1:] if not is_blank(cell)]
    words = [isinstance(cell, str) and not any(map(str.isdecimal, cell)) for cell in scores]
    return bool(words) and all(words)


def _rule(words: Words, row: Sequence[Any], number: int) -> dict[str, Any]:
    name = "" if is_blank(row[0]) else str(row[0]).strip()
    limits = [*row[1:7], *[None] * (7 - len(row))]
    rule: dict[str, Any] = {"name": {"zh": name, "en": name}}
    for at, measure in enumerate(MEASURES):
        low, top = (_limit(words, cell) for cell in limits[2 * at : 2 * at + 2])
        pair = [1 if low is None else low, _NO_END if top is None else top]
        if low == -1 or top == -1 or pair[0] > pair[1]:
            raise CallError("map_rule", row=number)
        if low is not None or top is not None:
            rule[measure] = pair
    if not name:
        raise CallError("map_rule", row=number)
    return rule


def _limit(words: Words, cell: Any) -> int | None:
    """A score, None where the cell is blank, -1 where it holds anything else."""
    score = number_of(words, cell)
    if score is None:
        return None
    return int(score) if isinstance(score, float) and score >= 1 and score % 1 == 0 else -1
