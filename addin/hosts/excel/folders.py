"""Where files go that belong to no workbook's folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from addin.hosts.excel.native import property_of
from addin.hosts.excel.session import Session
from addin.saving import free_name, is_writable
from addin.setup.errors import SetupError
from addin.setup.place import here

if TYPE_CHECKING:
    import xlwings as xw


def configuration() -> Path:
    """The configuration folder of this user."""
    try:
        return here().configuration
    except SetupError:  # a system without Excel, where the job may still be tried
        return Path.home() / ".fenji"


def documents(session: Session) -> Path:
    """The folder in which Excel suggests to save, else the user's documents or our own folder."""
    places = []
    with suppress(Exception):
        places.append(Path(str(property_of(session.app, "DefaultFilePath", "default_file_path"))))
    places.append(Path.home() / "Documents")
    found = next((place for place in places if is_writable(place)), None)
    if found:
        return found
    session.folder.mkdir(parents=True, exist_ok=True)
    return session.folder


def free_place(book: xw.Book | None, name: str, session: Session) -> Path:
    """A path for a new file that is not taken: beside the workbook where that can be."""
    beside = str(property_of(book, "Path", "path") or "") if book is not None else ""
    local = bool(beside) and "://" not in beside and is_writable(Path(beside))
    folder = Path(beside) if local else documents(session)
    return free_name(folder / name)
