"""The same orders give the same grades, whatever file they stand in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import xlsxwriter
from polars.testing import assert_frame_equal

from tests.addin.conftest import Run
from tests.addin.orders import HEADERS, TITLES, orders, write_text, write_workbook

Frame = pl.DataFrame
ORDERS = orders()


def quoted(frame: Frame) -> str:
    """A .csv whose names are quoted and hold line breaks."""
    broken = frame.with_columns(pl.col("Name").str.replace_all(" ", "\r\n"))
    return broken.write_csv(quote_style="always", line_terminator="\r\n")


def titled(frame: Frame) -> str:
    """A .csv as a shop's back office exports it: a title, notes, short and long rows."""
    head, _, body = frame.write_csv().partition("\n")
    lines = body.splitlines()
    lines[3] += ",,,"
    above = ["Orders of 2025", "made by,the shop", "", head]
    return "\n".join([*above, *lines, "Total,,,,99"]) + "\n"


def with_chinese_titles(frame: Frame) -> Frame:
    return frame.rename(dict(zip(HEADERS, TITLES["zh"], strict=True)))


WAYS: dict[str, Callable[[Path], object]] = {
    "o.xlsx": lambda p: write_workbook(p, ORDERS),
    "typed dates, 1904.xlsx": lambda p: write_workbook(p, ORDERS, date_1904=True),
    "text dates.xlsx": lambda p: write_workbook(p, ORDERS, text_dates=True),
    "title rows.xlsx": lambda p: write_workbook(
        p, ORDERS, above=[["Orders 2025"], [], ["", "a note"]]
    ),
    "中文.xlsx": lambda p: write_workbook(p, with_chinese_titles(ORDERS)),
    "utf-8.csv": lambda p: write_text(p, ORDERS),
    "mark.csv": lambda p: write_text(p, ORDERS, encoding="utf-8-sig"),
    "gb18030.csv": lambda p: write_text(p, with_chinese_titles(ORDERS), encoding="gb18030"),
    "utf-16.csv": lambda p: write_text(p, ORDERS, encoding="utf-16"),
    "semicolons.csv": lambda p: write_text(p, ORDERS, separator=";"),
    "tabs.csv": lambda p: write_text(p, ORDERS, separator="\t"),
    "tabs.tsv": lambda p: write_text(p, ORDERS, separator="\t"),
    "bars.txt": lambda p: write_text(p, ORDERS, separator="|"),
    "typed.parquet": ORDERS.write_parquet,
    "datetimes.parquet": lambda p: ORDERS.with_columns(
        pl.col("Order date").cast(pl.Datetime("us"))
    ).write_parquet(p),
    "shuffled.csv": lambda p: write_text(p, ORDERS.sample(fraction=1, shuffle=True, seed=7)),
}


@pytest.fixture
def graded(folder: Path, fenji: Run) -> Callable[..., Frame]:
    """The graded table of files, read back from .parquet."""

    def run(*sources: str, options: tuple[str, ...] = ()) -> Frame:
        out = folder / "graded.parquet"
        done = fenji("grade", *sources, "-o", out, "--force", *options)
        assert done.code == 0, done.err
        return pl.read_parquet(out)

    return run


@pytest.fixture
def expected(folder: Path, graded: Callable[..., Frame]) -> Frame:
    """The graded table of the plain workbook, checked against the orders themselves."""
    WAYS["o.xlsx"](folder / "plain.xlsx")
    table = graded("plain.xlsx")
    own = (
        ORDERS.group_by("Customer").agg(pl.len(), pl.col("Amount").sum().round(2)).sort("Customer")
    )
    found = table.sort("customer").select("customer", "frequency", "monetary")
    assert found["customer"].to_list() == own["Customer"].to_list()
    assert found["frequency"].to_list() == own["len"].to_list()
    assert found["monetary"].to_list() == pytest.approx(own["Amount"].to_list())
    assert table["tier"].n_unique() == 4
    return table


@pytest.mark.parametrize("name", WAYS)
def test_every_format_gives_the_same(
    name: str, folder: Path, graded: Callable[..., Frame], expected: Frame
) -> None:
    WAYS[name](folder / name)
    assert_frame_equal(graded(name), expected, check_exact=True)


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_older_and_other_workbooks(
    kind: str, folder: Path, office: ModuleType, graded: Callable[..., Frame], expected: Frame
) -> None:
    write_workbook(folder / "o.xlsx", ORDERS)
    office.convert(folder / "o.xlsx", kind, folder)
    assert_frame_equal(graded(f"o.{kind}"), expected, check_exact=True)


@pytest.mark.parametrize("write", [quoted, titled])
def test_untidy_text_files(
    write: Callable[[Frame], str], folder: Path, graded: Callable[..., Frame], expected: Frame
) -> None:
    (folder / "o.csv").write_bytes(write(ORDERS).encode())
    found = graded("o.csv").with_columns(pl.col("name").str.replace_all("\r?\n", " "))
    same_order = expected.drop("name")
    assert_frame_equal(found.drop("name"), same_order, check_exact=True)
    assert found["name"].to_list() == expected["name"].to_list()


