"""Every workbook made is valid, calculates to what it says, and says what the table says."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fastexcel
import openpyxl
import polars as pl
import pytest

from addin.words import LANGUAGES, words
from segmentation.method import METHODS
from tests.addin.conftest import Run
from tests.addin.orders import HEADERS, orders, raw_workbook, row_xml, write_text
from tests.office import Values, cell_values

CLOSE = 1e-9
TIERS = "".join(
    f'\n[[tiers]]\nkey = "{key}"\nname = {{ zh = "{key}级", en = "{key}" }}\n{limit}'
    for key, limit in [
        ("A", "min_score = 4"),
        ("B", "min_score = 3"),
        ("C", "min_score = 2"),
        ("D", ""),
    ]
)
SCHEMES = {
    "default": "",
    "nested": "[rfm]\nnested = true\nbins = 3\n",
    "left": '[rfm]\noffset = 1\nclosed = "left"\nsegments = "rfm-r"\n',
    "uneven": "[rfm]\nbins = { recency = 5, frequency = 3, monetary = 4 }\n",
    "many_bins": "[rfm]\nbins = 12\n",
    "weights": "[rfm]\nweights = { recency = 0.1, frequency = 0.3, monetary = 0.6 }\n",
    "fixed": '[rfm]\ncut = "fixed"\nhigh = { of = "measure", at = "median" }\nsegments = "eight"\n'
    "cut_points = { recency = [30, 90], frequency = [2, 4, 8], monetary = [100] }\n",
    "jenks_days": '[measures]\nfrequency = "days"\nmonetary = "mean"\n[rfm]\ncut = "jenks"\n',
    "no_segments": '[rfm]\nsegments = "none"\n',
    "pymc": '[rfm]\nbins = 4\nsegments = "pymc"\n',
    "own_segments": '[rfm]\n[[rfm.segments]]\nname = { zh = "老友", en = "=Friends" }\n'
    "recency = [3, 5]\nfrequency = [3, 5]\n",
    "two_tiers": '[[tiers]]\nkey = "VIP"\nmin_score = 3.5\n'
    'name = { zh = "贵宾", en = "VIP & co" }\n'
    '[[tiers]]\nkey = "rest"\nname = { zh = "普通", en = "Normal" }\n',
}
HEAD = "customer,date,amount\n"
SMALL = {
    "one_customer": (HEAD + "A,2025-01-01,4\nA,2025-01-03,5\n", 1),
    "one_order": (HEAD + "A,2025-01-01,4\n", 1),
    "two_customers": (HEAD + "A,2025-01-01,4\nB,2025-01-02,4\n", 2),
    "equal": (HEAD + "".join(f"C{i},2025-01-01,4\n" for i in range(30)), 30),
    "zero": (HEAD + "".join(f"C{i},2025-01-{i + 1:02},0\n" for i in range(30)), 30),
    "negative": (HEAD + "A,2025-01-01,4\nA,2025-01-02,-9\nB,2025-01-01,1\n", 2),
    "huge": (HEAD + "A,2025-01-01,4e14\nB,2025-01-02,0.000001\nC,2025-01-02,7\n", 3),
}


# A search, and what is said while sample rows stand there, come to something only in a program
# that calculates: ``test_card`` and ``test_template_command`` look at them there.
CALCULATED = frozenset(
    words(lang)(f"sheet.{key}") for lang in LANGUAGES for key in ("card", "start", "orders")
)


def differences(before: Values, after: Values) -> dict[str, tuple[object, object]]:
    """Cells whose values differ beyond the last digits, but for those that wait for a program."""
    found = {}
    for sheet in (before.keys() | after.keys()) - CALCULATED:
        one, other = before.get(sheet, {}), after.get(sheet, {})
        for where in one.keys() | other.keys():
            pair = one.get(where, ""), other.get(where, "")
            if not alike(*pair):
                found[f"{sheet}!{where}"] = pair
    return found


def alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= CLOSE * max(1.0, abs(one))
    return one == other


def sheet_of_customers(book: openpyxl.Workbook) -> Any:
    """The sheet with the customers' table; sheets to paste into may stand before it."""
    return next(sheet for sheet in book.worksheets if "FenjiCustomers" in sheet.tables)


