"""The lines of the table FenjiModel, read back: in any language, and as the user has left them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from addin.functions.define import CallError
from addin.functions.numbers import number_of
from addin.functions.values import is_blank, named
from addin.words import LANGUAGES, Words, words

MEASURES = ("recency", "frequency", "monetary")
COLUMNS = ("item", "measure", "number", "value")
_MARKS = ("item.cut", "item.bins")
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class TierLine:
    """A tier and the mean score from which it is reached."""

    name: str
    limit: float


@dataclass(kw_only=True)
class Lines:
    """What the lines say. ``segments`` is a shipped map; where there is none, ``map_missing`` is
    the code of what to say about it."""

    cuts: dict[str, list[float]]
    weights: dict[str, float]
    tiers: list[TierLine]
    closed: str
    high: dict[str, Any]
    counted: dict[str, str] = field(default_factory=dict)
    segments: Mapping[str, Any] | None = None
    map_missing: str = "model_segments"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line; ``item`` and ``measure`` as keys of the language files where they are known."""

    item: str
    measure: str
    name: str
    number: Any
    value: Any


def is_model(rows: Rows) -> bool:
    """Whether these cells hold lines of a model."""
    return any(_known().get(_text(cell)) in _MARKS for row in rows for cell in row)


def read_lines(words: Words, rows: Rows) -> Lines:
    """The model in these cells: with or without headers, and other cells around it.

    Raises CallError ``model_unreadable model_nested model_value model_blank
    model_incomplete``.
    """
    lines = list(_lines(rows))
    if not any(line.item in _MARKS for line in lines):
        raise CallError("model_unreadable")
    if any(line.item == "item_more.nested" for line in lines):
        raise CallError("model_nested")
    found = Lines(
        cuts={m: _cuts(words, lines, m) for m in MEASURES},
        weights={m: _only(words, lines, "item.weight", m) for m in MEASURES},
        tiers=_tiers(words, lines),
        closed=_closed(words, lines),
        high=_high(words, lines),
    )
    if sum(found.weights.values()) <= 0:
        raise CallError("model_weights")
    for line in lines:
        if line.item == "item_more.counted" and line.measure in ("frequency", "monetary"):
            chosen = choice_of(line.value, f"choice.{line.measure}")
            found.counted |= {line.measure: chosen} if chosen else {}
        if line.item == "item_more.segments":
            _sort_into(found, choice_of(line.value, "choice.segments"))
    return found


def choice_of(cell: Any, section: str) -> str | None:
    """The key of a choice that a cell names, by its key or its name in either language."""
    text = _text(cell).casefold()
    for lang in LANGUAGES:
        for key, name in words(lang).section(section).items():
            if text in (key.casefold(), name.casefold()):
                return key
    return None


def _sort_into(found: Lines, name: str | None) -> None:
    from segmentation.segments import segment_map  # noqa: PLC0415  (late: it takes pydantic)

    if name is None:
        return
    chosen = segment_map(name)
    if any("high" in rule for rule in chosen["rules"]) and len(found.high) <= len(MEASURES):
        return
    found.segments, found.map_missing = chosen, ""


def _cuts(words: Words, lines: Sequence[Line], measure: str) -> list[float]:
    """The cut points of a measure, ascending, whatever their order on the sheet.

    The formulas of the workbook count down from the number of scores for recency, and know
    nothing of it elsewhere; where there are fewer cut points, scores are left out at the end.
    """
    own = [line for line in lines if line.item == "item.cut" and line.measure == measure]
    cuts = sorted(_number(words, line) for line in own)
    bins = [line for line in lines if line.item == "item.bins" and line.measure == measure]
    if not bins:
        raise CallError("model_incomplete", item=_called(words, "item.bins", measure))
    if measure == "recency":
        missing = round(_number(words, bins[0])) - 1 - len(cuts)
        if missing < 0:
            raise CallError("model_bins", item=_called(words, "item.bins", measure))
        cuts += [float("inf")] * missing
    return cuts


def _only(words: Words, lines: Sequence[Line], item: str, measure: str) -> float:
    for line in lines:
        if line.item == item and line.measure == measure:
            return _number(words, line)
    raise CallError("model_incomplete", item=_called(words, item, measure))


def _tiers(words: Words, lines: Sequence[Line]) -> list[TierLine]:
    """Best first. Without any, another method gives the tier."""
    own = [line for line in lines if line.item == "item.tier"]
    numbers = [number_of(words, line.number) for line in own]
    if all(isinstance(n, float) for n in numbers):
        order = sorted(range(len(own)), key=lambda i: float(numbers[i] or 0))
        own = [own[i] for i in order]
    # The last tier takes the rest, whatever limit stands there.
    limits = [*(_number(words, line) for line in own[:-1]), *(0.0 for _ in own[-1:])]
    return [TierLine(name=t.name, limit=limit) for t, limit in zip(own, limits, strict=True)]


def _closed(words: Words, lines: Sequence[Line]) -> str:
    above = [_number(words, line) for line in lines if line.item == "item.closed"]
    return "left" if any(above) else "right"


def _high(words: Words, lines: Sequence[Line]) -> dict[str, Any]:
    found: dict[str, Any] = {"of": "score"}
    for line in lines:
        if line.item in ("item_more.high", "item_more.high_value") and line.measure in MEASURES:
            found["of"] = "score" if line.item == "item_more.high" else "measure"
            found[line.measure] = _number(words, line)
    return found


def _number(words: Words, line: Line) -> float:
    number = number_of(words, line.value)
    if isinstance(number, float):
        return number
    item = f"{_called(words, line.item, line.measure or line.name)} {_shown(line.number)}".strip()
    if number is None:
        raise CallError("model_blank", item=item)
    raise CallError("model_value", item=item, value=named(line.value))


def _shown(number: Any) -> str:
    return "" if is_blank(number) else f"{number:g}" if isinstance(number, float) else str(number)


def _called(words: Words, item: str, measure: str) -> str:
    name = words(f"measure.{measure}") if measure in MEASURES else measure
    return f"{words(item)} {name}".strip()


# ── where the lines stand ──────────────────────────────────────────────────────────────────────


def _lines(rows: Rows) -> Iterator[Line]:
    known = _known()
    columns, first = _columns(rows)
    for row in rows[first:]:
        cells = [row[at] if 0 <= at < len(row) else None for at in columns]
        item, measure = known.get(_text(cells[0]), ""), _text(cells[1])
        if item.startswith("item"):
            key = known.get(measure, "").partition("measure.")[2]
            yield Line(item=item, measure=key, name=measure, number=cells[2], value=cells[3])


def _columns(rows: Rows) -> tuple[list[int], int]:
    """Where item, measure, number and value stand, and in which row the lines begin.

    Headers say so; without them the item is found, and the others follow.
    """
    for number, row in enumerate(rows):
        texts = [_text(cell) for cell in row]
        for lang in LANGUAGES:
            headers = words(lang).section("header.FenjiModel")
            if headers["item"] in texts and headers["value"] in texts:
                wanted = [headers[key] for key in COLUMNS]
                return [texts.index(h) if h in texts else -1 for h in wanted], number + 1
    items = [
        at for row in rows for at, cell in enumerate(row) if _known().get(_text(cell)) in _MARKS
    ]
    item = min(items, default=0)
    return [item + i for i in range(len(COLUMNS))], 0


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""


@cache
def _known() -> dict[str, str]:
    """Keys by the words of either language."""
    return {
        name: f"{section}.{key}"
        for lang in LANGUAGES
        for section in ("measure", "item_more", "item")
        for key, name in words(lang).section(section).items()
    }
