"""Documents in a real Calc, as commands find and leave them."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from addin.cli import main
from tests.office.calc import Calc

SECONDS = 300
# All that undoing has to bring back: cells, sheets, names, tables, looks of rows and columns.
DUMP = """
def used(sheet):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)

def area(at):
    return [at.Sheet, at.StartColumn, at.StartRow, at.EndColumn, at.EndRow]

document = docs[doc]
listed = document.NamedRanges
ranges = document.DatabaseRanges
result = {
    "names": {n.Name: [n.Content, n.Type]
              for n in (listed.getByIndex(i) for i in range(listed.Count))},
    "tables": {n: [*area(ranges.getByName(n).DataArea), ranges.getByName(n).AutoFilter]
               for n in ranges.ElementNames},
    "sheets": {},
    "styles": {f: sorted(document.StyleFamilies.getByName(f).ElementNames)
               for f in ("CellStyles", "PageStyles")} if styles else None,
}
for name in document.Sheets.ElementNames:
    sheet = document.Sheets.getByName(name)
    cells = used(sheet)
    result["sheets"][name] = {
        "formulas": [list(row) for row in cells.getFormulaArray()],
        "values": [[None if v != v else v for v in row] for row in cells.getDataArray()],
        "widths": [sheet.Columns.getByIndex(i).Width for i in range(cells.Columns.Count + 1)],
        "charts": [[chart.Name, [area(a) for a in chart.Ranges]]
                   for chart in (sheet.Charts.getByIndex(i) for i in range(sheet.Charts.Count))],
        "rules": [[f.Range.RangeAddressesAsString, f.Count]
                  for f in sheet.ConditionalFormats.getConditionalFormats()],
        "locked": sheet.isProtected(),
        "shown": sheet.IsVisible,
        "page": sheet.PageStyle,
        "errors": sheet.queryFormulaCells(4).RangeAddressesAsString,
    }
result["order"] = list(document.Sheets.ElementNames)
"""


def dump(calc: Calc, doc: int, *, styles: bool = False) -> dict[str, Any]:
    """A document as plain data; with ``styles`` the names of its styles too."""
    return dict(calc.run(DUMP, doc=doc, styles=styles, seconds=SECONDS))


def press(calc: Calc, doc: int, command: str, **options: Any) -> tuple[str, str, str]:
    """Do a command: how it ended, the title and the text of its message."""
    kind, title, text = calc.dispatch(doc, f"org.fenji.calc:{command}", seconds=SECONDS, **options)
    return kind, title, text


def opened(calc: Calc, path: Path, folder: Path, kind: str = "xlsx") -> int:
    """A copy of a workbook, opened with a window, first made an .ods where that is wanted."""
    place = folder / f"{path.stem}.xlsx"
    shutil.copyfile(path, place)
    if kind != "xlsx":
        made = calc.open(place)
        place = calc.save(made, folder / f"{path.stem}.{kind}", kind)
        calc.close(made)
    return calc.open(place, hidden=False)


def tiers(calc: Calc, doc: int) -> dict[str, str]:
    """Each customer's tier on Fenji's sheet."""
    found = calc.run(
        """
at = docs[doc].DatabaseRanges.getByName("FenjiCustomers").DataArea
sheet = docs[doc].Sheets.getByIndex(at.Sheet)
cells = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
result = [list(row) for row in cells.getDataArray()]
""",
        doc=doc,
        seconds=SECONDS,
    )
    header = found[0]
    at = next(i for i, title in enumerate(header) if title in ("Tier", "等级"))
    return {key(row[0]): row[at] for row in found[1:]}


def key(customer: Any) -> str:
    """A customer as text; numbers without decimals."""
    return f"{customer:g}" if isinstance(customer, float) and customer < 1e6 else str(customer)


def graded(path: Path, folder: Path, lang: str = "en") -> dict[str, str]:
    """Each customer's tier by ``fenji grade``."""
    out = folder / f"{path.stem}-graded.csv"
    assert main(["grade", str(path), "-o", str(out), "--lang", lang, "--force"]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        return {row["customer"]: row["tier"] for row in csv.DictReader(file)}


@contextmanager
def python(calc: Calc, folder: Path) -> Iterator[Callable[[str], None]]:
    """Put scripts in the place of Fenji's Python."""
    configuration = Path(calc.configuration)
    kept = configuration.read_text("utf-8")
    made = folder / "python"

    def put(body: str) -> None:
        made.write_text(f"#!{sys.executable}\n{body}\n", "utf-8")
        made.chmod(0o755)
        configuration.write_text(json.dumps(json.loads(kept) | {"python": str(made)}), "utf-8")

    yield put
    configuration.write_text(kept, "utf-8")


def plan(script: Callable[[str], None], /, **told: Any) -> None:
    """Let the next commands get this plan instead of a job's."""
    line = json.dumps({"kind": "done", "title": "t", "said": "s", "columns": [], **told})
    script(f"print({line!r})")