def test_several_files_and_patterns(
    folder: Path, graded: Callable[..., Frame], expected: Frame
) -> None:
    write_text(folder / "part-1.csv", ORDERS.head(100))
    write_workbook(folder / "part-2.xlsx", ORDERS.slice(100, 100))
    ORDERS.slice(200).write_parquet(folder / "part-3.parquet")
    (folder / "~$part-2.xlsx").write_bytes(b"Excel's own note on who has the file open")
    assert_frame_equal(graded("*part-?.*"), expected, check_exact=True)
    names = ("part-1.csv", "part-2.xlsx", "part-3.parquet")
    assert_frame_equal(graded(*names, "part-1.csv"), expected, check_exact=True)


def test_several_sheets_and_hidden_ones(
    folder: Path, graded: Callable[..., Frame], expected: Frame
) -> None:
    with xlsxwriter.Workbook(folder / "o.xlsx", {"strings_to_formulas": False}) as book:
        for number, part in enumerate((ORDERS.head(120), ORDERS.slice(120), ORDERS.head(50))):
            sheet = book.add_worksheet(f"part {number}")
            sheet.write_row(0, 0, HEADERS)
            for i, row in enumerate(part.with_columns(pl.col("Order date").cast(pl.String)).rows()):
                sheet.write_row(i + 1, 0, row)
            if number == 2:
                sheet.hide()
        book.add_worksheet("notes").write_column(0, 0, ["some", "notes", "on this"])
    assert_frame_equal(graded("o.xlsx"), expected, check_exact=True)
    write_text(folder / "fifty.csv", ORDERS.head(50))
    hidden = graded("o.xlsx", options=("--sheet", "part 2"))
    assert_frame_equal(hidden, graded("fifty.csv"), check_exact=True)


HEAD = "customer,name,date,amount\n"
ONE = "00123,x,2025-01-01,4\n00124,y,2025-01-02,5\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ONE.replace("x", 'a 5" pipe'),
        (HEAD + ONE).replace("\n", "\r"),
        (HEAD + ONE).replace("\n", "\r\n").strip(),
        HEAD + ONE.replace("00123", '="00123"').replace("00124", '"=""00124"""'),
        HEAD + ONE.replace("00", "\t00"),
        "sep=;\n" + (HEAD + ONE).replace(",", ";"),
        (HEAD + ONE).replace(",4", ",4,,").replace("\n", "\n\n"),
    ],
)
def test_text_files_as_other_programs_write_them(
    text: str, folder: Path, graded: Callable[..., Frame]
) -> None:
    (folder / "o.csv").write_bytes(text.encode())
    found = graded("o.csv").sort("customer")
    assert found["customer"].to_list() == ["00123", "00124"]
    assert found["monetary"].to_list() == [4, 5]


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        (["00123", "00124"], ["00123", "00124"]),
        ([17850, 13047], ["13047", "17850"]),
        ([17850.0, 13047.0], ["13047", "17850"]),
        (["１７８５０", " A 1 "], ["17850", "A 1"]),
        (["123456789012345678", "123456789012345679"], None),
    ],
)
@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_ids_stay_what_they_are(
    ending: str,
    ids: list[object],
    shown: list[str] | None,
    folder: Path,
    graded: Callable[..., Frame],
) -> None:
    data = {"customer": ids, "date": ["2025-01-01", "2025-02-01"], "amount": [1.5, 2.0]}
    frame = pl.DataFrame(data)
    path = folder / f"i.{ending}"
    if ending == "xlsx":
        write_workbook(path, frame)
    elif ending == "csv":
        write_text(path, frame)
    else:
        frame.write_parquet(path)
    found = graded(path.name)["customer"].sort().to_list()
    assert found == (shown or ids)


def test_numbers_that_look_like_days(folder: Path, graded: Callable[..., Frame]) -> None:
    """A workbook's date is a number there: as a serial, a text and a date it is one day."""
    rows = [("A", 45658, 1.0), ("B", "2025-01-01", 2.0), ("C", "20250101", 3.0)]
    with xlsxwriter.Workbook(folder / "d.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["customer", "date", "amount"])
        for i, row in enumerate(rows, 1):
            sheet.write_row(i, 0, row)
    assert graded("d.xlsx")["recency"].to_list() == [1, 1, 1]


def test_a_customer_merged_over_its_orders(folder: Path, graded: Callable[..., Frame]) -> None:
    path = folder / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(3, 2, ["Customer", "Order date", "Amount"])
        for i in range(6):
            sheet.write_row(4 + i, 3, [f"2026-01-0{i + 1}", 10 + i])
        sheet.merge_range(4, 2, 6, 2, "Ann")
        sheet.merge_range(7, 2, 9, 2, "Bob")
    found = graded(path).select("customer", "frequency", "monetary").sort("customer")
    assert found.rows() == [("Ann", 3, 33.0), ("Bob", 3, 42.0)]
