"""Runs in the Python that has LibreOffice's bridge: opens a workbook, calls its Basic functions.

Standard input: {"pipe", "book", "calls": [[module, function, arguments], …], "cells": […]};
standard output: {"modules": {name: text}, "answers": […], "cells": […]}.
"""

import contextlib
import json
import os
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

ALWAYS_RUN_MACROS = 4


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")


def setting(name, value):
    return PropertyValue(Name=name, Value=value)


def called(book, module, function, arguments):
    """The answer, or what LibreOffice complained of."""
    url = f"vnd.sun.star.script:VBAProject.{module}.{function}?language=Basic&location=document"
    try:
        answer, _, _ = book.getScriptProvider().getScript(url).invoke(tuple(arguments), (), ())
    except Exception as problem:
        return {"error": str(problem)}
    return answer


def main():
    asked = json.load(sys.stdin)
    context = connected(asked["pipe"])
    desktop = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.Desktop", context
    )
    try:
        book = desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(asked["book"]),
            "_blank",
            0,
            (setting("Hidden", True), setting("MacroExecutionMode", ALWAYS_RUN_MACROS)),
        )
        library = book.BasicLibraries.getByName("VBAProject")
        answers = [called(book, *call) for call in asked["calls"]]
        sheet = book.Sheets.getByIndex(0)
        cells = []
        for formula in asked["cells"]:
            cell = sheet.getCellRangeByName("H50")
            cell.setFormula(formula)
            cells.append(cell.String)
        found = {
            "modules": {name: library.getByName(name) for name in library.ElementNames},
            "answers": answers,
            "cells": cells,
        }
        book.close(True)
        print(json.dumps(found), flush=True)
    finally:
        with contextlib.suppress(Exception):
            desktop.terminate()


main()
# Now and then the bridge crashes when Python takes it down after LibreOffice has gone.
os._exit(0)
