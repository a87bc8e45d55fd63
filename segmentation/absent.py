"""Which measures a grading lacks that it can't do without."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from segmentation.errors import DataError
from segmentation.method import Data, method
from segmentation.scheme import Part


def fitted(part: Part, data: Data, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What the method learns.

    Raises DataError ``measure_absent`` with every measure that is missing: ``measure`` the first
    one, ``measures`` the name by language of each (empty where it is no column of the user's).
    """
    missing: dict[str, dict[str, str]] = {}
    tried = data
    while True:
        try:
            learned = method(part.method).fit(part, tried)
        except DataError as error:
            key = str(error.params.get("measure", ""))
            if error.code == "measure_absent" and key not in missing:
                missing[key] = dict(columns.get(key, {}).get("name", {}))
                # As if it were there, to find what else is missing.
                tried = _with(tried, key)
                continue
            if not missing:
                raise
        if missing:
            first = next(iter(missing))
            raise DataError("measure_absent", measure=first, measures=missing)
        return learned


def _with(data: Data, key: str) -> Data:
    values = {**data.values, key: np.ones(len(data))}
    texts = {**data.texts, key: ["1"] * len(data)} if key in data.texts else data.texts
    return dataclasses.replace(data, values=values, texts=texts)
