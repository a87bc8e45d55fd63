"""Grading again into the same workbook keeps everything that the user added to it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from lxml import etree

from addin.words import LANGUAGES, words
from tests.addin.conftest import Run
from tests.addin.orders import orders, write_workbook
from tests.file_host.additions import Book, column_letters, title
from tests.file_host.books import MAIN, parts
from tests.office import cell_values, errors, recalculate, validate

NOTE, THREAD = "a note on {}", "a thread on {}"


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def november(frame: pl.DataFrame) -> pl.DataFrame:
    """Other orders: some customers are gone, some are new, the others bought differently."""
    kept = frame.filter(~pl.col("Customer").is_in(["00003", "00007", "00011"]))
    new = frame.head(40).with_columns(
        Order="N" + pl.col("Order"), Customer="9" + pl.col("Customer").str.slice(1)
    )
    amount = (pl.col("Amount") * (pl.col("Customer").hash(7) % 17 + 1)).round(2)
    return pl.concat([kept, new.head(5)]).with_columns(Amount=amount).reverse()


def grade(fenji: Run, *arguments: object, lang: str) -> str:
    done = fenji("grade", *arguments, lang=lang)
    assert done.code == 0, done.err
    return done.err


@pytest.fixture
def graded(folder: Path, fenji: Run, lang: str) -> Path:
    """The workbook of last month, and ``new.xlsx`` with this month's orders."""
    frame = orders(rows=500, customers=60)
    write_workbook(folder / "old.xlsx", frame)
    write_workbook(folder / "new.xlsx", november(frame))
    grade(fenji, "old.xlsx", "-o", "mine.xlsx", lang=lang)
    return folder / "mine.xlsx"


def customers(path: Path, lang: str) -> dict[str, int]:
    """The row of each customer."""
    sheet = openpyxl.load_workbook(path)[title(lang, "customers")]
    left, top, _, bottom = Book(path=path).area("FenjiCustomers")
    found = [str(sheet.cell(row, left).value) for row in range(top + 1, bottom + 1)]
    assert len(set(found)) == len(found)
    return {name: row for row, name in enumerate(found, start=top + 1)}


def hidden(path: Path, sheet: str) -> set[int]:
    book = Book(path=path)
    rows = book.tree(book.sheet_part(sheet)).iter(f"{MAIN}row")
    return {int(row.get("r")) for row in rows if row.get("hidden") == "1"}


def comments(path: Path) -> dict[str, str]:
    root = etree.fromstring(parts(path)["xl/commentsOwn.xml"])
    return {c.get("ref"): "".join(c.itertext()) for c in root.iter(f"{MAIN}comment")}


