"""The table ``[rfm]`` and the segment rules of a scheme file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
)

from segmentation.settings import (
    LARGEST,
    MEASURES,
    Ascending,
    Flag,
    Name,
    Number,
    Weight,
    Whole,
    refused,
    settings,
)

MAPS = ("eight", "rfm-r", "pymc")
_AT = ("mean", "median")
_HIGH = f'{", ".join(_AT)}, 3.5, {{ of = "measure", at = "mean" }}'


def _whole(value: Any) -> Any:
    """5.0 is as good as 5; anything else stays what it is, to be refused."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Bins = Annotated[Whole, Ge(2), Le(20), BeforeValidator(_whole)]


def _is_measure(key: str) -> str:
    if key not in MEASURES:
        raise refused("unknown_key", choices=", ".join(MEASURES))
    return key


def _for_each(value: Any, validate: Any) -> Any:
    """One number for all three measures, or one each."""
    if isinstance(value, Mapping):
        return validate(value)
    try:
        return dict.fromkeys(MEASURES, validate({MEASURES[0]: value})[MEASURES[0]])
    except ValidationError:
        raise refused("bad_number") from None


def _filled(default: float) -> AfterValidator:
    return AfterValidator(lambda given: {m: given.get(m, default) for m in MEASURES})


def _some_weight(weights: Mapping[str, float]) -> Mapping[str, float]:
    if not any(weights.values()):
        raise refused("bad_number", value=0)
    return weights


def _per_measure(one: dict[str, Any], *, alone: bool = True) -> WithJsonSchema:
    each: dict[str, Any] = {
        "type": "object",
        "properties": dict.fromkeys(MEASURES, one),
        "additionalProperties": False,
    }
    return WithJsonSchema({"anyOf": [one, each]} if alone else each)


def _at(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value in _AT or (number and abs(value) < LARGEST):
        return value
    raise refused("choice", choices=_HIGH)


def _high(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {"at": _at(value)}


def _range(value: Any) -> Any:
    """One score, or the first and the last."""
    pair = value if isinstance(value, list) else [value, value]
    whole = all(isinstance(v, int) and not isinstance(v, bool) for v in pair)
    if len(pair) != 2 or not whole or pair[0] > pair[1]:
        raise refused("bad_range")
    return tuple(pair)


def _segments(value: Any) -> Any:
    """The name of a map, or rules of one's own."""
    if isinstance(value, list):
        return TypeAdapter(SegmentRules).validate_python(value)
    if value in (*MAPS, "none"):
        return value
    raise refused("choice", choices=", ".join((*MAPS, "none")))


MeasureKey = Annotated[str, AfterValidator(_is_measure)]
_NUMBER: dict[str, Any] = {"type": "number"}
Scores = Annotated[
    tuple[int, int],
    PlainValidator(_range),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            ]
        }
    ),
]


@settings
class High:
    """What counts as high for the eight segments.

    ``of`` is ``score`` or ``measure``; ``at`` is ``mean``, ``median`` or a number.
    A value above it is high (for recency as a measure: below it).
    """

    of: Literal["score", "measure"] = "score"
    at: Annotated[
        Literal["mean", "median"] | float,
        PlainValidator(_at),
        WithJsonSchema({"anyOf": [{"enum": list(_AT)}, _NUMBER]}),
    ] = "mean"


@settings
class SegmentRule:
    """One named segment: ranges of scores (both ends in), or a list of cells such as 555."""

    name: Name
    recency: Scores | None = None
    frequency: Scores | None = None
    monetary: Scores | None = None
    cells: tuple[Whole, ...] = ()


SegmentRules = tuple[SegmentRule, ...]
_SegmentsForm = Literal["eight", "rfm-r", "pymc", "none"] | SegmentRules
_HighForm = Literal["mean", "median"] | float | High


@settings
class RfmSettings:
    """Scores and their weights; the words are those of ``bins``."""

    bins: Annotated[
        Mapping[MeasureKey, Bins],
        WrapValidator(_for_each),
        _filled(5),
        _per_measure({"type": "integer", "minimum": 2, "maximum": 20}),
    ] = field(default_factory=lambda: dict.fromkeys(MEASURES, 5))
    cut: Literal["quantile", "mean", "median", "fixed", "width", "jenks"] = "quantile"
    offset: Number = 0
    closed: Literal["right", "left"] = "right"
    nested: Flag = False
    weights: Annotated[
        Mapping[MeasureKey, Weight],
        WrapValidator(_for_each),
        _filled(1.0),
        AfterValidator(_some_weight),
        _per_measure({"type": "number", "minimum": 0}),
    ] = field(default_factory=lambda: dict.fromkeys(MEASURES, 1.0))
    cut_points: Annotated[
        Mapping[MeasureKey, Ascending],
        _per_measure({"type": "array", "items": _NUMBER, "minItems": 1}, alone=False),
    ] = field(default_factory=dict)
    segments: Annotated[
        str | SegmentRules | None, PlainValidator(_segments, json_schema_input_type=_SegmentsForm)
    ] = None
    high: Annotated[High, BeforeValidator(_high, json_schema_input_type=_HighForm)] = field(
        default_factory=High
    )


def settled(given: RfmSettings) -> RfmSettings:
    """Scores per measure as the cut gives them: two, or one more than cut points."""
    if given.cut in ("mean", "median"):
        return dataclasses.replace(given, bins=dict.fromkeys(MEASURES, 2))
    if given.cut == "fixed":
        bins = {m: len(given.cut_points.get(m, ())) + 1 for m in MEASURES}
        return dataclasses.replace(given, bins=bins)
    return given
