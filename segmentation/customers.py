"""From a frame of any kind to the arrays that methods work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame

from segmentation.errors import DataError, UsageError
from segmentation.method import Data, Floats
from segmentation.scheme import MEASURES, ColumnSettings

Found = dict[str, dict[str, Any]]


def eager(measures: IntoFrame) -> nw.DataFrame[Any]:
    """The frame in memory, whatever engine it comes from."""
    frame = nw.from_native(measures)
    return frame.collect() if isinstance(frame, nw.LazyFrame) else cast("nw.DataFrame[Any]", frame)


def columns_found(
    frame: nw.DataFrame[Any], columns: Mapping[str, ColumnSettings], needed: Sequence[str]
) -> Found:
    """The user's own columns that are needed, as plain data for a model.

    ``used`` is the measure that stands in for a column that these data do not have (empty where
    the column itself is there, or nothing stands in), ``absent`` whether there is nothing at all.
    """
    found: Found = {}
    for key in needed:
        if key not in columns:
            continue
        own = columns[key]
        there = key in frame.columns and _known(frame, key, own)
        used = "" if there else own.instead or ""
        found[key] = {
            "name": dict(own.name),
            "kind": "number" if used else own.kind,
            "most": own.most,
            "headers": list(own.headers),
            "take": own.take,
            "used": used,
            "absent": not there and not used,
        }
    return found


def _known(frame: nw.DataFrame[Any], key: str, own: ColumnSettings) -> bool:
    """Whether a column tells anything of anybody."""
    if own.kind == "text":
        return any(text is not None for text in _texts(frame, key))
    return not np.isnan(_numbers(frame, key)).all()


def data_of(
    frame: nw.DataFrame[Any], needed: Sequence[str], columns: Mapping[str, Mapping[str, Any]]
) -> Data:
    """What a method sees of the customers; see ``Data``.

    Raises UsageError ``measures_missing``, DataError ``blank_measure`` for the three measures
    that every grading shows; others may be unknown.
    """
    missing = [m for m in MEASURES if m not in frame.columns]
    if missing:
        raise UsageError("measures_missing", measures=", ".join(missing))
    values = {m: _numbers(frame, m) for m in MEASURES}
    for measure, array in values.items():
        if not np.isfinite(array).all():
            raise DataError("blank_measure", measure=measure)
    if "monetary_raw" in frame.columns:
        values["monetary_raw"] = _numbers(frame, "monetary_raw")
    texts: dict[str, list[str | None]] = {}
    for key in sorted(needed, key=lambda k: bool(columns.get(k, {}).get("used"))):
        own = columns.get(key, {})
        if own.get("kind") == "text":
            texts[key] = _texts(frame, key)
        elif key not in values:
            values[key] = values[own["used"]] if own.get("used") else _numbers(frame, key)
    stands_in = {k: c["used"] for k, c in columns.items() if k in values and c.get("used")}
    return Data(values=values, texts=texts, keys=_keys(frame), stands_in=stands_in)


def _numbers(frame: nw.DataFrame[Any], name: str) -> Floats:
    """A column as numbers, NaN where unknown; DataError ``bad_measure`` where it holds none."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    column = frame[name]
    if column.dtype == nw.Decimal:
        # By way of text: engines differ in the last digit of a decimal turned into a float.
        column = column.cast(nw.String)
    if column.dtype.is_temporal():
        raise DataError("bad_measure", measure=name)
    try:
        # A null is NaN in pandas and null elsewhere; for a method both are an unknown value.
        array = np.array(column.cast(nw.Float64).to_numpy(), dtype=np.float64)
    except Exception:  # every engine has an error of its own for it
        raise DataError("bad_measure", measure=name) from None
    array[~np.isfinite(array)] = np.nan
    return array


def _texts(frame: nw.DataFrame[Any], name: str) -> list[str | None]:
    if name not in frame.columns:
        return [None] * len(frame)
    blank = frame[name].is_null().to_list()
    cells = frame[name].to_list()
    return [None if b else str(c).strip() or None for c, b in zip(cells, blank, strict=True)]


def _keys(frame: nw.DataFrame[Any]) -> list[str]:
    """What tells customers apart where values tie: their key, or where they stand."""
    if "customer" in frame.columns:
        return [str(k) for k in frame["customer"].to_list()]
    return [f"{i:09d}" for i in range(len(frame))]