class Case:
    """The workbook with twelve kinds of additions, graded again with other orders."""

    def __init__(self, path: Path, lang: str) -> None:
        self.path, self.lang = path, lang
        self.sheet = title(lang, "customers")
        self.before = customers(path, lang)
        self.names = sorted(self.before)
        self.red, self.noted, self.hidden, self.threaded, self.lost = (
            self.names[i] for i in (20, 25, 30, 35, 7)
        )

    def add(self) -> None:
        book, sheet, lang = Book(path=self.path), self.sheet, self.lang
        _, top, _, bottom = book.area("FenjiCustomers")
        self.own = book.own_column("FenjiCustomers", "Own & <only>")
        book.put(sheet, top, self.own, "Own & <only>")
        formula = f"E{top + 1}*2"
        self.twice = book.own_column("FenjiCustomers", "Twice", formula)
        book.put(sheet, top, self.twice, "Twice")
        for name, row in self.before.items():
            book.put(sheet, row, self.own, f"own {name}" if int(name) % 2 else float(name))
            book.put(sheet, row, self.twice, f"=E{row}*2")
        self.loose = self.twice + 3
        book.put(sheet, self.before[self.names[22]], self.loose, f"loose {self.names[22]}")
        red = book.cell(sheet, self.before[self.red], 2)
        red.set("s", str(book.red_style(int(red.get("s", "0")))))
        for fill in book.tree("xl/styles.xml").find(f"{MAIN}dxfs").iter(f"{MAIN}bgColor"):
            fill.set("rgb", "FF123456")
            break
        book.define("OwnAmounts", f"'{sheet}'!$E${top + 1}:$E${bottom}")
        book.define("OwnRate", "0.25")
        area = f"'{sheet}'!$A$1:${column_letters(self.own)}${bottom}"
        index = [s.get("name") for s in book.workbook.find(f"{MAIN}sheets")].index(sheet)
        book.define("_xlnm.Print_Area", area, index)
        book.own_sheet("My sheet", f"'{sheet}'!$E${top + 1}:$E${bottom}")
        book.row(sheet, self.before[self.hidden]).set("hidden", "1")
        book.comments(
            sheet,
            {self.before[n]: NOTE.format(n) for n in (self.noted, self.lost)},
            {self.before[self.threaded]: THREAD.format(self.threaded)},
        )
        book.link(sheet, f"B{self.before[self.noted]}", "https://example.com/1")
        _, strategy, _, _ = book.area("FenjiStrategy")
        book.put(title(lang, "strategy"), strategy + 2, 2, "Call them on Mondays")
        book.put(title(lang, "strategy"), strategy + 2, 3, 77)
        tiers = [words(lang)("header.FenjiCustomers.tier")]
        self.tier = [
            c.get("name")
            for c in book.tree(book.table_part("FenjiCustomers")).iter(f"{MAIN}tableColumn")
        ].index(tiers[0])
        self.shown = book.text(sheet, top + 1, self.tier + 1).removeprefix("=")
        self._filter(book, top, bottom)
        book.save()

    def _filter(self, book: Book, top: int, bottom: int) -> None:
        """Only the first two tiers are shown."""
        values = openpyxl.load_workbook(self.path, data_only=True)[self.sheet]
        tiers = {row: values.cell(row, self.tier + 1).value for row in range(top + 1, bottom + 1)}
        self.kept = list(dict.fromkeys(tiers.values()))[:2]
        table = book.tree(book.table_part("FenjiCustomers"))
        column = etree.SubElement(
            table.find(f"{MAIN}autoFilter"), f"{MAIN}filterColumn", colId=str(self.tier)
        )
        filters = etree.SubElement(column, f"{MAIN}filters")
        for name in self.kept:
            etree.SubElement(filters, f"{MAIN}filter", val=str(name))
        for row, tier in tiers.items():
            if tier not in self.kept:
                book.row(self.sheet, row).set("hidden", "1")

    def check(self, made: Path) -> None:
        now = customers(made, self.lang)
        assert set(now) != set(self.before)
        assert self.lost not in now
        stay = [n for n in now if n in self.before]
        assert [now[n] for n in stay] != [self.before[n] for n in stay]
        sheet = openpyxl.load_workbook(made)[self.sheet]
        for name, row in now.items():
            own, twice = sheet.cell(row, self.own).value, sheet.cell(row, self.twice).value
            assert twice == f"=E{row}*2"
            if name not in self.before:
                assert own is None
            else:
                assert own == (f"own {name}" if int(name) % 2 else float(name))
        loose = {
            r: c.value
            for r, (c,) in enumerate(
                sheet.iter_rows(min_col=self.loose, max_col=self.loose), start=1
            )
            if c.value
        }
        assert loose == {now[self.names[22]]: f"loose {self.names[22]}"}
        fills = {
            cell.row
            for (cell,) in sheet.iter_rows(min_col=2, max_col=2)
            if cell.fill.fgColor.rgb == "FFFF0000"
        }
        assert fills == {now[self.red]}
        assert comments(made) == {
            f"A{now[self.noted]}": NOTE.format(self.noted),
            f"A{now[self.threaded]}": f"[Threaded comment] {THREAD.format(self.threaded)}",
        }
        assert sheet[f"B{now[self.noted]}"].hyperlink.target == "https://example.com/1"
        self._check_rows(made, now)
        self._check_parts(made, now)
        self._check_strategy(made)

    def _check_rows(self, made: Path, now: dict[str, int]) -> None:
        values = openpyxl.load_workbook(made, data_only=True)[self.sheet]
        tiers = {name: values.cell(row, self.tier + 1).value for name, row in now.items()}
        hides = {now[name] for name, tier in tiers.items() if tier not in self.kept}
        shown = set(now.values()) - hides
        assert hides and shown
        found = hidden(made, self.sheet)
        by_hand = {now[self.hidden]} if self.by_hand else set()
        assert found == hides | by_hand

    @property
    def by_hand(self) -> bool:
        """Whether the row was hidden though the filter would have shown it."""
        return self._hidden_tier in self.kept

    def _check_parts(self, made: Path, now: dict[str, int]) -> None:
        book, before, after = Book(path=made), parts(self.path), parts(made)
        _, top, right, bottom = book.area("FenjiCustomers")
        assert bottom - top == len(now)
        assert right == self.twice
        names = {
            n.get("name"): n.text
            for n in book.workbook.find(f"{MAIN}definedNames")
            if n.get("localSheetId") is None
            or ("Print_Area" in n.get("name") and self.sheet in n.text)
        }
        assert names["OwnRate"] == "0.25"
        assert names["OwnAmounts"] == f"'{self.sheet}'!$E${top + 1}:$E${bottom}"
        same = [
            "xl/styles.xml",
            "xl/media/own.png",
            "xl/drawings/drawingOwn.xml",
            "xl/worksheets/sheetOwn.xml",
            "xl/persons/person.xml",
            "xl/theme/theme1.xml",
        ]
        for part in same:
            assert after[part] == before[part], part
        areas = f"'{self.sheet}'!$A$1:${column_letters(self.own)}${bottom}"
        assert names["_xlnm.Print_Area"] == areas
        chart = after["xl/charts/chartOwn.xml"].decode()
        assert f"'{self.sheet}'!$E${top + 1}:$E${bottom}<" in chart
        threads = etree.fromstring(after["xl/threadedComments/threadedCommentOwn.xml"])
        assert [t.get("ref") for t in threads] == [f"A{now[self.threaded]}"]
        boxes = after["xl/drawings/vmlDrawingOwn.vml"].decode()
        for name in (self.noted, self.threaded):
            row = now[name] - 1
            assert f"<x:Row>{row}</x:Row>" in boxes
            assert f"1, 15, {row}, 2, 3, 15, {row + 4}, 4" in boxes
        assert boxes.count("<x:Row>") == 2

    def _check_strategy(self, made: Path) -> None:
        book = Book(path=made)
        _, top, _, _ = book.area("FenjiStrategy")
        sheet = openpyxl.load_workbook(made)[title(self.lang, "strategy")]
        assert sheet.cell(top + 2, 2).value == "Call them on Mondays"
        assert sheet.cell(top + 2, 3).value == 77
        old = openpyxl.load_workbook(self.path)[title(self.lang, "strategy")]
        assert sheet.cell(top + 1, 2).value == old.cell(top + 1, 2).value

    @property
    def _hidden_tier(self) -> Any:
        values = openpyxl.load_workbook(self.path, data_only=True)[self.sheet]
        return values.cell(self.before[self.hidden], self.tier + 1).value


