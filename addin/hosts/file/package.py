"""The zip level of a workbook: read parts, copy entries as they are, write new ones."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError

LEVEL = 1
"""Deflate's fastest level: rows of XML shrink to about a tenth even so."""

_LARGEST = 2**32 - 1
_LARGEST_PART = 2**31
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


class Block(NamedTuple):
    """A piece of a part: its size and content before, its bytes after compression."""

    raw: bytes
    packed: bytes


def pack(raw: bytes, *, last: bool = False) -> Block:
    """Compress one block so that blocks simply follow one another in an entry."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    packed = deflate.compress(raw)
    return Block(raw, packed + deflate.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH))


class Package:
    """A workbook file opened for reading; a context manager.

    TemplateError ``not_a_workbook`` if it can't be read as a zip file of parts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise self._broken(error.strerror or str(error)) from error
        try:
            self._zip = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise self._broken(str(error)) from error
        self.entries = self._zip.infolist()
        if any(entry.flag_bits & 1 for entry in self.entries):
            self._file.close()
            raise self._broken("encrypted")
        self._names = {entry.filename.lower(): entry for entry in self.entries}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._zip.close()
        self._file.close()

    def entry(self, part: str) -> zipfile.ZipInfo | None:
        """The entry of a part; part names are compared without regard to case."""
        return self._names.get(part.lower())

    def read(self, part: str) -> bytes:
        """The content of a part."""
        entry = self.entry(part)
        if entry is None:
            raise self._broken(f"no {part}")
        if entry.file_size > _LARGEST_PART:
            raise self._broken(f"{part} too large")
        try:
            data = self._zip.read(entry)
        except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, zlib.error) as error:
            raise self._broken(str(error)) from error
        return _as_utf8(data)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: id -> (kind, part). The kind is the type's last word."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.entry(rels) is None:
            return {}
        found = {}
        for node in xmlspan.read(self.read(rels)).all("Relationship"):
            if node.attrs.get("TargetMode") != "External":
                target = posixpath.join("/", folder, node.attrs.get("Target", ""))
                kind = node.attrs.get("Type", "").rpartition("/")[2]
                found[node.attrs.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))
        return found

    def external(self, part: str) -> dict[str, str]:
        """The addresses outside the package that a part refers to, by id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.entry(rels) is None:
            return {}
        return {
            node.attrs.get("Id", ""): node.attrs.get("Target", "")
            for node in xmlspan.read(self.read(rels)).all("Relationship")
            if node.attrs.get("TargetMode") == "External"
        }

    def raw(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of an entry as they stand in the file, still compressed."""
        self._file.seek(entry.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise self._broken("bad local header")
        *_, name_size, extra_size = _LOCAL.unpack(header)
        self._file.seek(name_size + extra_size, 1)
        left = entry.compress_size
        while left:
            chunk = self._file.read(min(left, 1 << 20))
            if not chunk:
                raise self._broken("truncated")
            left -= len(chunk)
            yield chunk

    def _broken(self, reason: str) -> TemplateError:
        return TemplateError("not_a_workbook", path=str(self.path), reason=reason)


def _as_utf8(data: bytes) -> bytes:
    """A part may also be UTF-16; everything here works on UTF-8."""
    if data[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return data
    text = data.decode("utf-16")
    if text.startswith("<?xml"):
        text = text[text.index("?>") + 2 :]
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text.encode()


class Writer:
    """Writes a zip file, entry after entry, into a file open for writing."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._central: list[bytes] = []

    def copy(self, package: Package, entry: zipfile.ZipInfo) -> None:
        """Copy an entry without unpacking it."""
        sizes = (entry.CRC, entry.compress_size, entry.file_size)
        start = self._begin(entry, entry.compress_type, sizes)
        for chunk in package.raw(entry):
            self._file.write(chunk)
        self._note(entry, entry.compress_type, sizes, start)

    def write(self, entry: zipfile.ZipInfo, blocks: Iterable[Block]) -> None:
        """Write new content under an entry's name and date; the last block must be a last one."""
        start = self._begin(entry, zipfile.ZIP_DEFLATED, (0, 0, 0))
        crc = packed_size = size = 0
        for block in blocks:
            self._file.write(block.packed)
            crc = zlib.crc32(block.raw, crc)
            packed_size += len(block.packed)
            size += len(block.raw)
        sizes = (crc, packed_size, size)
        end = self._file.tell()
        self._file.seek(start)
        self._begin(entry, zipfile.ZIP_DEFLATED, sizes)
        self._file.seek(end)
        self._note(entry, zipfile.ZIP_DEFLATED, sizes, start)

    def finish(self) -> None:
        """Write the directory at the end of the file."""
        start = self._file.tell()
        directory = b"".join(self._central)
        count = len(self._central)
        if start + len(directory) > _LARGEST or count > 0xFFFF:
            raise OverflowError("the workbook is larger than 4 GB")
        self._file.write(directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
        self._file.write(end)

    def _begin(self, entry: zipfile.ZipInfo, method: int, sizes: tuple[int, int, int]) -> int:
        start = self._file.tell()
        name, flags = _name(entry)
        if max(*sizes, start) > _LARGEST:
            raise OverflowError("the workbook is larger than 4 GB")
        fields = (20, flags, method, *_moment(entry), *sizes, len(name), 0)
        self._file.write(_LOCAL.pack(b"PK\x03\x04", *fields) + name)
        return start

    def _note(
        self, entry: zipfile.ZipInfo, method: int, sizes: tuple[int, int, int], start: int
    ) -> None:
        name, flags = _name(entry)
        made_by = entry.create_system << 8 | 20
        head = (made_by, 20, flags, method, *_moment(entry), *sizes, len(name), 0, 0, 0)
        rest = (entry.internal_attr, entry.external_attr, start)
        self._central.append(_CENTRAL.pack(b"PK\x01\x02", *head, *rest) + name)


def _name(entry: zipfile.ZipInfo) -> tuple[bytes, int]:
    """The name's bytes, and the flags that are still true: sizes stand in the header now."""
    utf8 = 0x800
    if entry.flag_bits & utf8 or not entry.orig_filename.isascii():
        return entry.orig_filename.encode(), utf8
    return entry.orig_filename.encode(), 0


def _moment(entry: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = entry.date_time
    days = max(year - 1980, 0) << 9 | month << 5 | day
    return hour << 11 | minute << 5 | second // 2, days
