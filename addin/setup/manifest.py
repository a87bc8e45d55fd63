"""What an installation created, so that it can be taken away again without a trace."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from addin.setup.place import Place

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``files`` maps each path to the SHA-256 of what was written there, ``folders`` are those
    that did not exist before, outer ones first, ``environment`` is the folder of the Python."""

    fenji: str = ""
    environment: str = ""
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    format: int = FORMAT


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file; None when it can't be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return None


def load(place: Place) -> Manifest | None:
    """What was installed; None when nobody wrote it down, or not readably."""
    return read(place.manifest)


def read(file: Path) -> Manifest | None:
    """The manifest in that file."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        known = Manifest(**found)
    except (OSError, ValueError, TypeError):
        return None
    sound = isinstance(known.files, dict) and isinstance(known.folders, list)
    return known if sound and known.format == FORMAT else None


def hand_on(folders: list[str], file: Path) -> None:
    """Who still uses these folders removes them in the end: Excel's installation or Calc's."""
    known = read(file)
    if known:
        new = [each for each in folders if each not in known.folders]
        heir = replace(known, folders=[*known.folders, *new])
        file.write_text(text_of(heir), encoding="utf-8")


def text_of(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
