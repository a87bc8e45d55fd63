"""Grade customers on workbooks of all kinds; tiers are those of the command line."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from addin.words import words
from tests.excel_host.buttons import (
    Desk,
    add,
    by_command,
    column,
    content,
    customers,
    held,
    orders,
    table,
    tiers_of,
    write,
)
from tests.excel_host.standin import FakeExcel

TABLES = ("FenjiCustomers", "FenjiStrategy", "FenjiTiers", "FenjiModel", "FenjiFindings")
OWN = ("Fenji tier", "Fenji segment", "Fenji why", "Fenji next step")


def test_orders_of_a_foreign_workbook(desk: Desk) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    before, settings = content(book), held(desk.excel)
    assert desk.press("grade", book) == "done", desk.message
    assert held(desk.excel) == settings
    assert book.file.sheetnames[0] == "Data"
    now = content(book)
    kept = {place: value for place, value in now["cells"].items() if place[0] == "Data"}
    assert kept == before["cells"]
    _, rows = table(book, "FenjiCustomers")
    assert {str(r["Customer"]): str(r["Tier"]) for r in rows} == expected
    names = {name for _, name in now["tables"]}
    assert set(TABLES) <= names
    assert "FenjiTitle" in now["names"]
    (backup,) = desk.backups("orders")
    assert str(backup) in desk.message
    assert openpyxl.load_workbook(backup).sheetnames == ["Data"]
    assert "40" in desk.message


def test_a_plain_list_of_customers_gets_columns_beside_it(desk: Desk) -> None:
    rows = customers()
    rows.insert(5, [None, 10, 1, 5.0])
    rows.append(["Total", None, None, 12345.0])
    source = write(desk.folder / "list.xlsx", rows, top=3)
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    sheet = book.file["Data"]
    sheet["A1"] = "Our customers"
    sheet.merge_cells("A1:D1")
    sheet.row_dimensions[7].hidden = True
    sheet["G4"] = "mine"
    before = content(book)["cells"]
    assert desk.press("grade", book) == "done", desk.message
    who, tiers, why = (column(book, "Data", h, row=3) for h in ("Customer", OWN[0], OWN[2]))
    # Column E is free, but not so many columns side by side: G4 is the user's.
    assert [sheet.cell(3, c).value for c in range(8, 12)] == list(OWN)
    assert dict(zip(who, tiers, strict=True)).items() >= expected.items()
    assert tiers[4] is None and why[4] == words("en")("reason.missing_customer")
    assert why[-1] == words("en")("reason.total_row")
    after = content(book)["cells"]
    assert {p: after[p] for p in before} == before
    assert "Data" in desk.message
    assert len(desk.excel.called("Range.Value", "set")) < 40


def test_a_table_of_customers_grows_by_columns(desk: Desk) -> None:
    source = write(desk.folder / "list.xlsx", customers(), table="Clients")
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    headers, rows = table(book, "Clients")
    assert headers[4:] == list(OWN)
    assert {r["Customer"]: r[OWN[0]] for r in rows} == expected
    assert all(r[OWN[3]] or r[OWN[0]] == "A" for r in rows)
    # Again: the same columns are used, and the list is not counted twice.
    assert desk.press("grade", book) == "done", desk.message
    headers, rows = table(book, "Clients")
    assert headers[4:] == list(OWN)
    assert {r["Customer"]: r[OWN[0]] for r in rows} == expected
    assert "40" in desk.message
    assert "left out" not in desk.message


def test_a_customer_list_beside_orders(desk: Desk) -> None:
    source = write(desk.folder / "both.xlsx", orders())
    made = openpyxl.load_workbook(source)
    people = [["Customer", "City"], *([f"C{n:03d}", "Hefei"] for n in range(1, 43))]
    add(made.create_sheet("People"), people)
    made.save(source)
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    who, tiers = column(book, "People", "Customer"), column(book, "People", OWN[0])
    assert dict(zip(who, tiers, strict=True)) == expected | {"C041": None, "C042": None}
    assert "C" not in [book.file["Data"].cell(1, c).value for c in range(4, 9)]


def template(desk: Desk, lang: str = "en") -> str:
    from addin.cli import main  # noqa: PLC0415

    path = desk.folder / "template.xlsx"
    assert main(["template", "general", "-o", str(path), "--lang", lang]) == 0
    made = openpyxl.load_workbook(path)
    add(made.create_sheet("Mine"), orders())
    made.save(path)
    return str(path)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_template_is_filled_in_place(desk: Desk, lang: str) -> None:
    path = desk.folder / "template.xlsx"
    template(desk, lang)
    book = desk.excel.open(path)
    sheets = book.file.sheetnames
    writes = len(desk.excel.called("Range.Value", "set"))
    assert desk.press("grade", book, lang="en") == "done", desk.message
    assert book.file.sheetnames == sheets
    text = words(lang)
    _, rows = table(book, "FenjiCustomers")
    expected = by_command(path, desk.folder / "out.xlsx", "--lang", lang)
    who, amount = (text(f"header.FenjiCustomers.{key}") for key in ("customer", "monetary"))
    out = openpyxl.load_workbook(desk.folder / "out.xlsx", data_only=True)
    sheet = out[text("sheet.customers")]
    theirs = [[c.value for c in row] for row in sheet[sheet.tables["FenjiCustomers"].ref]]
    at = [theirs[0].index(h) for h in (who, amount)]
    assert [[r[who], r[amount]] for r in rows] == [[line[i] for i in at] for line in theirs[1:]]
    assert len(expected) == len(rows)
    # The scores and the tier stay formulas, each of its own row, as in the command's workbook.
    formulas = openpyxl.load_workbook(desk.folder / "out.xlsx")[text("sheet.customers")]
    ours = book.file[text("sheet.customers")]
    for row in ours.iter_rows(min_row=5, max_row=4 + len(rows), min_col=6, max_col=11):
        for cell in row:
            assert cell.value == formulas[cell.coordinate].value
    assert ours.tables["FenjiCustomers"].ref == formulas.tables["FenjiCustomers"].ref
    assert len(desk.excel.called("Range.Value", "set")) - writes < 60


def test_formulas_of_a_filled_template_come_to_the_same_tiers(desk: Desk, office) -> None:
    path = desk.folder / "template.xlsx"
    template(desk)
    expected = by_command(path, desk.folder / "out.xlsx")
    book = desk.excel.open(path)
    assert desk.press("grade", book) == "done", desk.message
    saved = desk.folder / "saved.xlsx"
    book.file.save(saved)
    assert tiers_of(office.recalculate(saved)) == expected


def test_own_columns_stay_with_their_customer(desk: Desk) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    sheet = book.file["Customers"]
    listed = sheet.tables["FenjiCustomers"]
    first, last = 5, int(listed.ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    who = {str(sheet.cell(row, 1).value): f"00{row}" for row in range(first, last + 1)}
    cells = desk.excel.app.books["orders.xlsx"].sheets["Customers"]
    cells["R4"].value = ["Remark", "Twice"]
    cells["R5"].value = [[f"'{text}"] for text in who.values()]
    cells[f"S5:S{last}"].formula = [[f"=E{row}*2"] for row in range(first, last + 1)]
    # Other orders: customers change places, one goes and one comes.
    rows = [r for r in orders(rows=250, customers=41, seed=9) if r[0] != "C007"]
    data = book.file["Data"]
    data.delete_rows(1, 400)
    add(data, rows)
    assert desk.press("grade", book) == "done", desk.message
    _, lines = table(book, "FenjiCustomers")
    assert "C007" not in {r["Customer"] for r in lines}
    for number, line in enumerate(lines, start=first):
        assert sheet.cell(number, 18).value == who.get(str(line["Customer"]))
        assert sheet.cell(number, 19).value == f"=E{number}*2"
    below = first + len(lines)
    assert all(sheet.cell(row, 18).value is None for row in range(below, last + 5))
    assert "1" in desk.message and "only in the backup" in desk.message


@pytest.mark.parametrize("kind", ["https", "unsaved", "read-only folder"])
def test_where_the_backup_goes(desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    if kind == "https":
        name = "https://contoso.sharepoint.com/sites/sales/orders.xlsx"
        book = desk.excel.open(source, full_name=name)
    elif kind == "unsaved":
        book = desk.excel.new()
        add(book.file.active, orders())
    else:
        from addin.hosts.excel import backup  # noqa: PLC0415

        kept = backup._kept

        def refuse(copy, wanted):
            if wanted.parent == desk.folder:
                raise PermissionError
            return kept(copy, wanted)

        monkeypatch.setattr(backup, "_kept", refuse)
        book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    (saved,) = (desk.configuration / "backups").iterdir()
    assert str(saved) in desk.message
    assert "-backup-" in saved.name and saved.suffix == ".xlsx"
    assert not desk.backups()
    assert "FenjiCustomers" in {name for _, name in content(book)["tables"]}


def test_old_backups_in_the_configuration_folder_go(desk: Desk) -> None:
    folder = desk.configuration / "backups"
    folder.mkdir(parents=True)
    for number in range(25):
        (folder / f"old-{number}.xlsx").write_bytes(b"x")
    book = desk.excel.new()
    add(book.file.active, orders())
    assert desk.press("grade", book) == "done", desk.message
    assert len(list(folder.iterdir())) == 20


def test_a_text_file_gets_a_workbook_of_its_own(desk: Desk) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    book.name = "orders.csv"
    before = content(book)
    rows = [r if i == 0 else [r[0], r[1].date().isoformat(), r[2]] for i, r in enumerate(orders())]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    save_as_text(book, text)
    assert desk.press("grade", book) == "done", desk.message
    assert content(book) == before
    made = desk.folder / "orders-graded.xlsx"
    assert tiers_of(made) == expected
    assert {b.name for b in desk.excel.books} == {"orders.csv", "orders-graded.xlsx"}
    assert str(made) in desk.message
    assert desk.backups("orders")[0].suffix == ".csv"


def save_as_text(book, text: str) -> None:
    """What Excel's SaveCopyAs does of a text file that it has open."""
    from pathlib import Path  # noqa: PLC0415

    kind = type(book)
    made = type("TextBook", (kind,), {})
    made.SaveCopyAs = lambda _, Filename: Path(Filename).write_text(text, "utf-8")  # noqa: N803
    book.__class__ = made


