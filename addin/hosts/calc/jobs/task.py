"""What a button in Calc asks for, and what it is given back: a plan for the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from addin.words import Words


class CalcProblem(Exception):  # noqa: N818 (it is told as a problem, not as an error)
    """Something that the user can put right.

    ``code`` names the sentence ``calc.problem.<code>`` of the language files, or where Calc needs
    no words of its own ``excel.problem.<code>``; ``params`` fill it.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def told(self, words: Words) -> str:
        own = f"calc.problem.{self.code}"
        return words(own if words.has(own) else f"excel.problem.{self.code}", **self.params)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column beside the user's own list; rows and columns count from 0.

    ``column`` is None for a new one; it comes right of ``after``, the list's last column. ``cells``
    are pairs of row and text, None for a cell that is to be blank.
    """

    sheet: str
    header_row: int
    column: int | None
    after: int
    header: str
    width_mm: float
    cells: list[tuple[int, str | None]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be said, and done with the document.

    ``put`` says how ``file`` gets into it: ``insert`` all its ``sheets``, ``replace`` those of its
    sheets, or ``open`` it on its own. ``show`` is the sheet to look at, ``url`` a page to open.
    """

    said: str
    kind: str = "done"
    title: str = ""
    file: Path | None = None
    put: str | None = None
    sheets: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    show: str | None = None
    url: str | None = None

    def line(self, title: str) -> str:
        """The plan as one line of ASCII, which passes any pipe unharmed."""
        found = asdict(self) | {"title": title, "file": str(self.file) if self.file else None}
        return json.dumps(found)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One press of a button.

    ``copy`` is the document's copy in ``folder``, which takes all that is temporary; ``title`` is
    the document's name and ``beside`` its folder, where it has one. ``configuration`` holds the log
    and the help.
    """

    words: Words
    folder: Path
    configuration: Path
    step: Callable[[str], None]
    copy: Path | None = None
    title: str = ""
    beside: Path | None = None
    name: str = ""
    sheet: str = ""
    row: int = 0

    @property
    def document(self) -> Path:
        """The document's copy. Raises CalcProblem ``no_document``."""
        if self.copy is None:
            raise CalcProblem("no_document")
        return self.copy
