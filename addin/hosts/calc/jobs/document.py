"""The copy of the document: under the document's own name, and what of it is Fenji's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from addin import requests
from addin.arguments import parser
from addin.graded_book import CUSTOMERS, spoken
from addin.hosts.calc.jobs.places import fitting
from addin.hosts.calc.jobs.task import CalcProblem, Task
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.own_tables import own_sheets
from addin.hosts.file.package import Package
from addin.hosts.file.restoring import restored
from addin.hosts.file.workbookxml import Workbook
from addin.requests import Request
from addin.words import Words
from segmentation.notes import Note
from segmentation.sources import RawSheet

_PACKAGES = (".xlsx", ".xlsm")


@dataclass(frozen=True, kw_only=True)
class Document:
    """The document as a file. ``path`` has its name, but the ending of the copy."""

    path: Path
    title: str

    @classmethod
    def of(cls, task: Task) -> Document:
        """The document of a task. Raises CalcProblem ``no_document``."""
        copy = task.document
        title = task.title or copy.name
        stem = Path(title).stem if Path(title).suffix else title
        named = task.folder / "document" / (fitting(stem)[:100] + copy.suffix.lower())
        named.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(copy, named)
        except OSError:
            raise CalcProblem("no_document") from None
        with suppress(TemplateError):  # whoever reads it says so
            restored(named, named)
        return cls(path=named, title=title)

    @cached_property
    def own(self) -> dict[str, set[str]]:
        """Fenji's sheets, with the names of its tables there in small letters."""
        found = own_sheets(self.path)
        return {sheet: {table.name.lower() for table in some} for sheet, some in found.items()}

    def holds(self, table: str) -> bool:
        """Whether one of Fenji's tables stands in it."""
        return any(table.lower() in tables for tables in self.own.values())

    @property
    def is_graded(self) -> bool:
        """Whether Fenji's own table of customers stands in it."""
        return self.holds(CUSTOMERS)

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """The names of its sheets; none where it can't be read."""
        with suppress(TemplateError), self._package() as package:
            return tuple(sheet.name for sheet in Workbook(package).sheets)
        return ()

    def refuse_protected(self) -> None:
        """Raises CalcProblem ``protected_structure`` where no sheet can be added."""
        with suppress(TemplateError), self._package() as package:
            locked = Workbook(package).root.find("workbookProtection")
            if locked is not None and locked.attrs.get("lockStructure") in {"1", "true"}:
                raise CalcProblem("protected_structure", book=self.title)

    def _package(self) -> Package:
        if self.path.suffix.lower() not in _PACKAGES:
            raise TemplateError("not_a_workbook", path=str(self.path))
        return Package(self.path)

    def named(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters of a sentence, with the document called what the user calls it."""
        return {k: self.title if v == self.path.name else v for k, v in params.items()}

    def notes(self, notes: Sequence[Note]) -> list[Note]:
        return [(code, self.named(params)) for code, params in notes]

    def spoken(self, words: Words) -> Words:
        """The language of Fenji's sheets in it, so that their headers fit; else the user's."""
        return spoken(self.path, words)

    def asked(self, words: Words) -> Request:
        """What grading it asks for: by the settings that stand in it. Raises FenjiError."""
        return requests.request(parser(words).parse_args(["grade", str(self.path)]), words)

    def to_grade(self, asked: Request, task: Task) -> list[RawSheet]:
        """Its sheets that may be graded. Raises FenjiError.

        Customers graded before are among them only where there is nothing else.
        """
        found = requests.sheets_of(
            asked, lambda said: task.step(said.replace(self.path.name, self.title))
        )
        theirs = [sheet for sheet in found if sheet.sheet not in self.own]
        return requests.first_hand(asked, found, theirs, besides_orders=False)