def customers_in(path: Path) -> list[tuple[Any, ...]]:
    """The rows of the customers' table as they stand in the workbook."""
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path, data_only=True)
    sheet = sheet_of_customers(book)
    _, *rows = sheet[sheet.tables["FenjiCustomers"].ref]
    return [tuple(cell.value for cell in row) for row in rows]


@pytest.fixture
def make(
    folder: Path, fenji: Run, office: ModuleType, validator: Callable[[Path], list[str]]
) -> Callable[..., Path]:
    """Grade ``o.csv``, and hold the workbook to all that is promised of it."""

    def run(lang: str, *options: str) -> Path:
        book, table = folder / "x.xlsx", folder / "x.parquet"
        for out in (book, table):
            done = fenji("grade", "o.csv", "-o", out, *options, lang=lang)
            assert done.code == 0, done.err
        assert validator(book) == []
        frame = pl.read_parquet(table)
        rows = customers_in(book)
        assert len(rows) == frame.height
        keep = [i for i, name in enumerate(frame.columns) if name != "tier"]
        for shown, meant in zip(rows, frame.iter_rows(), strict=True):
            assert all(alike(shown[i] or "", meant[i] or "") for i in keep), (shown, meant)
        with warnings.catch_warnings(action="ignore"):
            values = cell_values(book)
            assert office.errors(values) == {}
            after = cell_values(office.recalculate(book))
        assert office.errors(after) == {}
        assert differences(values, after) == {}
        return book

    return run


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme(
    scheme: str, lang: str, folder: Path, fenji: Run, make: Callable[..., Path]
) -> None:
    write_text(folder / "o.csv", orders())
    base = fenji("scheme", "show", "general", lang=lang).out if scheme == "default" else TIERS
    text = SCHEMES[scheme]
    whole = f"format = 1\n{text}" + ("" if "[[tiers]]" in text else TIERS)
    (folder / "s.toml").write_text(base if scheme == "default" else whole, encoding="utf-8")
    book = make(lang, "--scheme", "s.toml")
    formulas = openpyxl_formulas(book)
    assert bool(formulas) == (scheme != "nested")


# In one language each: half of them in Chinese.
BY_METHOD = [(name, LANGUAGES[i % 2]) for i, name in enumerate(METHODS) if name != "rfm"]


@pytest.mark.parametrize(("name", "lang"), BY_METHOD)
def test_every_method(
    name: str, lang: str, folder: Path, fenji: Run, make: Callable[..., Path]
) -> None:
    """Live but for clusters and trees, never in a template made for RFM."""
    write_text(folder / "o.csv", orders())
    book = make(lang, "--method", name)
    assert bool(openpyxl_formulas(book)) == (name not in ("kmeans", "tree", "clv"))
    assert fenji("template", "general", "-o", "tpl.xlsx", lang=lang).code == 0
    filled = fenji("grade", "o.csv", "-o", "f.xlsx", "--method", name, "--template", "tpl.xlsx")
    assert filled.code == 0, filled.err
    assert "fresh workbook" in filled.err
    done = fenji(
        "grade", "o.csv", "-o", "g.xlsx", "--method", name, "--template", "tpl.xlsx", lang=lang
    )
    assert done.code == 0, done.err
    tier = words(lang)("header.FenjiCustomers.tier")
    in_template = [row[tier] for row in table_values(folder / "g.xlsx", "FenjiCustomers")]
    assert in_template == [row[tier] for row in table_values(book, "FenjiCustomers")]


def named_values(path: Path) -> dict[str, object]:
    """What stands in the workbook's named cells."""
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path, data_only=True)
    found = {}
    for name, defined in book.defined_names.items():
        for sheet, cell in defined.destinations:
            place = book[sheet][cell]
            found[name] = None if isinstance(place, tuple) else place.value
    return found


