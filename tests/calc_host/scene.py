"""Fenji in a LibreOffice with a window: built, installed, and clicked as a person does.

``python -m tests.calc_host.scene`` grades a workbook from the menu, takes it back and tells what
it saw. That is a process of its own, because the bridge to LibreOffice changes how a process
imports.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from addin.hosts.calc.build import build
from addin.setup.versions import fenji_version
from addin.words import words
from tests.office.screen import SIZE, Size, screen
from tests.office.screen_office import LOCALES, Office, office, write_profile
from tests.office.screen_parts import beside, name_of, parts

# Other programs may be busy on the same machine.
JOB_SECONDS = 180
OK = {"en": "OK", "zh": "确定"}


@contextmanager
def scene(lang: str, size: Size = SIZE) -> Iterator[Office]:
    """LibreOffice in ``lang`` on a fresh screen, with Fenji built, installed and set up."""
    with tempfile.TemporaryDirectory(prefix="fenji-scene-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        extension = build(folder)
        write_profile(folder / "profile", lang)
        with screen(size) as shown:
            # Chinese has other shapes in Taiwan and Japan; fontconfig must know which.
            shown.environment["FC_LANG"] = LOCALES[lang]
            shown.environment["FENJI_CALC_CONFIGURATION"] = str(configuration(folder))
            with office(shown, folder / "profile") as first:
                first.add_extension(extension)
            with office(shown, folder / "profile") as running:
                yield running


def configuration(folder: Path) -> Path:
    """What ``fenji install --calc`` writes, for the Python that runs the tests."""
    path = folder / "calc.json"
    settings = {
        "format": 1,
        "fenji": fenji_version(),
        "python": sys.executable,
        "site": sysconfig.get_path("purelib"),
        "version": list(sys.version_info[:2]),
        "mode": "auto",
    }
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


def press(running: Office, lang: str, command: str, picture: Path | None = None) -> None:
    """Click a command in Fenji's menu; ``picture`` keeps the open menu."""
    text = words(lang)
    entry = running.menu(text("ribbon.fenji.label"), text(f"ribbon.{command}.label"))
    if picture is not None:
        running.screen.move(*beside(entry))
        running.screen.rest()
        running.screen.picture(picture)
    running.click(entry)


def answer(running: Office, lang: str, picture: Path | None = None) -> str:
    """Wait for Fenji's message, click it away, and give what it said."""
    button = running.find(OK[lang], "PUSH_BUTTON", seconds=JOB_SECONDS)
    running.screen.rest()
    if picture is not None:
        running.screen.picture(picture)
    box = button.getAccessibleParent().getAccessibleContext()
    said = " ".join(name_of(part) for part in parts(box) if part is not button)
    running.click(button)
    running.gone(OK[lang], "PUSH_BUTTON")
    running.screen.rest()
    return said


def fingerprint(document: Any) -> dict[str, str]:
    """What a document holds, by its parts: cells, names, database ranges, charts."""
    found: dict[str, str] = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        cells = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getFormulaArray()
        content = repr((cells, sheet.Charts.ElementNames, sheet.IsVisible))
        found[f"sheet {sheet.Name}"] = hashlib.sha256(content.encode()).hexdigest()
    for kind in ("NamedRanges", "DatabaseRanges"):
        group = getattr(document, kind)
        for name in group.ElementNames:
            one = group.getByName(name)
            found[f"{kind} {name}"] = one.Content if kind == "NamedRanges" else str(one.DataArea)
    return found


def rows(document: Any, table: str) -> list[list[Any]]:
    """The cells of a table of Fenji's, its header first."""
    area = document.DatabaseRanges.getByName(table).DataArea
    sheet = document.Sheets.getByIndex(area.Sheet)
    corners = (area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
    return [list(row) for row in sheet.getCellRangeByPosition(*corners).getDataArray()]


def grade(lang: str, book: Path, pictures: Path) -> dict[str, Any]:
    """Grade a workbook from the menu and take it back with Ctrl+Z: what was to be seen."""
    seen: dict[str, Any] = {}
    with scene(lang) as running:
        document = running.open(book)
        try:
            seen["before"] = fingerprint(document)
            seen["undo_before"] = document.UndoManager.AllUndoActionTitles
            press(running, lang, "grade", pictures / f"{lang}-1-menu.png")
            seen["said"] = answer(running, lang, pictures / f"{lang}-2-message.png")
            seen["graded"] = fingerprint(document)
            running.screen.picture(pictures / f"{lang}-3-graded.png")
            seen["undo"] = document.UndoManager.AllUndoActionTitles
            seen["frozen"] = document.CurrentController.hasFrozenPanes()
            seen["customers"] = rows(document, "FenjiCustomers")
            # The keyboard belongs to whatever was clicked last: a cell, now.
            running.focus(document)
            running.screen.key("ctrl+z")
            running.screen.rest()
            seen["after"] = fingerprint(document)
            seen["undo_after"] = document.UndoManager.AllUndoActionTitles
        finally:
            running.screen.picture(pictures / f"{lang}-4-end.png")
    return seen


def main() -> None:
    """Grade ``book``, keep pictures, write what was seen as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", required=True)
    parser.add_argument("--book", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--seen", type=Path, required=True)
    given = parser.parse_args()
    seen = grade(given.lang, given.book, given.pictures)
    given.seen.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
