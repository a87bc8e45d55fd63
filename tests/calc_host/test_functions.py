"""Every function in a real Calc: as the core has it, comparable, and patient with odd cells."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from addin.functions import FUNCTIONS, call
from addin.words import LANGUAGES
from tests.calc_host.placing import ANSWER, Sheet, expected, place
from tests.excel_host.selfcheck_cases import FREQUENCY, MONETARY, RECENCY, Case, cases, model
from tests.office.calc import Calc

# A range with an error cell never reaches a function in Calc: text that is no number does.
ODD = {"#DIV/0!": "odd", "#N/A": "odd"}
TEXT = sorted(name for name, function in FUNCTIONS.items() if function.gives == "text")
ALL = [pytest.param(lang, c, id=f"{lang}-{c.key}") for lang in LANGUAGES for c in cases(lang)]


def as_calc_has_it(case: Case) -> Case:
    """No errors; a single blank cell is the number 0, where other numbers stand beside it."""
    singles = [a for a in case.arguments if a is None or isinstance(a, float)]
    beside = any(singles)
    changed = tuple(
        [[ODD.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in given]
        if isinstance(given, list)
        else 0.0
        if given is None and beside
        else given
        for given in case.arguments
    )
    return dataclasses.replace(case, arguments=changed)


@pytest.fixture(scope="module")
def sheets(calc: Calc, calc_zh: Calc) -> Iterator[dict[str, Sheet]]:
    made = {"en": Sheet(calc), "zh": Sheet(calc_zh)}
    yield made
    for sheet in made.values():
        sheet.close()


@pytest.fixture
def sheet(sheets: dict[str, Sheet]) -> Sheet:
    return sheets["en"]


@pytest.mark.parametrize(("lang", "case"), ALL)
def test_as_the_core(sheets: dict[str, Sheet], lang: str, case: Case) -> None:
    """In English in LibreOffice's own process, in Chinese through the worker."""
    case = as_calc_has_it(case)
    wanted = expected(case.answer(lang))
    assert sheets[lang].answer(case.function, case.arguments, wanted) == wanted


def test_every_function_is_tried() -> None:
    assert {case.function for case in cases("en")} == set(FUNCTIONS)


@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_compared(sheet: Sheet, name: str) -> None:
    case = as_calc_has_it(next(c for c in cases("en") if c.function == name and c.name == "range"))
    wanted = expected(case.answer("en"))
    assert sheet.answer(name, case.arguments, wanted) == wanted
    texts = [row[0] for row in wanted]
    one = max((t for t in texts if t and len(t) < 200), key=texts.count)
    area, first = place(ANSWER, len(wanted)), place(ANSWER).split(":")[0]
    sheet.calc.set_values(sheet.doc, 0, "CA1", [[one]])
    formulas = {
        "CB1": f"=SUMPRODUCT(({area}=CA1)*1)",
        "CB2": f"=MATCH(CA1;{area};0)",
        "CB3": f"=VLOOKUP(CA1;{area};1;0)",
        "CB4": f"={first}=CA1",
        "CB5": f"=LEN({first})",
    }
    if len(one) < 50 and not set(one) & set("*?~"):  # COUNTIF's patterns
        formulas["CB6"] = f"=COUNTIF({area};CA1)"
    sheet.calc.set_formulas(sheet.doc, 0, formulas)
    said = [row[0] for row in sheet.calc.values(sheet.doc, 0, "CB1:CB6")]
    count = float(texts.count(one))
    assert said[:5] == [
        count,
        float(texts.index(one) + 1),
        one,
        float(texts[0] == one),
        float(len(texts[0])),
    ]
    assert "CB6" not in formulas or said[5] == count