def test_twelve_kinds_of_additions_stay(graded: Path, fenji: Run, lang: str) -> None:
    case = Case(graded, lang)
    case.add()
    assert validate(graded) == []
    said = grade(fenji, "new.xlsx", "--template", "mine.xlsx", "-o", "next.xlsx", lang=lang)
    case.check(graded.with_name("next.xlsx"))
    assert validate(graded.with_name("next.xlsx")) == []
    values = cell_values(recalculate(graded.with_name("next.xlsx")))
    assert errors(values) == {}
    kept = values[title(lang, "kept")]
    texts = {str(value) for value in kept.values()}
    assert {"00003", "own 00003", "00007", NOTE.format("00007")} <= texts
    assert title(lang, "kept") in said


def test_a_third_grading_keeps_them_still(graded: Path, fenji: Run, lang: str) -> None:
    case = Case(graded, lang)
    case.add()
    grade(fenji, "new.xlsx", "--template", "mine.xlsx", "-o", "next.xlsx", lang=lang)
    grade(fenji, "new.xlsx", "--template", "next.xlsx", "-o", "last.xlsx", lang=lang)
    case.check(graded.with_name("last.xlsx"))
    assert validate(graded.with_name("last.xlsx")) == []


def test_a_book_with_fenjis_sheets_is_its_own_template(folder: Path, fenji: Run, lang: str) -> None:
    """Orders and results in one workbook: graded again where it stands, with a backup."""
    stem = words(lang)("file.graded", stem="book").removesuffix(".xlsx")
    frame = orders(rows=300, customers=40)
    write_workbook(folder / "o.xlsx", frame)
    assert fenji("template", "general", "--empty", "-o", "book.xlsx", lang=lang).code == 0
    _paste(folder / "book.xlsx", frame)
    grade(fenji, "book.xlsx", lang=lang)
    made = folder / f"{stem}.xlsx"
    now = customers(made, lang)
    assert len(now) == 40
    book = Book(path=made)
    sheet = title(lang, "customers")
    _, top, right, _ = book.area("FenjiCustomers")
    book.put(sheet, top, right + 1, "Mine")
    for name, row in now.items():
        book.put(sheet, row, right + 1, f"own {name}")
    book.save()
    _paste(made, november(frame))
    mine = made.read_bytes()
    refused = fenji("grade", made.name, lang=lang)
    assert refused.code == 4
    assert made.read_bytes() == mine
    said = grade(fenji, made.name, "--force", lang=lang)
    (backup,) = set(folder.iterdir()) - {folder / n for n in ("o.xlsx", "book.xlsx", made.name)}
    assert backup.read_bytes() == mine
    assert backup.name in said
    again = customers(made, lang)
    assert set(again) - set(now) and set(now) - set(again)
    cells = openpyxl.load_workbook(made)[sheet]
    for name, row in again.items():
        expected = f"own {name}" if name in now else None
        assert cells.cell(row, right + 1).value == expected
    assert validate(made) == []


