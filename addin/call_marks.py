"""What users wrote into the list of actions: who was contacted when, and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from addin.edits import Edits
from addin.words import LANGUAGES, words
from segmentation.dates import parse_dates
from segmentation.ladder import plain

ACTIONS, CONTACTS = "FenjiActions", "FenjiContacts"
_SAYS_NO = ("no", "not_yet", "later", "open")
_NOT = ("0", "-", "x", "✗", "✘", "×", "n", "false")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What stands beside one customer: contacted or not, on which day, and a note."""

    done: bool
    on: dt.date | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The marks of an earlier workbook by customer."""

    found: Mapping[str, Mark]

    @classmethod
    def of(cls, edits: Edits) -> Marks:
        """Read the list and the earlier contacts; the list counts where both know a customer."""
        listed, earlier = edits.rows(ACTIONS), edits.rows(CONTACTS)
        found = {c: _mark(row, done=bool(row.get("date"))) for c, row in earlier.items()}
        for customer, row in listed.items():
            mark = _mark(row, done=_is_yes(row.get("done")))
            before = found.get(customer)
            if mark.done or before is None:
                found[customer] = mark
            elif mark.note:
                found[customer] = Mark(done=before.done, on=before.on, note=mark.note)
        return cls(found={c: m for c, m in found.items() if m.done or m.note})

    def contacted(self, start: dt.date) -> dict[str, dt.date]:
        """The day of each contact; ``start`` where none can be read."""
        return {c: m.on or start for c, m in self.found.items() if m.done}

    @property
    def notes(self) -> pl.DataFrame:
        notes = {c: m.note for c, m in self.found.items() if m.note}
        return pl.DataFrame(
            {"customer": list(notes), "note": list(notes.values())},
            schema={"customer": pl.String, "note": pl.String},
        )

    def contacts(
        self, rest: pl.DataFrame, customers: pl.DataFrame, listed: pl.Series
    ) -> pl.DataFrame:
        """Who rests, and whose note stands in no list now: by the keys of FenjiContacts."""
        noted = self.notes.join(rest, on="customer", how="anti").filter(
            ~pl.col("customer").is_in(listed.implode())
        )
        rows = pl.concat(
            [
                rest.join(self.notes, on="customer", how="left", maintain_order="left"),
                noted.sort("customer"),
            ],
            how="diagonal",
        )
        names = customers.select("customer", "name")
        return rows.join(names, on="customer", how="inner", maintain_order="left").select(
            "customer", "name", pl.col("on").alias("date"), pl.col("until").alias("next"), "note"
        )


def _mark(row: Mapping[str, str | None], *, done: bool) -> Mark:
    return Mark(done=done, on=_date(row.get("date")), note=(row.get("note") or "").strip() or None)


def _date(text: str | None) -> dt.date | None:
    found = parse_dates(pl.Series([text], dtype=pl.String)).dates[0]
    return found if isinstance(found, dt.date) else None


def _is_yes(text: str | None) -> bool:
    """Any mark, unless it says no in so many words."""
    said = plain(text or "")
    no = {plain(words(lang)(f"action_not.{key}")) for lang in LANGUAGES for key in _SAYS_NO}
    return bool(said) and said not in no | set(_NOT)
