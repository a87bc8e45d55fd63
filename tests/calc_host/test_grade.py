"""Grade customers in a real Calc: the same tiers as ``fenji grade``, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.cli import main
from tests.calc_host.documents import dump, graded, key, opened, plan, press, python, tiers
from tests.office.calc import Calc

BOOKS = {
    "Online Retail": ("online_retail/Online Retail (first 70051 rows).xlsx", "en"),
    "messy Chinese orders": ("zh_messy_orders/orders.xlsx", "zh"),
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample orders, and the same graded."""
    folder = tmp_path_factory.mktemp("sample")
    assert main(["demo", "--lang", "en", "-o", str(folder)]) == 0
    return folder / "sample-orders.xlsx"


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("book", BOOKS)
def test_tiers_are_those_of_fenji_grade(
    calc: Calc, shared_data: Path, tmp_path: Path, book: str, kind: str
) -> None:
    name, lang = BOOKS[book]
    if not (shared_data / name).is_file():
        pytest.skip(f"no {name}")
    expected = {key(c): t for c, t in graded(shared_data / name, tmp_path, lang).items()}
    doc = opened(calc, shared_data / name, tmp_path, kind)
    before = dump(calc, doc)
    assert press(calc, doc, "grade", Language=lang)[0] == "done"
    found = tiers(calc, doc)
    assert found == expected
    after = dump(calc, doc)
    ours = after["order"][len(before["order"]) :]
    assert ours
    assert {n: after["sheets"][n]["errors"] for n in ours if after["sheets"][n]["errors"]} == {}
    assert {n: after["sheets"][n] for n in before["order"]} == before["sheets"]
    assert press(calc, doc, "grade", Language=lang)[0] == "done"
    again = dump(calc, doc)
    assert again["order"] == after["order"]
    assert tiers(calc, doc) == expected
    assert calc.modified(doc)
    calc.close(doc)


def test_the_sheets_are_those_of_the_made_file(calc: Calc, sample: Path, tmp_path: Path) -> None:
    doc = opened(calc, sample, tmp_path)
    count = len(calc.sheets(doc))
    file = sample.with_name("sample-orders-graded.xlsx")
    with python(calc, tmp_path) as put:
        plan(put, put="insert", file=str(file))
        assert press(calc, doc, "grade")[0] == "done"
    made = calc.open(file)
    calc.calculate(made)
    calc.calculate(doc)
    here, there = dump(calc, doc), dump(calc, made)
    assert here["order"][count:] == there["order"]
    assert set(there["names"]) <= set(here["names"])
    for name in there["order"]:
        ours, theirs = here["sheets"][name], there["sheets"][name]
        assert ours["formulas"] == theirs["formulas"]
        assert ours["widths"] == theirs["widths"]
        assert (ours["locked"], ours["shown"]) == (theirs["locked"], theirs["shown"])
        assert ours["errors"] == theirs["errors"] == ""
        shift = [[n, [[a[0] + count, *a[1:]] for a in at]] for n, at in theirs["charts"]]
        assert [at for _, at in ours["charts"]] == [at for _, at in shift]
    moved = {n: [at[0] + count, *at[1:]] for n, at in there["tables"].items()}
    assert {n: here["tables"][n] for n in moved} == moved
    calc.close(made)
    calc.close(doc)


def test_more_orders_are_graded_and_the_users_formulas_follow(
    calc: Calc, sample: Path, tmp_path: Path
) -> None:
    doc = opened(calc, sample, tmp_path)
    assert press(calc, doc, "grade")[0] == "done"
    sheet = calc.sheets(doc)[0]
    rows = calc.values(doc, sheet)
    header = next(i for i, row in enumerate(rows) if "Customer ID" in row)
    at = rows[header].index("Customer ID")
    new = [list(row) for row in rows[-12:]]
    for number, row in enumerate(new):
        row[at] = f"NEW-{number}"
    calc.set_values(doc, sheet, f"A{len(rows) + 1}", new)
    calc.set_formulas(
        doc, 1, {"F1": "=ROWS(FenjiCustomers[Customer])", "F2": "=COUNTA(Customers.A5:A324)"}
    )
    calc.set_formulas(doc, 1, {"F3": "=FenjiCustomerCount"})
    before = tiers(calc, doc)
    expected_file = calc.save(doc, tmp_path / "grown.xlsx")
    assert press(calc, doc, "grade")[0] == "done"
    found = tiers(calc, doc)
    assert len(found) > len(before)
    assert any(customer.startswith("NEW-") for customer in found)
    assert found == graded(expected_file, tmp_path)
    calc.calculate(doc)
    shown = [row[5] for row in calc.values(doc, 1, "A1:F3")]
    assert shown == [len(found)] * 3
    calc.close(doc)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_saved_document_is_graded_again(
    calc: Calc, sample: Path, tmp_path: Path, kind: str
) -> None:
    doc = opened(calc, sample, tmp_path)
    assert press(calc, doc, "grade")[0] == "done"
    first, sheets = tiers(calc, doc), calc.sheets(doc)
    path = calc.save(doc, tmp_path / f"saved.{kind}", kind)
    calc.close(doc)
    doc = calc.open(path, hidden=False)
    kind, _, said = press(calc, doc, "grade")
    assert kind == "done", said
    assert calc.sheets(doc) == sheets
    assert tiers(calc, doc) == first
    calc.close(doc)
