"""Find the header row of a sheet and what each column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from segmentation.errors import DataError, UsageError
from segmentation.sources import RawSheet
from segmentation.vocabulary import (
    CURRENCY,
    CUSTOMER_ROLES,
    NAME_PARTS,
    ROLES,
    plain,
    vocabulary,
    without_units,
)

HEADER_SEARCH_ROWS = 60
_SUFFIX_RANK = 5
_OPTIONAL = frozenset({"name", "category", *NAME_PARTS, CURRENCY})


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A sheet whose header row and columns are known.

    ``header_row`` is the frame row (0-based) of the header; ``columns`` maps roles to column
    numbers; ``kind`` is ``orders``, ``customers`` or ``other``; ``scale`` multiplies amounts
    (a header such as ``金额(万元)``).
    """

    sheet: RawSheet
    header_row: int
    headers: tuple[str, ...]
    columns: Mapping[str, int]
    kind: str
    scale: float = 1.0

    @property
    def data(self) -> pl.DataFrame:
        return self.sheet.cells.slice(self.header_row + 1)


def role_named(text: str, own: Mapping[str, Sequence[str]] | None = None) -> str:
    """The role that a user means by ``text`` in ``ROLE=HEADER``.

    ``own`` are the keys of the scheme's columns, with further names that they go by.
    Raises UsageError ``unknown_role`` with the roles that exist.
    """
    own = own or {}
    bare = plain(text)
    role = next((key for key in own if plain(key) == bare), None) or vocabulary().aliases.get(bare)
    role = role or next((k for k, names in own.items() if bare in map(plain, names)), None)
    if role is None:
        raise UsageError("unknown_role", role=text, roles=", ".join((*ROLES, *own)))
    return role


def layout(sheet: RawSheet, wanted: Mapping[str, str] | None = None) -> Layout:
    """Find header and columns of ``sheet``; ``wanted`` maps roles to headers the user named.

    Raises DataError ``columns_ambiguous`` when several columns fit a role equally well.
    """
    wanted = wanted or {}
    top = [[_text(v) for v in row] for row in sheet.cells.head(HEADER_SEARCH_ROWS).iter_rows()]
    index, labels = _header(top, wanted)
    data = sheet.cells.slice(index + 1)
    columns, scale = _roles(sheet, labels, data, wanted)
    kind = _kind(columns)
    if kind == "customers" and "monetary" not in columns and "amount" in columns:
        columns["monetary"] = columns.pop("amount")
    if kind == "orders" and "amount" not in columns and "monetary" in columns:
        columns["amount"] = columns.pop("monetary")
    return Layout(
        sheet=sheet,
        header_row=index,
        headers=tuple(labels),
        columns=columns,
        kind=kind,
        scale=scale,
    )


def named_roles(sheet: RawSheet) -> set[str]:
    """Every role that some header of the sheet could stand for."""
    top = [[_text(v) for v in row] for row in sheet.cells.head(HEADER_SEARCH_ROWS).iter_rows()]
    _, labels = _header(top, {})
    return {role for label in labels for role in _ranks(label)}


def headers_there(sheet: RawSheet, wanted: Mapping[str, str]) -> dict[str, str]:
    """Of the headers that the user named, those that this sheet has."""
    top = [[_text(v) for v in row] for row in sheet.cells.head(HEADER_SEARCH_ROWS).iter_rows()]
    labels = {plain(label) for label in _header(top, wanted)[1]}
    return {role: header for role, header in wanted.items() if plain(header) in labels}


def _text(value: str | None) -> str:
    return (value or "").strip()


