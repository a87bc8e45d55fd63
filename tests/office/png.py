"""Small pictures: PNG files of at most 256 colours."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

COLOURS = 256
PALETTE, EIGHT_BITS = 3, 8

Dots = npt.NDArray[np.uint8]
"""A picture: height, width, and red, green, blue of each dot."""


def save(dots: Dots, path: Path) -> Path:
    """Write a picture with its most frequent colours."""
    height, width, _ = dots.shape
    palette, indices = reduce(dots.reshape(-1, 3))
    # Each line begins with its filter: 0, as it is, the best for pictures with a palette.
    lines = np.zeros((height, width + 1), dtype=np.uint8)
    lines[:, 1:] = indices.reshape(height, width)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, EIGHT_BITS, PALETTE, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def reduce(colours: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """A palette of at most 256 colours, and the place in it of each of ``colours`` (rows of 3).

    The most frequent colours stay as they are; every other becomes the nearest of them.
    """
    # One number a colour: NumPy sorts those faster than rows of three.
    packed = colours.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    found, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kinds = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8)
    palette = kinds[np.argsort(counts, kind="stable")[::-1][:COLOURS]]
    nearest = np.empty(len(kinds), dtype=np.uint8)
    for start in range(0, len(kinds), 1000):
        some = kinds[start : start + 1000, None, :].astype(np.int32) - palette[None].astype(
            np.int32
        )
        nearest[start : start + 1000] = (some**2).sum(axis=2).argmin(axis=1)
    return palette, nearest[places.reshape(-1)]
