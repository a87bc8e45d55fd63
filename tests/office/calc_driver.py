"""Run by a Python that has ``uno``: starts LibreOffice with Fenji and does as it is told.

``calc_driver.py SOFFICE PROFILE EXTENSION``; a request is a line of JSON on standard input, its
answer one on standard output. See `tests.office.calc`, the other side.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import traceback
import uuid
from pathlib import Path

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import XDispatchResultListener
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment, XProgressHandler

START_SECONDS = 90
FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97"}


def properties(**values):
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def plain(value):
    """What JSON can say of a value."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(v) for v in value]
    return str(value)


class Consenting(unohelper.Base, XCommandEnvironment, XProgressHandler, XInteractionHandler):
    """Says yes to whatever installing an extension asks."""

    def getInteractionHandler(self):  # noqa: N802 (UNO's names)
        return self

    def getProgressHandler(self):  # noqa: N802 (UNO's names)
        return self

    def push(self, status): ...

    def update(self, status): ...

    def pop(self): ...

    def handle(self, request):
        approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")
        for way in request.getContinuations():
            if way.queryInterface(approve):
                way.select()
                return


class Heard(unohelper.Base, XDispatchResultListener):
    """How a command ended."""

    def __init__(self):
        self.result = None

    def dispatchFinished(self, event):  # noqa: N802 (UNO's names)
        self.result = plain(event.Result)

    def disposing(self, event): ...


