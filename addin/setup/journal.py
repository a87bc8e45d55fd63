"""Changes to a machine that can be taken back until all of them are done."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from addin.setup.manifest import digest


class Journal:
    """Use it as a context: an error inside undoes every change, the last one first.

    ``changes`` counts them; ``folders`` are those that were made, ``files`` the SHA-256 of what
    was written. OSErrors of the system come through.
    """

    def __init__(self) -> None:
        self.changes = 0
        self.folders: list[str] = []
        self.files: dict[str, str] = {}
        self._undo: list[Callable[[], None]] = []
        self._finish: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for step in self._finish if error is None else reversed(self._undo):
            with suppress(OSError):
                step()

    def folder(self, path: Path) -> None:
        """The folder and those above it, where they are missing."""
        missing = [each for each in (path, *path.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self.changes += 1
            self.folders.append(str(each))
            self._undo.append(each.rmdir)

    def write(self, path: Path, content: bytes) -> None:
        """The file, whole or not at all; one that says the same already is left alone."""
        before = path.read_bytes() if path.exists() else None
        self.files[str(path)] = digest(content)
        if before == content:
            return
        self.folder(path.parent)
        _replace(path, content)
        self.changes += 1
        self._undo.append(lambda: _put_back(path, before))

    def remove(self, path: Path) -> None:
        """The file is gone."""
        before = path.read_bytes()
        path.unlink()
        self.changes += 1
        self._undo.append(lambda: _put_back(path, before))

    def remove_later(self, folder: Path) -> None:
        """The folder is gone when all has gone well."""
        self._finish.append(lambda: shutil.rmtree(folder))

    def undo(self, step: Callable[[], None]) -> None:
        """What takes back a change that is no file of ours."""
        self.changes += 1
        self._undo.append(step)

    def new_folder(self, path: Path) -> None:
        """An empty folder, even if there is one: the old one is back if an error comes.

        Raises PermissionError when a program runs from the old one.
        """
        aside = path.with_name(f"{path.name}.old")
        if path.exists():
            if aside.exists():
                shutil.rmtree(aside)
            path.rename(aside)
            self._undo.append(lambda: _rename(aside, path))
            self.remove_later(aside)
        self.folder(path.parent)
        path.mkdir()
        self.changes += 1
        self._undo.append(lambda: shutil.rmtree(path))


def _replace(path: Path, content: bytes) -> None:
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        made.write_bytes(content)
        os.replace(made, path)  # noqa: PTH105
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        _replace(path, before)


def _rename(old: Path, new: Path) -> None:
    old.rename(new)