def test_scalars_are_comparable_and_right(sheet: Sheet) -> None:
    cells, _ = model("en")
    sheet.formula("RFM_TIER", (RECENCY, FREQUENCY, [*MONETARY[:6], ["x"], *MONETARY[7:]], cells))
    rows = len(RECENCY)
    column = place(7, len(cells), len(cells[0])).split(":")[1].rstrip("0123456789")
    fixed = f"$G$1:${column}${len(cells)}"
    formulas = [f"=RFM_TIER(A{n};C{n};E{n};{fixed})" for n in range(1, rows + 1)]
    sheet.calc.set_column(sheet.doc, 0, "CC1", formulas)
    sheet.calc.set_column(sheet.doc, 0, "CD1", [f'=CC{n}="A"' for n in range(1, rows + 1)])
    got = sheet.calc.values(sheet.doc, 0, f"CC1:CD{rows}")
    blank = RECENCY.index([None])
    for n in range(rows):
        given = (RECENCY[n][0], FREQUENCY[n][0], "x" if n == 6 else MONETARY[n][0])
        if n == blank:
            continue  # a single blank recency is a 0 in Calc: a customer of today
        wanted = str(call("RFM_TIER", *given, cells, lang="en") or "")
        assert got[n] == [wanted, float(wanted == "A")]


BLANKS = {
    "=RFM_TIER(Z90;Z91;Z92;1)": "",
    "=RFM_TIER(A1;Z91;E1;1)": "",
    '=THRESHOLD_TIER(Z90;"300;60";"A;B;C")': "",
    '=THRESHOLD_TIER("";"300;60";"A;B;C")': "",
    '=TIER_MOVE(Z90;"A")': None,
    "=TIER_STRATEGY(Z90)": "",
    "=LIFECYCLE_STAGE(Z90;Z91;Z92;46000)": "",
    '=THRESHOLD_TIER(TRUE();"1;0";"A;B;C")': "A",
    '=THRESHOLD_TIER("1,200";"1000;0";"A;B;C")': "A",
    '=THRESHOLD_TIER(500;"1000;0";"A;B;C";)': "B",
}


@pytest.mark.parametrize("formula", BLANKS)
def test_single_cells_that_are_odd(sheet: Sheet, formula: str) -> None:
    sheet.clear()
    if ";1)" in formula and formula.startswith("=RFM_TIER"):
        cells, _ = model("en")
        sheet.calc.set_values(sheet.doc, 0, "AA1", cells)
        column = place(27, len(cells), len(cells[0])).split(":")[1]
        formula_done = formula.replace(";1)", f";AA1:{column})")
        sheet.calc.set_values(sheet.doc, 0, "A1", [[5, None, None, None, 500]])
    else:
        formula_done = formula
    sheet.calc.set_formulas(sheet.doc, 0, {"CC1": formula_done})
    wanted = BLANKS[formula]
    if wanted is None:
        wanted = str(call("TIER_MOVE", None, "A", lang="en"))
    assert sheet.calc.values(sheet.doc, 0, "CC1:CC1") == [[wanted]]


def test_errors_in_cells(sheet: Sheet) -> None:
    """A single error stays itself; one in a range hides the answer, unless IFERROR is around."""
    sheet.clear()
    sheet.calc.set_formulas(sheet.doc, 0, {"A1": "=1/0", "A2": "=NA()", "A3": "=700"})
    rest = '"500;100";"A;B;C")'
    sheet.calc.set_formulas(
        sheet.doc, 0, {"C1": f"=THRESHOLD_TIER(A1;{rest}", "C2": f"=THRESHOLD_TIER(A2;{rest}"}
    )
    sheet.calc.set_array(sheet.doc, 0, "D1:D3", f"=THRESHOLD_TIER(A1:A3;{rest}")
    sheet.calc.set_array(sheet.doc, 0, "E1:E3", f'=THRESHOLD_TIER(IFERROR(A1:A3;"");{rest}')
    assert sheet.calc.strings(sheet.doc, 0, "C1:E3") == [
        ["#DIV/0!", "Err:504", ""],
        ["#N/A", "Err:504", ""],
        ["", "Err:504", "A"],
    ]


