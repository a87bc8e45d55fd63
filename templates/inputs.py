"""What the sheets Orders and Customer data ask for, and the sample rows that may stand there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "date", "amount", "number", "share", "class"]
Cell = str | float | dt.date | None
# The IDs of sample rows: nobody's own customers are called so.
SAMPLE_START = {"en": "SAMPLE-", "zh": "示例-"}
SAMPLE_ID = re.compile(f"(?:{'|'.join(SAMPLE_START.values())})[0-9]{{3}}")
ORDERS, ATTRIBUTES = "FenjiOrders", "FenjiAttributes"
# The names of the sample rows, by the key of their sheet.
SAMPLE_ROWS = {"orders": "FenjiSampleOrders", "attributes": "FenjiSampleAttributes"}


def like_sample(lang: str) -> str:
    """What COUNTIFS counts the IDs of a sample by."""
    return f'"{SAMPLE_START[lang]}???"'


@dataclass(frozen=True, kw_only=True)
class InputColumn:
    """A column to be filled in. ``choices`` are what a ``class`` is usually one of, ``most`` is the
    highest number there can be; ``prompt`` says in a sentence what belongs there."""

    header: str
    kind: Kind
    prompt: str = ""
    choices: tuple[str, ...] = ()
    most: float | None = None


@dataclass(frozen=True, kw_only=True)
class InputSheet:
    """One of the sheets that people paste into: its columns, and sample rows if there are any."""

    columns: tuple[InputColumn, ...]
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The form of a workbook that people paste into; without ``attributes`` it has one such sheet.

    ``about`` says in a sentence or two whom the scheme grades, and by what.
    """

    orders: InputSheet
    attributes: InputSheet | None = None
    about: str = ""

    @property
    def has_sample(self) -> bool:
        """Whether sample rows stand there."""
        return bool(self.orders.rows)
