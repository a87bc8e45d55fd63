"""One customer of a graded file, explained: tier, why, what would lift it, what to do."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from addin.graded import customers_of, table
from addin.hosts.file.reading import read_sources
from addin.words import LANGUAGES, Words, words
from segmentation.errors import UsageError
from segmentation.ladder import plain
from segmentation.scheme import DERIVED
from segmentation.sources import RawSheet

_SENTENCES = ("why", "next")
_CLOSE = 5
_CODES = ("rfm", "abc")
_TEXTS = ("customer", "name", "tier", "segment", "abc", "stage", "why", "next")
_SHARES = ("budget_share", "growth", "return_share", "repeat_rate")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a graded file says of one customer.

    ``row`` is the customer's row by key (the contract's keys where they are known, else the
    header), ``headers`` the headers by key as the file has them, ``to_do`` the row of the tier on
    the sheet Strategy and ``rules`` what gives each tier, where the file holds them.
    """

    row: dict[str, str]
    headers: dict[str, str]
    to_do: dict[str, str]
    rules: list[str]


def explained(path: Path, customer: str) -> Card:
    """One customer of a graded file, by number or name.

    Raises DataError ``not_graded``, UsageError ``no_such_customer``, ``customer_ambiguous``.
    """
    return explained_in(read_sources([path]), customer, path)


def explained_in(sheets: Sequence[RawSheet], customer: str, path: Path) -> Card:
    """The same from sheets that have been read; ``path`` is the file that they are of."""
    frame, headers = customers_of(sheets, path)
    row = _found(frame, customer, path)
    strategy = table(sheets, "FenjiStrategy", needed={"tier", "strategy"})
    what = strategy[0].filter(pl.col("tier") == row["tier"]) if strategy else None
    to_do = what.row(0, named=True) if what is not None and what.height else {}
    return Card(
        row=row, headers=headers, to_do={k: v for k, v in to_do.items() if v}, rules=_rules(sheets)
    )


def _rules(sheets: Sequence[RawSheet]) -> list[str]:
    """The sentences on the sheet Model that say what gives each tier."""
    model = table(sheets, "FenjiModel", needed={"item", "meaning"})
    if model is None:
        return []
    called = [words(lang)("item_more.rule") for lang in LANGUAGES]
    found: list[str] = model[0].filter(pl.col("item").is_in(called))["meaning"].to_list()
    return found


def _found(frame: pl.DataFrame, customer: str, path: Path) -> dict[str, str]:
    wanted = plain(customer)
    for column in [c for c in ("customer", "name") if c in frame.columns]:
        texts = [plain(t) for t in frame[column].to_list()]
        hits = [i for i, text in enumerate(texts) if text == wanted]
        if len(hits) > 1:
            some = ", ".join(frame["customer"][i] for i in hits[:_CLOSE])
            raise UsageError("customer_ambiguous", customer=customer, customers=some)
        if hits:
            row: dict[str, str] = frame.row(hits[0], named=True)
            return row
    known = [t for c in ("customer", "name") if c in frame.columns for t in frame[c].to_list() if t]
    close = difflib.get_close_matches(customer, known, n=_CLOSE, cutoff=0.5) or known[:_CLOSE]
    raise UsageError(
        "no_such_customer", customer=customer, file=path.name, customers=", ".join(close)
    )


def lines(card: Card, words: Words) -> list[str]:
    """The card as lines of text: who and which tier first, then why, next, the numbers."""
    row, headers = card.row, card.headers
    own = words.section("header.FenjiCustomers")
    who = " ".join(dict.fromkeys(v for v in (row["customer"], row.get("name", "")) if v))
    shown = [words("card.head", who=who, tier=row["tier"])]
    for key in _SENTENCES:
        if row.get(key):
            shown.append(words("card.line", name=own[key], value=row[key]))
    for key, value in card.to_do.items():
        name = words.section("header.FenjiStrategy").get(key)
        if name and key != "tier":
            joined = words("card.and").join(str(value).splitlines())
            shown.append(words("card.line", name=name, value=_written(key, joined)))
    shown.append(words("card.numbers"))
    for key, value in row.items():
        if key not in (*_SENTENCES, "customer", "name", "tier") and value:
            name = own.get(key) or _measure(key, words) or headers.get(key, key)
            line = words("card.line", name=name, value=_written(key, value))
            shown.append("  " + line)
    if card.rules:
        shown += [words("card.rules"), *(f"  {rule}" for rule in card.rules)]
    return shown


def _measure(key: str, words: Words) -> str:
    return words(f"measure_name.{key}") if key in DERIVED else ""


def plain_values(card: Card) -> dict[str, object]:
    """The card as data: numbers as numbers, names and codes as text."""
    found = {k: _number(v) if k not in _TEXTS else v for k, v in card.row.items() if v}
    to_do = {k: _number(v) for k, v in card.to_do.items()}
    more = {"strategy": to_do, "rules": card.rules}
    return found | {k: v for k, v in more.items() if v}


def _number(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number == round(number) else number


def _written(key: str, value: str) -> str:
    """Numbers as people write them; a share as percent, codes such as 543 as they are."""
    try:
        number = float(value)
    except ValueError:
        return value
    if key in _CODES or not math.isfinite(number):
        return value
    if key in _SHARES:
        return f"{number:.0%}"
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"
