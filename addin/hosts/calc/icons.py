"""The buttons' icons, drawn as bars of tiers; the word beside them says the rest."""

from __future__ import annotations

import struct
import zlib

SIZES = (16, 26)
_COLOURS = ((31, 119, 80), (46, 117, 182), (237, 155, 51), (150, 150, 150))
# How long the bars of the tiers are, in sixteenths, from the best one down.
_BARS = {
    "grade": (5, 8, 11, 14),
    "check": (14, 14, 14, 5),
    "compare": (14, 11, 8, 5),
    "explain": (14, 3, 3, 3),
    "whatif": (8, 14, 5, 11),
    "strategy": (14, 8, 14, 8),
    "settings": (4, 12, 4, 12),
    "help": (11, 14, 11, 6),
}


def picture(action: str, size: int) -> bytes:
    """A PNG with as many pixels a side."""
    bars = _BARS[action]
    thick, gap = size * 3 // 16, size // 16
    top = (size - 4 * thick - 3 * gap) // 2
    rows = [[(0, 0, 0, 0)] * size for _ in range(size)]
    for number, (long, colour) in enumerate(zip(bars, _COLOURS, strict=True)):
        for y in range(thick):
            for x in range(size // 16, size // 16 + size * long // 16):
                rows[top + number * (thick + gap) + y][x] = (*colour, 255)
    return _png(rows, size)


def _png(rows: list[list[tuple[int, int, int, int]]], size: int) -> bytes:
    raw = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
