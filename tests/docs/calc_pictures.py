"""Make the pictures of docs/calc*.md anew: ``python -m tests.docs.calc_pictures``.

A real LibreOffice with Fenji's extension grades the demo's orders from its menu.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from addin.cli import main
from addin.words import LANGUAGES, words
from tests.calc_host.scene import answer, press, scene
from tests.office.screen_office import Office
from tests.office.screen_parts import beside, children, place, role_numbers

DOCS = Path(__file__).parents[2] / "docs"
# A window as on a small notebook, so that its letters can be read in a page.
SIZE = 1280, 800
MARGIN = 12
DASHBOARD_ZOOM = 75
CANCEL = {"en": "Cancel", "zh": "取消"}


def draw(lang: str) -> None:
    """Grade the demo's orders in ``lang`` and keep what a person sees on the way."""
    text = words(lang)
    with tempfile.TemporaryDirectory() as name, scene(lang, SIZE) as running:
        if main(["demo", "--lang", lang, "-o", name]) != 0:
            raise SystemExit(1)
        document = running.open(Path(name) / text("file.demo_orders"))
        frame = document.CurrentController.Frame
        running.do(frame, ".uno:Sidebar", Sidebar=False)
        menu(running, lang)
        press(running, lang, "grade")
        answer(running, lang, DOCS / f"calc-message-{lang}.png")
        # Out of the way, into the corner.
        running.screen.move(SIZE[0] - 2, SIZE[1] - 2)
        running.screen.rest()
        toolbar(running, lang)
        running.screen.picture(DOCS / f"calc-customers-{lang}.png")
        show(running, document, text("sheet.dashboard"), DASHBOARD_ZOOM)
        running.screen.picture(DOCS / f"calc-dashboard-{lang}.png")
        function(running, document, lang)


def menu(running: Office, lang: str) -> None:
    """Fenji's menu, open, with the mouse at its first command."""
    text = words(lang)
    command = running.menu(text("ribbon.fenji.label"), text("ribbon.grade.label"))
    running.screen.move(*beside(command))
    running.screen.rest()
    boxes = [place(one) for one in children(command.getAccessibleParent().getAccessibleContext())]
    bottom = max(top + height for _, top, _, height in boxes)
    running.screen.picture(DOCS / f"calc-menu-{lang}.png", (0, 0, 900, bottom + 5 * MARGIN))
    running.screen.key("Escape", "Escape")
    running.screen.rest()


def toolbar(running: Office, lang: str) -> None:
    """The upper end of the window, down to Fenji's toolbar."""
    button = running.find(words(lang)("ribbon.grade.label"), "PUSH_BUTTON")
    _, top, _, height = place(button)
    running.screen.picture(DOCS / f"calc-toolbar-{lang}.png", (0, 0, SIZE[0], top + height))


def show(running: Office, document: Any, sheet: str, zoom: int) -> None:
    """Bring a sheet to the front, its first cell in the corner."""
    controller = document.CurrentController
    controller.setActiveSheet(document.Sheets.getByName(sheet))
    controller.ZoomValue = zoom
    running.screen.rest()


def function(running: Office, document: Any, lang: str) -> None:
    """LibreOffice's function wizard with Fenji's help to a function."""
    controller = document.CurrentController
    sheets = document.Sheets
    sheets.insertNewByName("1", 0)
    sheet = sheets.getByIndex(0)
    controller.setActiveSheet(sheet)
    cell = sheet.getCellRangeByName("A1")
    cell.Formula = "=RFM_TIER(30;5;1200;FenjiModel)"
    controller.select(cell)
    running.focus(document)
    running.screen.key("ctrl+F2")
    running.screen.rest()
    dialog = role_numbers("DIALOG")
    box = next(place(w) for w in running.windows() if w.getAccessibleRole() in dialog)
    running.screen.picture(DOCS / f"calc-function-{lang}.png", box)
    running.click(running.find(CANCEL[lang], "PUSH_BUTTON"))


if __name__ == "__main__":
    for each in LANGUAGES:
        draw(each)
