"""Usual header rows are understood without a question."""

from __future__ import annotations

import pytest

from segmentation.columns import layout
from tests.segmentation.header_sets import CUSTOMER_SHEETS, ORDER_SHEETS
from tests.segmentation.sheets import sheet


@pytest.mark.parametrize(
    ("kind", "name"),
    [("orders", n) for n in ORDER_SHEETS] + [("customers", n) for n in CUSTOMER_SHEETS],
)
def test_headers_are_understood(kind: str, name: str) -> None:
    headers, expected = (ORDER_SHEETS if kind == "orders" else CUSTOMER_SHEETS)[name]
    titles = headers.split("|")
    wanted = dict(pair.split("=", 1) for pair in expected.split("|"))
    rows = [[f"{title}{i}" for title in titles] for i in range(3)]
    described = layout(sheet(titles, *rows))
    got = {role: described.headers[i] for role, i in described.columns.items()}
    assert {role: got.get(role) for role in wanted} == wanted
    assert described.kind == kind