class Office:
    """A LibreOffice with its own profile and pipe, and its open documents by number."""

    def __init__(self, soffice, profile):
        self.soffice, self.profile = soffice, Path(profile)
        self.docs, self.last = {}, 0
        self.start()

    def start(self):
        pipe = f"fenji{uuid.uuid4().hex}"
        command = [self.soffice, f"-env:UserInstallation={self.profile.as_uri()}"]
        command += ["--norestore", "--nolockcheck", "--nologo", "--nodefault"]
        command += [f"--accept=pipe,name={pipe};urp"]
        if not os.environ.get("DISPLAY"):
            command.append("--headless")
        with (self.profile / "soffice.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ctx = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                # A fresh profile may make it start itself anew, which its starter waits for.
                if time.monotonic() > end or self.process.poll() not in {None, 81}:
                    raise
                if self.process.poll() == 81:
                    return self.start()
                time.sleep(0.1)
        self.desktop = self.service("com.sun.star.frame.Desktop")
        return None

    def service(self, name):
        return self.ctx.ServiceManager.createInstanceWithContext(name, self.ctx)

    def stop(self):
        with contextlib.suppress(Exception):
            self.desktop.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def install(self, extension):
        manager = self.ctx.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
        url = Path(extension).as_uri()
        manager.addExtension(url, (), "user", manager.createAbortChannel(), Consenting())
        self.stop()
        self.start()

    # ── documents ──────────────────────────────────────────────────────────────────────────

    def _known(self, document):
        if document is None:
            raise RuntimeError("LibreOffice opened nothing")
        self.last += 1
        self.docs[self.last] = document
        return self.last

    def open(self, path, hidden=True):
        url = Path(path).as_uri()
        given = properties(Hidden=hidden)
        return self._known(self.desktop.loadComponentFromURL(url, "_blank", 0, given))

    def new(self, hidden=True):
        return self._known(
            self.desktop.loadComponentFromURL(
                "private:factory/scalc", "_blank", 0, properties(Hidden=hidden)
            )
        )

    def _sheet(self, doc, sheet):
        sheets = self.docs[doc].Sheets
        return sheets.getByName(sheet) if isinstance(sheet, str) else sheets.getByIndex(sheet)

    def _range(self, doc, sheet, area):
        sheet = self._sheet(doc, sheet)
        if area:
            return sheet.getCellRangeByName(area)
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.getRangeAddress()
        return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)

    def set_values(self, doc, sheet, start, rows):
        first = self._sheet(doc, sheet).getCellRangeByName(start).getRangeAddress()
        area = self._sheet(doc, sheet).getCellRangeByPosition(
            first.StartColumn,
            first.StartRow,
            first.StartColumn + len(rows[0]) - 1,
            first.StartRow + len(rows) - 1,
        )
        area.setDataArray(tuple(tuple("" if c is None else c for c in row) for row in rows))

    def set_formulas(self, doc, sheet, cells):
        found = self._sheet(doc, sheet)
        for address, formula in cells.items():
            found.getCellRangeByName(address).setFormula(formula)

    def set_column(self, doc, sheet, start, formulas):
        first = self._sheet(doc, sheet).getCellRangeByName(start).getRangeAddress()
        column, row = first.StartColumn, first.StartRow
        area = self._sheet(doc, sheet).getCellRangeByPosition(
            column, row, column, row + len(formulas) - 1
        )
        area.setFormulaArray(tuple((formula,) for formula in formulas))

    def set_array(self, doc, sheet, area, formula):
        self._range(doc, sheet, area).setArrayFormula(formula)

    def values(self, doc, sheet, area):
        return plain(self._range(doc, sheet, area).getDataArray())

    def formulas(self, doc, sheet, area):
        return plain(self._range(doc, sheet, area).getFormulaArray())

    def strings(self, doc, sheet, area):
        found = self._range(doc, sheet, area)
        rows, columns = found.Rows.Count, found.Columns.Count
        return [[found.getCellByPosition(c, r).String for c in range(columns)] for r in range(rows)]

    def calculate(self, doc):
        self.docs[doc].calculateAll()

    def sheets(self, doc):
        return list(self.docs[doc].Sheets.ElementNames)

    def modified(self, doc):
        return self.docs[doc].isModified()

    def save(self, doc, path, kind):
        given = properties(FilterName=FILTERS[kind])
        self.docs[doc].storeToURL(Path(path).as_uri(), given)

    def close(self, doc):
        self.docs.pop(doc).close(True)

    # ── commands and undo ──────────────────────────────────────────────────────────────────

    def dispatch(self, doc, url, options):
        frame = self.docs[doc].getCurrentController().getFrame()
        address = uno.createUnoStruct("com.sun.star.util.URL")
        address.Complete = url
        transformer = self.service("com.sun.star.util.URLTransformer")
        _, address = transformer.parseStrict(address)
        found = frame.queryDispatch(address, "", 0)
        if found is None:
            raise RuntimeError(f"nobody does {url}")
        heard = Heard()
        given = properties(**{"Silent": True, "SynchronMode": True, **options})
        if hasattr(found, "dispatchWithNotification"):
            found.dispatchWithNotification(address, given, heard)
        else:
            found.dispatch(address, given)
        return heard.result

    def undo(self, doc):
        self.docs[doc].getUndoManager().undo()

    def redo(self, doc):
        self.docs[doc].getUndoManager().redo()

    def undo_titles(self, doc):
        return list(self.docs[doc].getUndoManager().getAllUndoActionTitles())

    def run(self, code, args):
        """A snippet of Python; what it leaves in ``result`` is the answer."""
        scope = {
            "ctx": self.ctx,
            "desktop": self.desktop,
            "docs": self.docs,
            "office": self,
            "properties": properties,
            "uno": uno,
            "result": None,
            **args,
        }
        exec(code, scope)
        return plain(scope["result"])

    def pid(self):
        return self.process.pid


def main():
    soffice, profile, extension = sys.argv[1:]
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    office = None
    try:
        office = Office(soffice, profile)
        if extension:
            office.install(extension)
        print(json.dumps({"ok": "ready"}), file=replies, flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                reply = {"ok": getattr(office, asked["do"])(**asked["with"])}
            except Exception:
                reply = {"failed": traceback.format_exc()}
            print(json.dumps(reply), file=replies, flush=True)
    finally:
        if office is not None:
            office.stop()


if __name__ == "__main__":
    main()
