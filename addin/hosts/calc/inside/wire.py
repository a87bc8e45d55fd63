"""What the worker and its client say to each other: a length, then a pickle.

Both ends are Fenji's own, and only plain values go over: numbers, text, None, tuples, lists and
dicts. The reader refuses every class, so that reading can run nothing, whoever wrote.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Iterable
from typing import Any, NoReturn

PROTOCOL = 1
_LENGTH = struct.Struct(">Q")
HEAD = _LENGTH.size
# Rows of a range that may come again with every cell: a model, limits, weights.
SMALL = 500
_KEPT = 8
# No worksheet makes a message so long: what claims to be is not ours.
_LONGEST = 1 << 34


class BrokenError(Exception):
    """The other end has gone, or does not speak like one of ours."""


class LateError(Exception):
    """There is no whole message within the time allowed."""


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name}")


class Kept:
    """Small ranges that both ends keep, so that a model goes over once and not with each cell.

    The client finds one by its identity. Over the wire goes the place of a kept range, a whole
    number, or a list of the place and the range that is to be kept there; Calc's own values are
    neither.
    """

    def __init__(self) -> None:
        self._ranges: list[Any] = []

    def shortened(self, given: Iterable[Any]) -> list[Any]:
        """What goes over for the arguments of a call."""
        return [self._place(g) if _is_small(g) else g for g in given]

    def _place(self, given: Any) -> Any:
        for place, known in enumerate(self._ranges):
            if known is given:
                return place
        # All anew, rather than deciding which of many is the one to go.
        if len(self._ranges) >= _KEPT:
            self._ranges = []
        self._ranges.append(given)
        return [len(self._ranges) - 1, given]

    def restored(self, given: Iterable[Any]) -> list[Any]:
        """The arguments from what came over."""
        return [self._restored(g) if type(g) is list or type(g) is int else g for g in given]

    def _restored(self, given: Any) -> Any:
        if type(given) is int:
            return self._ranges[given]
        place, known = given
        del self._ranges[place:]
        self._ranges.append(known)
        return known


def _is_small(given: Any) -> bool:
    return type(given) is tuple and 1 < len(given) <= SMALL


def packed(message: Any, kept: Kept | None = None) -> bytes:
    """A message; that of a call ends with its arguments, for which ``kept`` may stand.

    Raises what pickle raises where a value can't be handed over.
    """
    if kept is not None:
        message = (*message[:-1], kept.shortened(message[-1]))
    data = pickle.dumps(message, protocol=4)
    return _LENGTH.pack(len(data)) + data


def length(head: bytes) -> int:
    """How many bytes follow the first `HEAD`. Raises BrokenError."""
    (found,) = _LENGTH.unpack(head)
    if found > _LONGEST:
        raise BrokenError
    return int(found)


def unpacked(data: bytes) -> Any:
    """The message in the bytes after the head. Raises BrokenError."""
    try:
        return _Plain(io.BytesIO(data)).load()
    except Exception:  # pickle raises nearly anything for what it can't read
        raise BrokenError from None