def _paste(path: Path, frame: pl.DataFrame) -> None:
    """Orders into the table that a template has for them, over those that stand there."""
    book = Book(path=path)
    part = book.tree(book.table_part("FenjiOrders"))
    sheet = next(
        s.get("name")
        for s in book.workbook.find(f"{MAIN}sheets")
        if _holds(book, s.get("name"), book.table_part("FenjiOrders"))
    )
    left, top, right, bottom = book.area("FenjiOrders")
    headers = [c.get("name") for c in part.iter(f"{MAIN}tableColumn")]
    roles = {
        "Customer": ("Customer", "客户"),
        "Order date": ("Date", "日期"),
        "Amount": ("Amount", "金额"),
    }
    for row in range(top + 1, bottom + 1):
        for column in range(left, right + 1):
            cell = book.cell(sheet, row, column)
            cell.getparent().remove(cell)
    for role, names in roles.items():
        at = next(i for i, h in enumerate(headers) if any(n.lower() in h.lower() for n in names))
        for row, value in enumerate(frame[role].to_list(), start=top + 1):
            plain = value if isinstance(value, float) else str(value)
            book.put(sheet, row, left + at, plain)
    end = max(bottom, top + frame.height)
    ref = f"{column_letters(left)}{top}:{column_letters(right)}{end}"
    part.set("ref", ref)
    filters = part.find(f"{MAIN}autoFilter")
    if filters is not None:
        filters.set("ref", ref)
    book.save()


def _holds(book: Book, name: str, table: str) -> bool:
    part = book.sheet_part(name)
    folder, _, file = part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels"
    return rels in book.parts and Path(table).name in book.parts[rels].decode()


def test_a_fresh_workbook_where_the_old_one_does_not_fit(
    graded: Path, fenji: Run, lang: str
) -> None:
    """More scores than the old workbook's sheets have room for."""
    scheme = graded.with_name("s.toml")
    scheme.write_text('format = 1\nmethod = "rfm"\nname = "S"\n[rfm]\nbins = 12\n', "utf-8")
    before = graded.read_bytes()
    said = grade(
        fenji,
        "new.xlsx",
        "--template",
        graded.name,
        "--scheme",
        scheme.name,
        "-o",
        graded.name,
        "--force",
        lang=lang,
    )
    assert graded.read_bytes() == before
    assert validate(graded.with_name("mine-2.xlsx")) == []
    assert "mine-2.xlsx" in said