def table_values(path: Path, name: str) -> list[dict[str, object]]:
    """A table's rows by header, as they stand in the workbook."""
    with warnings.catch_warnings(action="ignore"):
        tables = openpyxl.load_workbook(path).worksheets
        values = openpyxl.load_workbook(path, data_only=True)
    (sheet,) = (sheet for sheet in tables if name in sheet.tables)
    header, *rows = values[sheet.title][sheet.tables[name].ref]
    headers = [str(cell.value) for cell in header]
    return [dict(zip(headers, (c.value for c in row), strict=True)) for row in rows]


def write_scheme(folder: Path, name: str) -> None:
    text = SCHEMES[name]
    whole = f"format = 1\n{text}" + ("" if "[[tiers]]" in text else TIERS)
    (folder / "s.toml").write_text(whole, encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", sorted(SCHEMES.keys() - {"default", "many_bins"}))
def test_a_template_made_for_another_scheme(
    scheme: str, lang: str, folder: Path, fenji: Run, make: Callable[..., Path]
) -> None:
    write_text(folder / "o.csv", orders())
    write_scheme(folder, scheme)
    assert fenji("template", "general", "-o", "tpl.xlsx", lang=lang).code == 0
    book = make(lang, "--scheme", "s.toml", "--template", "tpl.xlsx")
    assert bool(openpyxl_formulas(book)) == (scheme != "nested")
    say, named = words(lang), named_values(book)
    how = "fixed" if scheme == "nested" else "live"
    assert named["FenjiCustomersNote"] == say(f"template.customers.{how}")
    assert named["FenjiDashboardNote"] == say(f"dashboard.{how}")
    assert named["FenjiModelNote"] == say(f"template.model.{how}")


def test_a_template_with_too_few_scores_stays_as_it_is(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    write_scheme(folder, "many_bins")
    assert fenji("template", "general", "-o", "tpl.xlsx").code == 0
    done = fenji("grade", "o.csv", "-o", "x.xlsx", "--scheme", "s.toml", "--template", "tpl.xlsx")
    assert done.code == 0, done.err
    assert "fresh workbook" in done.err
    assert "at most 5 scores, and there are 12" in done.err
    assert len(openpyxl_formulas(folder / "x.xlsx")) > len(customers_in(folder / "x.xlsx"))


@pytest.mark.parametrize("scheme", ["many_bins", "two_tiers", "own_segments", "left"])
def test_a_template_made_from_a_scheme_file(
    scheme: str, folder: Path, fenji: Run, make: Callable[..., Path]
) -> None:
    write_text(folder / "o.csv", orders())
    write_scheme(folder, scheme)
    done = fenji("template", "--scheme", "s.toml", "-o", "tpl.xlsx")
    assert done.code == 0, done.err
    plain = make("en", "--scheme", "s.toml")
    with_formulas, expected = openpyxl_formulas(plain), cell_values(plain)
    plain.unlink()
    (folder / "x.parquet").unlink()
    book = make("en", "--scheme", "s.toml", "--template", "tpl.xlsx")
    assert openpyxl_formulas(book) == with_formulas != []
    filled = cell_values(book)
    assert differences(expected, {sheet: filled[sheet] for sheet in expected}) == {}


def test_a_template_is_of_an_industry_or_of_a_scheme_file(folder: Path, fenji: Run) -> None:
    write_scheme(folder, "left")
    assert fenji("template", "general", "--scheme", "s.toml").code == 2
    assert fenji("template", "--scheme", "s.toml").code == 0
    assert (folder / "s-en.xlsx").exists()


def test_scores_are_joined_as_the_template_has_them(
    folder: Path, fenji: Run, office: ModuleType
) -> None:
    write_text(folder / "o.csv", orders())
    write_scheme(folder, "many_bins")
    assert fenji("template", "--scheme", "s.toml", "-o", "tpl.xlsx").code == 0
    done = fenji("grade", "o.csv", "-o", "x.xlsx", "--template", "tpl.xlsx")
    assert done.code == 0, done.err
    values = cell_values(folder / "x.xlsx")
    assert differences(values, cell_values(office.recalculate(folder / "x.xlsx"))) == {}
    first = customers_in(folder / "x.xlsx")[0]
    assert first[8] == "-".join(map(str, first[5:8]))


def test_cut_points_show_no_noise(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    write_scheme(folder, "left")
    assert fenji("grade", "o.csv", "-o", "x.xlsx", "--scheme", "s.toml").code == 0
    with zipfile.ZipFile(folder / "x.xlsx") as book:
        sheets = [book.read(n).decode() for n in book.namelist() if "worksheets/sheet" in n]
    model = next(text for text in sheets if words("en")("item.closed") in text)
    numbers = re.findall(r"<v>([0-9.]+)</v>", model)
    assert [n for n in numbers if len(n.replace(".", "").lstrip("0")) > 15] == []
    assert len(numbers) > 12


@pytest.mark.parametrize("case", ["zero", "negative"])
def test_there_are_no_shares_of_nothing_or_of_a_loss(case: str, folder: Path, fenji: Run) -> None:
    (folder / "o.csv").write_text(SMALL[case][0], encoding="utf-8")
    assert fenji("grade", "o.csv", "-o", "x.xlsx").code == 0
    share = words("en")("header.FenjiTiers.monetary_share")
    rows = table_values(folder / "x.xlsx", "FenjiTiers")
    assert {row[share] for row in rows} <= {None, ""}
    lines = [v for k, v in named_values(folder / "x.xlsx").items() if k.startswith("FenjiHeadline")]
    assert [line for line in lines if line and "of the amount" in str(line)] == []


def openpyxl_formulas(path: Path) -> list[str]:
    """The formulas of the customers' table."""
    with warnings.catch_warnings(action="ignore"):
        sheet = sheet_of_customers(openpyxl.load_workbook(path))
    area = sheet[sheet.tables["FenjiCustomers"].ref]
    return [str(cell.value) for row in area for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", SMALL)
def test_few_or_equal_customers(
    case: str, lang: str, folder: Path, make: Callable[..., Path]
) -> None:
    text, count = SMALL[case]
    (folder / "o.csv").write_text(text, encoding="utf-8")
    rows = customers_in(make(lang))
    assert len(rows) == count
    if case in ("equal", "one_order", "one_customer"):
        assert len({row[5:12] for row in rows}) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_customers_get_values_alone(
    lang: str, folder: Path, fenji: Run, validator: Callable[[Path], list[str]]
) -> None:
    count = 25_000
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=i % 300) for i in range(count)]
    data = {"customer": range(count), "date": days, "amount": [i % 977 + 0.5 for i in range(count)]}
    pl.DataFrame(data).write_csv(folder / "o.csv")
    for out in ("x.xlsx", "x.parquet"):
        done = fenji("grade", "o.csv", "-o", out, lang=lang)
        assert done.code == 0, done.err
    assert validator(folder / "x.xlsx") == []
    with zipfile.ZipFile(folder / "x.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    frame = pl.read_parquet(folder / "x.parquet")
    shown = fastexcel.read_excel(folder / "x.xlsx").load_sheet(0, header_row=None).to_polars()
    rows = shown.tail(count)
    for number, name in enumerate(("customer", "recency", "score", "tier", "why")):
        assert (
            rows.to_series(frame.columns.index(name)).cast(pl.String).to_list()[number::100]
            == (frame[name].cast(pl.String).str.replace(r"\.0$", "").to_list()[number::100])
        )


def test_a_million_blank_rows(folder: Path, fenji: Run) -> None:
    """Somebody formatted whole columns; the orders are the first two rows."""
    two = [["S1", "C1", "n", "2025-01-01", 5], ["S2", "C2", "n", "2025-02-01", 7]]
    blank = (f'<row r="{i}"><c r="A{i}" s="0"/><c r="E{i}" s="0"/></row>' for i in range(4, 10**6))
    filled = [row_xml(i, values) for i, values in enumerate([list(HEADERS), *two], 1)]
    raw_workbook(folder / "o.xlsx", [*filled, *blank])
    done = fenji("grade", "o.xlsx", lang="zh")
    assert done.code == 0, done.err
    rows = customers_in(folder / f"{words('zh')('file.graded', stem='o')}")
    assert sorted((row[0], row[4]) for row in rows) == [("C1", 5), ("C2", 7)]
