"""The sheets that people paste into, as a scheme needs them: headers, hints and sample rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from addin.word_lists import in_language
from addin.words import Words
from segmentation import run
from segmentation.grading import needs
from segmentation.scheme import ColumnSettings, Scheme
from templates.inputs import InputColumn, Inputs, InputSheet, Kind
from templates.samples import GENERAL, Sample, sample

_ORDER_KINDS: dict[str, Kind] = {
    "customer": "id",
    "name": "text",
    "date": "date",
    "order": "id",
    "category": "text",
    "amount": "amount",
}
# Kept as shares: a percentage as well as 0.85.
_SHARES = frozenset({"supply_share", "adherence_share", "debt_ratio"})


def inputs_of(preset: str, scheme: Scheme, words: Words, *, with_sample: bool) -> Inputs:
    """What a template of the scheme asks for; ``preset`` decides how things are called there."""
    rows = sample(preset, words.lang) if with_sample else Sample(orders=(), customers=())
    keys = [k for k in _ORDER_KINDS if k != "category" or "categories" in needs(scheme)]
    headers = _headers(preset, words)
    orders = InputSheet(
        columns=tuple(
            InputColumn(header=headers[k], kind=_ORDER_KINDS[k], prompt=words(f"inputs.prompt.{k}"))
            for k in keys
        ),
        rows=_rows(rows.orders, keys),
    )
    own = run.own_columns(scheme)
    return Inputs(
        orders=orders,
        attributes=_attributes(scheme, own, orders, rows, words) if own else None,
        about=words(f"inputs.about.{preset if words.has(f'inputs.about.{preset}') else GENERAL}"),
    )


def _headers(preset: str, words: Words) -> dict[str, str]:
    general = words.section(f"inputs.header.{GENERAL}")
    known = words.has(f"inputs.header.{preset}")
    return general | (words.section(f"inputs.header.{preset}") if known else {})


def _attributes(
    scheme: Scheme,
    own: Mapping[str, ColumnSettings],
    orders: InputSheet,
    rows: Sample,
    words: Words,
) -> InputSheet:
    settings = [dataclasses.asdict(part.settings) for part in scheme.parts if part.settings]
    columns = [_own(key, column, settings, words) for key, column in own.items()]
    return InputSheet(
        columns=(*orders.columns[:2], *columns),
        # A scheme of one's own has no values for its columns.
        rows=_rows(rows.customers, ["customer", "name", *own]),
    )


def _rows(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[list[Any]]:
    return [[row.get(key) for key in keys] for row in rows]


def _own(key: str, column: ColumnSettings, settings: Sequence[Any], words: Words) -> InputColumn:
    header = column.name.get(words.lang) or next(iter(column.name.values()), key)
    if column.kind == "text":
        choices = in_language(_known(settings, key), words.lang)
        prompt = words("inputs.prompt.choice" if choices else "inputs.prompt.text")
        return InputColumn(header=header, kind="class", prompt=prompt, choices=choices)
    if key in _SHARES:
        return InputColumn(header=header, kind="share", prompt=words("inputs.prompt.share"), most=1)
    if column.most is None:
        return InputColumn(header=header, kind="number", prompt=words("inputs.prompt.number"))
    prompt = words("inputs.prompt.number_most", most=f"{column.most:g}")
    return InputColumn(header=header, kind="number", prompt=prompt, most=column.most)


def _known(node: Any, key: str) -> list[str]:
    """The words that settings know for a column, best first."""
    found: list[str] = []
    values: Sequence[Any] = ()
    if isinstance(node, Mapping):
        if node.get("measure") == key:
            found += node.get("table") or ()
        if isinstance(about := node.get(key), Mapping):
            found += [word for listed in (about.get("words") or {}).values() for word in listed]
        values = list(node.values())
    elif isinstance(node, list | tuple):
        values = node
    return found + [word for value in values for word in _known(value, key)]
