"""How much room texts take in a column, in narrow characters."""

from __future__ import annotations

import math
from collections.abc import Iterable

NARROW = 0x2E7F
# Bold letters, and the air at both ends of a cell.
BOLD, AIR = 1.15, 3.0
# A tier's name stands in two lines rather than in a wider column.
WIDEST_NAME = 22.0
LINE_HEIGHT, USUAL_LINES, PADDING = 15, 2, 14


def room(text: str) -> int:
    """How wide a text is; a Chinese character is as wide as two letters."""
    return sum(1 + (ord(char) > NARROW) for char in text)


def word_width(text: str) -> float:
    """A column's width that breaks no word of a header; Chinese breaks anywhere."""
    words = [word for word in text.replace("-", "- ").split() if word.isascii()]
    return AIR + BOLD * max((len(word) for word in words), default=0)


def name_width(name: str) -> float:
    """A column's width that takes a tier's name in two lines."""
    return min(WIDEST_NAME, max(word_width(name), AIR + BOLD * room(name) / 2))


def header_height(headers: Iterable[tuple[str, float]]) -> int:
    """A header row's pixels that take each header in a column of its width: two lines or more."""
    lines = [math.ceil(BOLD * room(text) / (width - AIR + 1)) for text, width in headers]
    return PADDING + LINE_HEIGHT * max([USUAL_LINES, *lines])
