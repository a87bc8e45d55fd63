"""Formulas that Excel saved with the add-in's place in front, read as what they mean.

Excel writes ``'C:\\…\\Fenji.xlam'!RFM_TIER(`` where it did not find the add-in, ``[1]!RFM_TIER(``
where it lies in another workbook, ``_xll.RFM_TIER(`` where it is a library. To Calc these are
names of something else. It also keeps the errors that another program saved as results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob

NAME = "org.fenji.calc.Mending"
_FUNCTIONS = json.loads(Path(__file__).with_name("functions.json").read_text(encoding="utf-8"))
_NAMES = "|".join(sorted(_FUNCTIONS, key=len, reverse=True))
_ERRORS = 4  # com.sun.star.sheet.FormulaResult.ERROR
_CALLS = re.compile(rf"(?<![\w.])(?:{_NAMES})\(", re.IGNORECASE)
# Text in quotes is the user's; what stands in front of one of our names is a place.
_PARTS = re.compile(
    rf"""("(?:[^"]|"")*")"""
    rf"""|(?:'(?:[^']|'')*'[!#.$]+|\[[^\]]*\]!?|[^\s"'()\[\]{{}};,=+\-*/&<>^!~|]+!|_xll\.|_xludf\.)+"""
    rf"""(?=(?:{_NAMES})\()""",
    re.IGNORECASE,
)


def mended(formula: str) -> str:
    """The formula without places in front of Fenji's functions."""
    return _PARTS.sub(lambda found: found[1] or "", formula)


class Mending(unohelper.Base, XJob, XServiceInfo):
    """The job on loading."""

    def __init__(self, context: Any, *_given: Any) -> None:
        self._context = context

    def execute(self, given: Any) -> None:
        """Nothing that a document holds may keep it from being opened."""
        with suppress(Exception):
            told = {each.Name: each.Value for each in given}
            about = {each.Name: each.Value for each in told["Environment"]}
            mend(about["Model"])

    def getImplementationName(self) -> str:  # noqa: N802 (UNO's names)
        return NAME

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> Any:  # noqa: N802
        return ("com.sun.star.task.Job", NAME)


def mend(document: Any) -> int:
    """Enter the formulas in error again that call Fenji; returns how many."""
    if not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        return 0
    wanted = [found for sheet in document.Sheets for found in _wrong(sheet)]
    if not wanted:
        return 0
    with _unnoticed(document):
        for cells, formula in wanted:
            with suppress(Exception):  # one in a protected sheet stays as it is
                if formula.startswith("{"):
                    cells.setArrayFormula(formula[1:-1])
                else:
                    cells.setFormula(formula)
    return len(wanted)


def _wrong(sheet: Any) -> Iterator[Any]:
    """Cells, or ranges of an array formula, that hold an error; and what they should say."""
    seen = set()
    for part in sheet.queryFormulaCells(_ERRORS).getRangeAddresses():
        for row in range(part.StartRow, part.EndRow + 1):
            for column in range(part.StartColumn, part.EndColumn + 1):
                cell = sheet.getCellByPosition(column, row)
                formula = mended(cell.getFormula())
                if not _CALLS.search(formula):
                    continue
                if not formula.startswith("{"):
                    yield cell, formula
                    continue
                cursor = sheet.createCursorByRange(cell)
                cursor.collapseToCurrentArray()
                if cursor.AbsoluteName not in seen:
                    seen.add(cursor.AbsoluteName)
                    yield cursor, formula


@contextmanager
def _unnoticed(document: Any) -> Iterator[None]:
    """Without steps to undo, and without making the document one that has been changed."""
    undo = document.getUndoManager()
    undo.lock()
    allowed = document.disableSetModified()
    document.addActionLock()
    try:
        yield
    finally:
        document.removeActionLock()
        if allowed:
            document.enableSetModified()
        undo.unlock()