def test_whole_columns(sheet: Sheet) -> None:
    """What is below the last used cell counts for nothing."""
    sheet.clear()
    rows = [["K1", 45000, 10], ["K2", 45100, 500], ["K1", 45200, 90], ["K3", 45300, 5]]
    sheet.calc.set_values(sheet.doc, 0, "A1", rows)
    sheet.calc.set_array(sheet.doc, 0, "F1:K4", "=RFM_TABLE(A:A;B:B;C:C)")
    sheet.calc.set_array(sheet.doc, 0, "M1:M5", "=ABC_CLASS(C:C)")
    short = call("RFM_TABLE", *([[r[i]] for r in rows] for i in range(3)), lang="en")
    got = sheet.calc.values(sheet.doc, 0, "F1:K4")
    assert got == [row[:6] for row in expected(short)][:4]
    said = [row[0] for row in sheet.calc.values(sheet.doc, 0, "M1:M4")]
    assert said == [r[0] for r in call("ABC_CLASS", [[r[2]] for r in rows], lang="en")]


def test_whole_columns_of_two_sheets(sheet: Sheet) -> None:
    """They end together, though one sheet has more rows than the other."""
    sheet.clear()
    sheet.calc.run("docs[doc].Sheets.insertNewByName('Other', 1)", doc=sheet.doc)
    sheet.calc.set_values(sheet.doc, 0, "A1", [["K1", 45000], ["K2", 45100], ["K1", 45200]])
    sheet.calc.set_values(sheet.doc, "Other", "A1", [[10], [20], [30], [None], [None]])
    sheet.calc.set_values(sheet.doc, "Other", "C9", [["far below"]])
    sheet.calc.set_array(sheet.doc, 0, "F1:F3", "=RFM_TABLE(A:A;B:B;$Other.A:A)")
    got = [row[0] for row in sheet.calc.values(sheet.doc, 0, "F2:F3")]
    sheet.calc.run("docs[doc].Sheets.removeByName('Other')", doc=sheet.doc)
    assert sorted(got) == ["K1", "K2"]


def test_texts_of_tables_become_comparable_with_empty_text(sheet: Sheet) -> None:
    """What the reference tells people to do."""
    sheet.clear()
    sheet.calc.set_values(sheet.doc, 0, "A1", [["K1", 45000, 5], ["K2", 45100, 7]])
    sheet.calc.set_array(sheet.doc, 0, "F1:F3", '=RFM_TABLE(A1:A2;B1:B2;C1:C2)&""')
    sheet.calc.set_formulas(sheet.doc, 0, {"CC1": '=COUNTIF(F1:F3;"K1")', "CC2": '=F2="K1"'})
    count, same = (row[0] for row in sheet.calc.values(sheet.doc, 0, "CC1:CC2"))
    assert count == 1.0
    assert same == float(sheet.calc.values(sheet.doc, 0, "F2:F2") == [["K1"]])


def test_error_cells_reach_whole_tables(sheet: Sheet) -> None:
    sheet.clear()
    sheet.calc.set_values(sheet.doc, 0, "A1", [["K1", 45000], ["K2", 45100], ["K1", 45200]])
    sheet.calc.set_formulas(sheet.doc, 0, {"C1": "=10", "C2": "=1/0", "C3": "=30"})
    sheet.calc.set_array(sheet.doc, 0, "F1:M6", "=DATA_CHECK(A1:A3;B1:B3;C1:C3)")
    got = sheet.calc.values(sheet.doc, 0, "F1:M6")
    wanted = expected(
        call(
            "DATA_CHECK",
            [["K1"], ["K2"], ["K1"]],
            [[45000.0], [45100.0], [45200.0]],
            [[10.0], ["#VALUE!"], [30.0]],
            lang="en",
        )
    )
    width = min(len(wanted[0]), 8)
    assert [row[:width] for row in got[: len(wanted)]] == [row[:width] for row in wanted]