COLUMNS = 3


@pytest.mark.parametrize("seed", range(6))
def test_every_own_value_follows_its_customer(seed: int, folder: Path, fenji: Run) -> None:
    """Whatever columns there are, in the table or beside it, and however the rows stand."""
    chance = random.Random(seed)
    frame = orders(rows=chance.randint(60, 300), customers=40, seed=seed)
    write_workbook(folder / "old.xlsx", frame)
    gone = chance.sample(range(40), chance.randint(0, 30))
    later = frame.filter(~pl.col("Customer").is_in([f"{n:05d}" for n in gone]))
    renamed = {f"{n:05d}": f"8{n:04d}" for n in chance.sample(range(40), 5)}
    later = later.with_columns(pl.col("Customer").replace(renamed))
    write_workbook(folder / "new.xlsx", later)
    grade(fenji, "old.xlsx", "-o", "mine.xlsx", lang="en")
    path = folder / "mine.xlsx"
    if seed % 2:  # as another program writes it: shared strings, other attributes
        book = openpyxl.load_workbook(path)
        book.save(path)
    now = customers(path, "en")
    book, sheet = Book(path=path), "Customers"
    _, top, right, bottom = book.area("FenjiCustomers")
    inside = [book.own_column("FenjiCustomers", f"In {i}") for i in range(chance.randint(0, 2))]
    for i, column in enumerate(inside):
        book.put(sheet, top, column, f"In {i}")
    right = book.area("FenjiCustomers")[2]
    beside = chance.sample(range(right + 1, right + 8), COLUMNS)
    given: dict[tuple[str, int], Any] = {}
    for column in (*inside, *beside):
        for name, row in now.items():
            kind = chance.choice(("text", "number", "formula", "none"))
            choices: dict[str, str | float | None] = {
                "text": f"<{name}> & {column}",
                "number": chance.randint(0, 10**6) / 4,
                "formula": f'=IF($E{row}>E{row - 1},SUM(E$1:E$3),"E{row}")&{row}',
                "none": None,
            }
            value = choices[kind]
            # A block of formulas far from the table stands for itself.
            if kind == "formula" and column not in inside:
                value = None
            if value is not None:
                book.put(sheet, row, column, value)
                given[name, column] = value
    below = right + 1 if right + 1 in beside else None
    if below:
        book.put(sheet, bottom + 2, below, "below")
    book.save()
    grade(fenji, "new.xlsx", "--template", "mine.xlsx", "-o", "next.xlsx", lang="en")
    made = folder / "next.xlsx"
    then = customers(made, "en")
    cells = openpyxl.load_workbook(made)[sheet]
    end = max(then.values())
    for column in (*inside, *beside):
        for name, row in then.items():
            value = given.get((name, column))
            if isinstance(value, str) and value.startswith("="):
                value = f'=IF($E{row}>E{row - 1},SUM(E$1:E$3),"E{now[name]}")&{now[name]}'
            assert cells.cell(row, column).value == value, (name, column)
        left = [cells.cell(r, column).value for r in range(end + 1, end + 60)]
        assert [v for v in left if v] == (["below"] if column == below else [])
    kept = {(who, text) for who, _, _, text, _ in _kept_rows(made)}
    lost = {
        (name, str(value).removesuffix(".0"))
        for (name, _), value in given.items()
        if name not in then and not str(value).startswith("=")
    }
    assert kept == lost
    # Another program's file may not be quite valid itself.
    assert set(validate(made)) <= (set(validate(path)) if seed % 2 else set())


def _kept_rows(path: Path) -> list[tuple[str, ...]]:
    book = openpyxl.load_workbook(path)
    if "Kept notes" not in book.sheetnames:
        return []
    rows = book["Kept notes"].iter_rows(min_row=5, max_col=5, values_only=True)
    return [tuple("" if c is None else str(c) for c in row) for row in rows]
