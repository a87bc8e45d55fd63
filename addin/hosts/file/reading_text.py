"""Read text files, whatever their encoding and delimiter, into a sheet of text cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from segmentation.errors import FileError
from segmentation.sources import RawSheet

_SNIFF_LINES = 200


def read_text(path: Path) -> RawSheet:
    """The only sheet of a text file.

    Raises FileError ``not_readable unreadable_encoding empty_file damaged_file``.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise FileError("not_readable", file=str(path)) from None
    text = decode(raw, path)
    if "\n" not in text:  # as spreadsheets on old Macs end their rows
        text = text.replace("\r", "\n")
    if not text.strip():
        raise FileError("empty_file", file=path.name)
    delimiter, width = _shape_of(text)
    schema = {f"c{i}": pl.String for i in range(width)}
    try:
        cells = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            separator=delimiter,
            schema=schema,
            missing_columns="insert",
            truncate_ragged_lines=True,
            infer_schema=False,
        )
    except Exception:
        cells = _lenient(text, delimiter, schema, path)
    if '="' in text:  # how exports keep Excel from dropping the zeros of ="00123"
        cells = cells.with_columns(pl.all().str.replace(r'^="(.*)"$', "$1"))
    return RawSheet(file=path.name, sheet=path.stem, cells=cells)


def _lenient(
    text: str, delimiter: str, schema: Mapping[str, type[pl.String]], path: Path
) -> pl.DataFrame:
    """Rows with quotes in the midst of a text (``5" pipe``); a quote left open is damage."""
    width = len(schema)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise FileError("damaged_file", file=path.name) from None
    padded = [[cell or None for cell in (row + [""] * width)[:width]] for row in rows]
    return pl.DataFrame(padded, schema=schema, orient="row")


def decode(raw: bytes, path: Path) -> str:
    """Text of a file in UTF-8 (with or without mark), UTF-16 with mark, or GB18030."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("unreadable_encoding", file=path.name)


def _shape_of(text: str) -> tuple[str, int]:
    """Delimiter and widest row: the delimiter under which most rows are equally wide."""
    head = text[: 1 << 16].splitlines()[:_SNIFF_LINES]
    best = (0, 1, ",")
    for delimiter in (",", "\t", ";", "|"):
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter)]
        usual = max(set(widths), key=lambda w: (widths.count(w) * (w > 1), w), default=1)
        best = max(best, (widths.count(usual) * (usual > 1), max(widths, default=1), delimiter))
    return best[2], best[1]
