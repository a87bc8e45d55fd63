"""Read workbooks, text files and Parquet into sheets of text cells."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import polars as pl

from addin.hosts.file.reading_package import check_corners, merged_blocks
from addin.hosts.file.reading_text import read_text
from segmentation.errors import FileError
from segmentation.sources import RawSheet

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
# Their readers panic at some damaged files.
_PANICKY = (".xls", ".parquet")
ENDINGS = (*WORKBOOKS, *TEXTS, ".parquet")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CONTROL = re.compile(rb"[\x00-\x08]")
_SIGNATURES = {b"PK\3\4": ".xlsx", b"PAR1": ".parquet", _OLE: ".xls"}


def read_sources(
    paths: Iterable[Path],
    *,
    sheet: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[RawSheet]:
    """All sheets of all files, or those named ``sheet``; hidden ones are marked.

    Raises FileError: ``missing_file directory empty_file unknown_ending protected_workbook
    damaged_workbook too_large unreadable_encoding no_such_sheet damaged_file not_readable
    wrong_ending``.
    """
    sheets: list[RawSheet] = []
    for path in paths:
        if progress:
            progress(path.name)
        sheets += _read(path, sheet)
    return sheets


def _read(path: Path, sheet: str | None) -> list[RawSheet]:
    if not path.exists():
        raise FileError("missing_file", file=str(path))
    if path.is_dir():
        raise FileError("directory", file=str(path))
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FileError("unknown_ending", file=path.name, endings=" ".join(ENDINGS))
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        raise FileError("not_readable", file=str(path)) from None
    if not start:
        raise FileError("empty_file", file=path.name)
    _check_ending(path, ending, start)
    try:
        with _quiet() if ending in _PANICKY else nullcontext():
            return _sheets(path, ending, sheet)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's own kind, which is no Exception
            raise
    raise FileError("damaged_workbook" if ending in WORKBOOKS else "damaged_file", file=path.name)


def _sheets(path: Path, ending: str, sheet: str | None) -> list[RawSheet]:
    if ending in WORKBOOKS:
        return _workbook(path, sheet)
    only = _parquet(path) if ending == ".parquet" else read_text(path)
    if sheet not in (None, only.sheet):
        raise FileError("no_such_sheet", file=path.name, sheet=sheet, sheets=only.sheet)
    return [only]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Rust from telling of a panic on standard error: the user gets a sentence instead."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # a program without a console
        yield
        return
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check_ending(path: Path, ending: str, start: bytes) -> None:
    """Refuse a file whose first bytes are those of another kind."""
    if start == _OLE and _ENCRYPTED in path.read_bytes():
        raise FileError("protected_workbook", file=path.name)
    known = (kind for sign, kind in _SIGNATURES.items() if start.startswith(sign))
    kind = next(known, ".csv" if _is_text(path) else ending)
    zipped = (".xlsx", ".xlsm", ".xlsb", ".ods")
    alike = {".xlsx": zipped, ".csv": TEXTS}.get(kind, (kind,))
    if ending not in alike:
        raise FileError("wrong_ending", file=path.name, ending=kind)


def _is_text(path: Path) -> bool:
    """Whether it begins like a table in a text file; a page of HTML does not."""
    with path.open("rb") as file:
        start = file.read(1 << 12)
    return not _CONTROL.search(start) and not start.lstrip().startswith(b"<")


def _workbook(path: Path, sheet: str | None) -> list[RawSheet]:
    import fastexcel  # noqa: PLC0415  (late: text files and --help do without it)

    corners = check_corners(path) if path.suffix.lower() in (".xlsx", ".xlsm") else {}
    try:
        reader = fastexcel.read_excel(path)
        names = reader.sheet_names
    except Exception as error:
        raise _failure(path, error) from None
    if sheet is not None and sheet not in names:
        raise FileError("no_such_sheet", file=path.name, sheet=sheet, sheets=", ".join(names))
    sheets = []
    for name in [sheet] if sheet is not None else names:
        try:
            loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            visible = loaded.visible == "visible"
            cells = loaded.to_polars()
        except Exception as error:
            if "not a valid worksheet" in str(error):  # a chart sheet
                continue
            raise _failure(path, error) from None
        if cells.width:
            cells.columns = [f"c{i}" for i in range(cells.width)]
            sheets.append(
                RawSheet(
                    file=path.name,
                    sheet=name,
                    cells=cells,
                    first_column=corners.get(name, 0),
                    hidden=not visible and sheet is None,
                    merged=partial(merged_blocks, path, name),
                )
            )
    return sheets


def _failure(path: Path, error: Exception) -> FileError:
    if "password" in str(error).lower() or "encrypt" in str(error).lower():
        return FileError("protected_workbook", file=path.name)
    return FileError("damaged_workbook", file=path.name)


def _parquet(path: Path) -> RawSheet:
    try:
        frame = pl.read_parquet(path)
        texts = [_as_text(frame[name]).alias(name) for name in frame.columns]
    except Exception:
        raise FileError("damaged_file", file=path.name) from None
    header = pl.DataFrame({f"c{i}": [name] for i, name in enumerate(frame.columns)})
    body = pl.DataFrame({f"c{i}": text for i, text in enumerate(texts)})
    cells = pl.concat([header.cast(pl.String), body]) if frame.width else pl.DataFrame()
    return RawSheet(file=path.name, sheet=path.stem, cells=cells)


def _as_text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S")
    if column.dtype.is_float():
        finite = pl.select(pl.when(column.is_finite()).then(column)).to_series()
        return finite.cast(pl.String).str.replace(r"\.0$", "")
    return column.cast(pl.String)