@pytest.mark.parametrize("table_name", ["", "Clients"])
def test_a_calendar_that_begins_in_1904(desk: Desk, table_name: str) -> None:
    source = write(desk.folder / "orders.xlsx", orders(), table=table_name)
    expected = by_command(source, desk.folder / "out.xlsx")
    made = openpyxl.load_workbook(source)
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.save(source)
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"]: r["Tier"] for r in rows} == expected
    assert "2025-10" in desk.message
    # Again, in place: the day is written as this calendar counts.
    assert desk.press("grade", book) == "done", desk.message
    sheet, cell = book.file.defined_names["FenjiAsOf"].value.split("!")
    day = book.file[sheet.strip("'")][cell.replace("$", "")].value
    shown = openpyxl.utils.datetime.from_excel(day, made.epoch) if isinstance(day, float) else day
    assert shown.date() == max(r[1] for r in orders()[1:]).date() + dt.timedelta(days=1)


def test_two_instances(desk: Desk) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    other = FakeExcel()
    desk.watch(other)
    mine, theirs = desk.excel.open(source), other.open(source)
    before = content(mine)
    assert desk.press("grade", theirs) == "done", desk.message
    assert content(mine) == before
    assert "FenjiCustomers" in {name for _, name in content(theirs)["tables"]}


