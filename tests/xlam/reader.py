"""Visual Basic out of a file, read after [MS-OVBA]; nothing of what writes it is used here."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import olefile

PROJECT_VERSION = 0x09
DIR_END = 0x10
MODULE_NAME, STREAM_NAME, TEXT_OFFSET = 0x19, 0x1A, 0x31
PROCEDURAL, OTHER, MODULE_END = 0x21, 0x22, 0x2B
CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Module:
    name: str
    text: str
    procedural: bool  # a standard module; otherwise a document or a class


def decompressed(data: bytes) -> bytes:
    """A compressed container, [MS-OVBA] 2.4.1."""
    assert data[0] == 1
    out = bytearray()
    at = 1
    while at < len(data):
        (header,) = struct.unpack_from("<H", data, at)
        assert header >> 12 & 7 == 3
        end = min(at + (header & 0xFFF) + 3, len(data))
        at += 2
        start = len(out)
        if not header >> 15:
            out += data[at : at + CHUNK]
            at = end
            continue
        while at < end:
            at = _tokens(data, at, end, out, start)
    return bytes(out)


def _tokens(data: bytes, at: int, end: int, out: bytearray, start: int) -> int:
    """One flag byte and its eight tokens; where the next one begins."""
    flags = data[at]
    at += 1
    for bit in range(8):
        if at >= end:
            break
        if not flags >> bit & 1:
            out.append(data[at])
            at += 1
            continue
        (token,) = struct.unpack_from("<H", data, at)
        at += 2
        bits = max((len(out) - start - 1).bit_length(), 4)
        length = (token & 0xFFFF >> bits) + 3
        back = (token >> 16 - bits) + 1
        for _ in range(length):
            out.append(out[-back])
    return at


def _records(data: bytes) -> list[tuple[int, bytes]]:
    """The records of the dir stream, 2.3.4.2: number, length, content."""
    found = []
    at = 0
    while at + 6 <= len(data):
        number, length = struct.unpack_from("<HI", data, at)
        length += 2 if number == PROJECT_VERSION else 0  # its length leaves out the minor version
        found.append((number, data[at + 6 : at + 6 + length]))
        at += 6 + length
        if number == DIR_END:
            break
    # pyOpenVBA ends with four zeros more than the specification has.
    assert number == DIR_END
    assert not any(data[at:])
    return found


def modules(project: bytes) -> list[Module]:
    """The modules of a vbaProject.bin, in the order of its directory."""
    with olefile.OleFileIO(io.BytesIO(project)) as file:
        records = _records(decompressed(file.openstream(["VBA", "dir"]).read()))
        found = []
        fields: dict[int, bytes] = {}
        for number, content in records:
            fields[number] = content
            if number == MODULE_END:
                stream = file.openstream(["VBA", fields[STREAM_NAME].decode("ascii")]).read()
                (offset,) = struct.unpack("<I", fields[TEXT_OFFSET])
                text = decompressed(stream[offset:]).decode("ascii")
                name = fields[MODULE_NAME].decode("ascii")
                found.append(Module(name=name, text=text, procedural=PROCEDURAL in fields))
                fields = {}
            elif number == MODULE_NAME:
                fields = {MODULE_NAME: content}
        return found


def declared(project: bytes) -> dict[str, str]:
    """{module: Module or Document} of the PROJECT stream, 2.3.1."""
    with olefile.OleFileIO(io.BytesIO(project)) as file:
        lines = file.openstream("PROJECT").read().decode("ascii").splitlines()
    pairs = (line.partition("=") for line in lines[: lines.index("")])
    kinds = ("Module", "Document", "Class", "BaseClass")
    return {value.partition("/")[0]: kind for kind, _, value in pairs if kind in kinds}
