"""Starts LibreOffice as this user, puts a formula into a cell and prints what it shows.

Run by a Python that has uno.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "addin/hosts/calc"))

import registering
from com.sun.star.beans import PropertyValue

office, context = registering.started(shutil.which("soffice"))
try:
    desktop = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.Desktop", context
    )
    hidden = PropertyValue(Name="Hidden", Value=True)
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (hidden,))
    cell = document.Sheets.getByIndex(0).getCellByPosition(5, 5)
    cell.Formula = sys.argv[1]
    sys.stdout.write(cell.String + "\n")
    document.close(True)
    desktop.terminate()
finally:
    registering.ended(office, 20)