@pytest.mark.parametrize("table_name", ["", "Clients"])
def test_a_filtered_list_gets_each_customer_its_own_tier(desk: Desk, table_name: str) -> None:
    """Excel writes the first row into all seen rows of a filtered list (xlwings #679, #747)."""
    source = write(desk.folder / "list.xlsx", customers(), table=table_name)
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    sheet = book.file["Data"]
    if table_name:
        made = sheet.tables[table_name]
        made._initialise_columns()
        made.autoFilter = openpyxl.worksheet.filters.AutoFilter(ref=made.ref)
        made.autoFilter.add_filter_column(0, ["K001"])
    else:
        sheet.auto_filter.ref = "A1:D41"
        sheet.auto_filter.add_filter_column(0, ["K001"])
    for row in range(3, 30):
        sheet.row_dimensions[row].hidden = True
    assert desk.press("grade", book) == "done", desk.message
    who, tiers = column(book, "Data", "Customer"), column(book, "Data", OWN[0])
    assert dict(zip(who, tiers, strict=True)) == expected
    assert words("en")("excel.done.unfiltered", sheets="Data") in desk.message


def test_a_filter_that_stays_keeps_everything_as_it_is(desk: Desk) -> None:
    source = write(desk.folder / "list.xlsx", customers())
    book = desk.excel.open(source)
    sheet = book.file["Data"]
    sheet.auto_filter.ref = "A1:D41"
    sheet.auto_filter.add_filter_column(0, ["K001"])
    sheet.row_dimensions[3].hidden = True
    before = content(book)
    desk.excel.fail_on("Worksheet.ShowAllData", times=9)
    assert desk.press("grade", book) == "problem"
    assert desk.message == words("en")("excel.problem.filtered", sheet="Data")
    assert content(book) == before
