"""Names of sheets: those in a file, and names for Fenji's that the document does not have yet."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from addin.button_words import ReplacedWords
from addin.hosts.file.package import Package
from addin.hosts.file.workbookxml import Workbook
from addin.words import Words

# A spreadsheet takes no longer name.
_LONGEST = 31


def sheets_in(path: Path) -> tuple[str, ...]:
    """The names of a workbook's sheets in their order. Raises TemplateError."""
    with Package(path) as package:
        return tuple(sheet.name for sheet in Workbook(package).sheets)


def free_names(words: Words, taken: Collection[str]) -> Words:
    """The words with other names for those of Fenji's sheets that are ``taken``."""
    used = {name.casefold() for name in taken}
    names = words.section("sheet")
    if not any(name.casefold() in used for name in names.values()):
        return words
    used |= {name.casefold() for name in names.values()} - used
    return ReplacedWords(
        words, {"sheet": {key: _free(name, taken, used) for key, name in names.items()}}
    )


def _free(name: str, taken: Collection[str], used: set[str]) -> str:
    if name.casefold() not in {other.casefold() for other in taken}:
        return name
    number = 2
    while True:
        end = f" {number}"
        wanted = name[: _LONGEST - len(end)] + end
        if wanted.casefold() not in used:
            used.add(wanted.casefold())
            return wanted
        number += 1
