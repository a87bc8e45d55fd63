"""How long functions take in a real LibreOffice Calc, in process and through the worker.

    python -m tests.benchmarks.bench_calc [--rows 100000] [--cells 10000] [--runs 7]

- RFM_TIER of many customers as one array formula, by the time of the same call in plain Python
  plus that of a function of LibreOffice's own over as many rows (target: within 2 times).
- Recalculating a document of single formulas =RFM_TIER(A2;B2;C2;FenjiModel), less the same with a
  function of an add-in that does nothing (target: below a second for 10,000).

Each document is recalculated as a whole (hard recalculation). Runs are interleaved; what counts
are the medians and their ratios, not one machine's seconds.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from addin.functions import FUNCTIONS
from addin.model_table import model_table
from addin.words import words
from tests.benchmarks.bench_functions import customers
from tests.office.calc import Calc

ARGUMENTS = ("recency", "frequency", "monetary", "model")
IDL = """module org { module fenji { module bench {
interface XNothing : com::sun::star::uno::XInterface {
  sequence< sequence< string > > nothing(%s);
}; }; }; };
"""
COMPONENT = """import unohelper
from org.fenji.bench import XNothing
from com.sun.star.lang import XLocalizable, XServiceInfo, XServiceName
NAME = "org.fenji.bench.Functions"
SERVICES = ("com.sun.star.sheet.AddIn", NAME)
class Nothing(unohelper.Base, XNothing, XServiceInfo, XServiceName, XLocalizable):
    def __init__(self, context): pass
    def getServiceName(self): return NAME
    def getImplementationName(self): return NAME
    def supportsService(self, name): return name in SERVICES
    def getSupportedServiceNames(self): return SERVICES
    def setLocale(self, locale): self.locale = locale
    def getLocale(self): return self.locale
    def nothing(self, *given): return (("A",),)
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Nothing, NAME, SERVICES)
"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
%s</manifest:manifest>
"""
KINDS = {
    "Nothing.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "nothing.py": "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:component-data'
    ' xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' oor:name="CalcAddIns" oor:package="org.openoffice.Office">'
)
RECALCULATE = """
import time
begun = time.perf_counter()
docs[doc].calculateAll()
result = [docs[doc].Sheets.getByIndex(0).getCellRangeByName(last).String]
result.append(time.perf_counter() - begun)
"""
NAME_MODEL = """
docs[doc].NamedRanges.addNewByName(
    "FenjiModel", area, uno.createUnoStruct("com.sun.star.table.CellAddress"), 0
)
"""
# LibreOffice's own functions that give as many texts.
BUILT_IN = ('=A2:A{end}&""', '=IF(A2:A{end}>5;"A";"B")')
TIERS = "(A2:A{end};B2:B{end};C2:C{end};FenjiModel)"


def nothing(folder: Path) -> Path:
    """An extension with one function, NOTHING, of the shape of RFM_TIER."""

    def node(name: str, *inside: str) -> str:
        return f'<node oor:name="{name}" oor:op="replace">{"".join(inside)}</node>'

    def said(**texts: str) -> str:
        prop = '<prop oor:name="{}"><value xml:lang="en">{}</value></prop>'
        return "".join(prop.format(key, text) for key, text in texts.items())

    each = [node(a, said(DisplayName=a, Description=a)) for a in ARGUMENTS]
    about = said(DisplayName="NOTHING", Description="nothing", CompatibilityName="NOTHING")
    parameters = f'<node oor:name="Parameters">{"".join(each)}</node>'
    functions = f'<node oor:name="AddInFunctions">{node("nothing", about, parameters)}</node>'
    add_in = node("org.fenji.bench.Functions", functions)
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>\n'
    parts = {
        "META-INF/manifest.xml": MANIFEST % "".join(entry.format(*kind) for kind in KINDS.items()),
        "Nothing.idl": IDL % ", ".join(f"[in] any {a}" for a in ARGUMENTS),
        "nothing.py": COMPONENT,
        "CalcAddIns.xcu": f'{HEAD}<node oor:name="AddInInfo">{add_in}</node></oor:component-data>',
    }
    path = folder / "nothing.oxt"
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return path


def document(calc: Calc, columns: list[list[float]], model: list[list[Any]]) -> int:
    """Customers from A2, and beside them the range FenjiModel."""
    doc = calc.new()
    calc.set_values(doc, 0, "A2", columns)
    calc.set_values(doc, 0, "K1", model)
    end = chr(ord("K") + len(model[0]) - 1)
    calc.run(NAME_MODEL, doc=doc, area=f"$Sheet1.$K$1:${end}${len(model)}")
    return doc


def recalculation(calc: Calc, doc: int, last: str) -> float:
    """Seconds."""
    told, took = calc.run(RECALCULATE, doc=doc, last=last, seconds=600)
    assert told and not told.startswith(("#", "Err")), told
    return float(took)


def array(calc: Calc, rows: int, formula: str, given: Any) -> Callable[[], float]:
    doc = document(calc, *given)
    calc.set_array(doc, 0, f"E2:E{rows + 1}", formula.format(end=rows + 1))
    return lambda: recalculation(calc, doc, f"E{rows + 1}")


def singles(calc: Calc, cells: int, name: str, given: Any) -> Callable[[], float]:
    columns, model = given
    doc = document(calc, columns[:cells], model)
    formulas = [f"={name}(A{i};B{i};C{i};FenjiModel)" for i in range(2, cells + 2)]
    calc.set_column(doc, 0, "E2", formulas)
    return lambda: recalculation(calc, doc, f"E{cells + 1}")


def seconds(job: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    job()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    learned, (r, f, m) = customers(max(options.rows, options.cells))
    text = words("en")
    model = [list(row) for row in model_table(learned, text).rows()]
    columns = [[a, b, c] for (a,), (b,), (c,) in zip(r, f, m, strict=True)]
    call = FUNCTIONS["RFM_TIER"]
    cut = [column[: options.rows] for column in (r, f, m)]
    given = (columns, model)
    with ExitStack() as stack:
        calcs = {mode: Calc(settings={"mode": mode}) for mode in ("auto", "worker")}
        for calc in calcs.values():
            stack.callback(calc.end)
            calc.ask("install", extension=str(nothing(calc.folder)))
        jobs: dict[str, Callable[[], float]] = {
            "python": lambda: seconds(lambda: call(text, *cut, model))
        }
        here = calcs["auto"]
        rows = (columns[: options.rows], model)
        for i, formula in enumerate(BUILT_IN):
            jobs[f"built-in {i}"] = array(here, options.rows, formula, rows)
        jobs["nothing"] = singles(here, options.cells, "NOTHING", given)
        for mode, calc in calcs.items():
            jobs[f"array {mode}"] = array(calc, options.rows, f"=RFM_TIER{TIERS}", rows)
            jobs[f"singles {mode}"] = singles(calc, options.cells, "RFM_TIER", given)
        times: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(options.runs):
            for name, job in jobs.items():
                times[name].append(job())
    took = {name: median(each) for name, each in times.items()}
    print(", ".join(f"{name} {value:.3f} s" for name, value in took.items()))
    for mode in ("auto", "worker"):
        by = [took[f"array {mode}"] / (took["python"] + took[f"built-in {i}"]) for i in (0, 1)]
        net = took[f"singles {mode}"] - took["nothing"]
        print(
            f"{mode}: {options.rows:,} rows at once take {by[0]:.2f} times Python and &,", end=" "
        )
        print(f"{by[1]:.2f} times Python and IF;")
        print(f"    {options.cells:,} single cells {net:.2f} s more than doing nothing")


if __name__ == "__main__":
    main()
