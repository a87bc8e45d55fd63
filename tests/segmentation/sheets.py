"""Small sheets and frames for the tests of the core."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from segmentation.check import check_orders
from segmentation.check_customers import check_customers
from segmentation.checked import Checked
from segmentation.choosing import understand
from segmentation.columns import Layout, layout
from segmentation.scheme import MeasureSettings, Scheme
from segmentation.scheme_file import parse_scheme
from segmentation.sources import RawSheet

Row = Sequence[str | None]
ORDERS = ("客户编号", "订单号", "下单日期", "金额")
PEOPLE = ("customer_id", "recency_days", "orders", "total_spend")


def sheet(
    *rows: Row, file: str = "orders.xlsx", name: str = "Sheet1", first_column: int = 0
) -> RawSheet:
    """A sheet of text cells; short rows are filled with blanks."""
    width = max(map(len, rows))
    full = [[*row, *[None] * (width - len(row))] for row in rows]
    cells = pl.DataFrame(
        {f"c{i}": [row[i] for row in full] for i in range(width)},
        schema={f"c{i}": pl.String for i in range(width)},
    )
    return RawSheet(file=file, sheet=name, cells=cells, first_column=first_column)


def found(*rows: Row) -> Layout:
    """The layout of a sheet of these rows."""
    return layout(sheet(*rows))


def roles(headers: Sequence[str], *data: Row) -> dict[str, str]:
    """Role → header of a sheet with this header row."""
    rows = data or ([f"x{i}" for i in range(len(headers))],)
    described = found(headers, *rows)
    return {role: described.headers[i] for role, i in described.columns.items()}


def checked(
    *rows: Row,
    headers: Row = ORDERS,
    as_of: str | None = None,
    today: str | None = None,
    **settings: str,
) -> Checked:
    """Check one sheet of orders; ``settings`` are those of ``[measures]``."""
    return checked_sheets(
        sheet(headers, *rows),
        settings=MeasureSettings(**settings),  # type: ignore[arg-type]
        as_of=as_of,
        today=today,
    )


def checked_sheets(
    *sheets: RawSheet,
    settings: MeasureSettings | None = None,
    as_of: str | None = None,
    today: str | None = None,
) -> Checked:
    """Check sheets of one kind."""
    layouts, _ = understand(list(sheets))
    checker = check_orders if layouts[0].kind == "orders" else check_customers
    return checker(
        layouts,
        settings=settings or MeasureSettings(),
        as_of=dt.date.fromisoformat(as_of) if as_of else None,
        today=dt.date.fromisoformat(today) if today else None,
    )


def reasons(result: Checked) -> dict[int, str]:
    """Sheet row → reason."""
    return dict(result.findings.select("row", "rule").iter_rows())


def scheme(text: str = "") -> Scheme:
    """A scheme from the text of its file."""
    return parse_scheme(text, source="test.toml")


def people(*rows: tuple[float, float, float]) -> pl.DataFrame:
    """Measures of customers c000, c001, … from (recency, frequency, monetary)."""
    return pl.DataFrame(
        {
            "customer": [f"c{i:03d}" for i in range(len(rows))],
            "recency": [float(r) for r, _, _ in rows],
            "frequency": [float(f) for _, f, _ in rows],
            "monetary": [float(m) for _, _, m in rows],
        }
    )