def _header(top: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> tuple[int, list[str]]:
    """The row that names most roles; a group title above (merged cells) may complete a name."""
    asked = {plain(h) for h in wanted.values()}
    best: tuple[float, int, list[str]] | None = None
    for index, row in enumerate(top):
        if not any(row):
            continue
        labels = _with_group_titles(row, top[index - 1] if index else ())
        matched = {min(r, key=r.__getitem__) for r in map(_ranks, labels) if r}
        score = len(matched) + 100.0 * len(asked & {plain(label) for label in labels})
        score += 0.5 if sum(map(bool, row)) >= 2 else 0.0
        if best is None or score > best[0]:
            best = (score, index, labels)
    if best is None:
        return 0, []
    return best[1], best[2]


def _with_group_titles(row: Sequence[str], above: Sequence[str]) -> list[str]:
    labels = list(row)
    if sum(map(bool, above)) < 2:
        return labels
    title = ""
    for i, label in enumerate(labels):
        title = above[i] or title
        if not label and above[i] and _ranks(above[i]):
            labels[i] = above[i]
        elif label and title and plain(title + label) in vocabulary().ranks:
            labels[i] = title + label
    return labels


def _ranks(label: str) -> dict[str, int]:
    """How well a header fits each role: 0 best; only the end of it fits: 5 more."""
    if not label or len(label) > 60:
        return {}
    bare, units = without_units(label)
    known = vocabulary().ranks
    name = plain(bare)
    if len(name) == 1 and units:  # R(最近消费天数) says in brackets what R is
        name = plain(units[0])
    if name in known:
        return known[name]
    for start in range(1, len(name) - 2):
        rest = name[start:]
        if any(word in name[:start] for word in vocabulary().marks["other"]):
            continue
        long_enough = len(rest) >= (7 if rest.isascii() else 3)
        if long_enough and rest in known:
            return {r: k + _SUFFIX_RANK for r, k in known[rest].items() if k <= 1}
    return {}


def _roles(
    sheet: RawSheet, labels: Sequence[str], data: pl.DataFrame, wanted: Mapping[str, str]
) -> tuple[dict[str, int], float]:
    columns = {role: asked(sheet, labels, role, header) for role, header in wanted.items()}
    taken = set(columns.values())
    fits: dict[str, list[tuple[int, int]]] = {}
    for i, label in enumerate(labels):
        if i in taken or data.get_column(f"c{i}").null_count() == data.height:
            continue
        for role, rank in _ranks(label).items():
            fits.setdefault(role, []).append((rank, i))
    for role in (*ROLES, *NAME_PARTS, CURRENCY):
        if role in columns or role not in fits:
            continue
        found = [(rank, i) for rank, i in fits[role] if i not in taken]
        if found:
            columns[role] = _best(sheet, labels, data, role, found)
            taken.add(columns[role])
    _settle_generic_id(columns, labels, data)
    if "customer" not in columns and "name" in columns:
        columns["customer"] = columns["name"]
    if "name" in columns or not set(NAME_PARTS) <= columns.keys():
        for part in NAME_PARTS:
            columns.pop(part, None)
    return columns, _scale(labels, columns)


def asked(sheet: RawSheet, labels: Sequence[str], role: str, header: str) -> int:
    """The column that the user means by ``header``, or by its letter.

    Raises UsageError ``no_such_header``.
    """
    found = [i for i, label in enumerate(labels) if label == header.strip()]
    found = found or [i for i, label in enumerate(labels) if plain(label) == plain(header)]
    if not found and header.isalpha() and header.isascii() and len(header) <= 2:
        number = -1 - sheet.first_column
        letters = header.upper()
        number += sum((ord(c) - 64) * 26**p for p, c in enumerate(reversed(letters)))
        found = [number] if 0 <= number < len(labels) else []
    if not found:
        raise UsageError(
            "no_such_header",
            header=header,
            role=role,
            sheet=sheet.sheet,
            headers=", ".join(label for label in labels if label),
        )
    return found[0]


def _best(
    sheet: RawSheet,
    labels: Sequence[str],
    data: pl.DataFrame,
    role: str,
    found: list[tuple[int, int]],
) -> int:
    top = min(rank for rank, _ in found)
    tied = [i for rank, i in found if rank == top]
    first = data.get_column(f"c{tied[0]}")
    differ = any(not first.equals(data.get_column(f"c{i}")) for i in tied[1:])
    if len(tied) > 1 and differ and role not in _OPTIONAL:
        names = [labels[i] for i in tied]
        letters = [column_letter(i + sheet.first_column) for i in tied]
        choice = names[0] if len(set(names)) == len(names) else letters[0]
        raise DataError(
            "columns_ambiguous",
            role=role,
            sheet=sheet.sheet,
            file=sheet.file,
            candidates=", ".join(f"{n} ({x})" for n, x in zip(names, letters, strict=True)),
            choice=choice,
        )
    return tied[0]


def _settle_generic_id(columns: dict[str, int], labels: Sequence[str], data: pl.DataFrame) -> None:
    """A bare "id" that differs on every row, beside names that repeat, numbers the rows."""
    index = columns.get("customer")
    name = columns.get("name")
    if index is None or name is None or _ranks(labels[index]).get("customer", 0) != 3:
        return
    ids, names = data.get_column(f"c{index}"), data.get_column(f"c{name}")
    if ids.n_unique() == data.height and names.n_unique() < data.height:
        columns["customer"] = name
        columns.setdefault("order", index)


def _scale(labels: Sequence[str], columns: Mapping[str, int]) -> float:
    for role in ("amount", "monetary", "price"):
        if role in columns:
            _, units = without_units(labels[columns[role]])
            for unit in units:
                factor = vocabulary().units.get(plain(unit))
                if factor:
                    return factor
    return 1.0


def _kind(columns: Mapping[str, int]) -> str:
    money = "amount" in columns or {"quantity", "price"} <= columns.keys()
    if "customer" not in columns:
        return "other"
    aggregated = "frequency" in columns and ("recency" in columns or "last_date" in columns)
    if aggregated and ("monetary" in columns or money) and "order" not in columns:
        return "customers"
    if "date" in columns and (money or "monetary" in columns):
        return "orders"
    return "other"


def missing_roles(columns: Mapping[str, int]) -> list[str]:
    """What keeps a sheet from being graded: ``customer``, ``amount``, ``date`` (in that order)."""
    missing = []
    if "customer" not in columns:
        missing.append("customer")
    if not ({"amount", "monetary"} & columns.keys() or {"quantity", "price"} <= columns.keys()):
        missing.append("amount")
    if "date" not in columns and not set(CUSTOMER_ROLES[:2]) & columns.keys():
        missing.append("date")
    elif "date" not in columns and "frequency" not in columns:
        missing.append("frequency")
    return missing


def column_letter(index: int) -> str:
    """``0`` → ``A``, ``26`` → ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
