"""What a workbook that is open in Excel holds to be graded: from its copy, else from its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from addin import requests
from addin.arguments import parser
from addin.beside_list import lists_of
from addin.choices import Options
from addin.hosts.excel import own, reading
from addin.hosts.excel.backup import Copy
from addin.hosts.excel.own import Place
from addin.hosts.excel.session import Session
from addin.hosts.excel.wording import words_in_excel
from addin.hosts.file.reading import read_sources
from addin.requests import Request
from addin.settings_back import OwnSettings, settings_of
from addin.words import LANGUAGES, Words, words
from segmentation.columns import Layout
from segmentation.errors import FileError
from segmentation.run import Grading
from segmentation.sources import RawSheet
from templates.settings import TABLE, TOML_CELLS

# What keeps a copy from being read, while Excel itself has the workbook open.
_CLOSED = ("protected_workbook", "damaged_workbook", "damaged_file", "wrong_ending")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is graded: the request, and the sheets that may be; ``own`` are names of Fenji's."""

    asked: Request
    sheets: list[RawSheet]
    own: frozenset[str]

    def lists(self, grading: Grading) -> list[Layout]:
        """The user's own sheets that list customers: graded ones, and others beside orders."""
        return lists_of(self.sheets, self.own, grading)


def spoken_by(places: Mapping[str, Place], text: Words) -> Words:
    """The language of the workbook's own tables, so that their headers fit; else the user's."""
    for lang in (text.lang, *LANGUAGES):
        known = words(lang).section("header.FenjiCustomers")
        place = places.get(own.CUSTOMERS)
        if place and known["customer"] in place.headers and known["tier"] in place.headers:
            return words_in_excel(lang)
    return text


def source(session: Session, copy: Copy, places: Mapping[str, Place], text: Words) -> Source:
    """Read what there is to grade. Raises FenjiError."""
    options: Options = parser(text).parse_args(["grade", str(copy.path)])
    mine = frozenset(place.sheet.name for place in places.values())
    if copy.is_package:
        try:
            asked = requests.request(options, text)
            found = requests.sheets_of(asked, session.step)
            return Source(asked=asked, sheets=_first_hand(asked, found, mine), own=mine)
        except FileError as error:
            if error.code not in _CLOSED:
                raise
    asked = requests.request(options, text, own=_settings(session, places, text))
    sheets = _cells(session, copy)
    kept = [s for s in sheets if s.sheet not in mine or _graded_before(s, places)]
    return Source(asked=asked, sheets=_first_hand(asked, kept, mine), own=mine)


def _first_hand(asked: Request, kept: list[RawSheet], mine: frozenset[str]) -> list[RawSheet]:
    """Without the customers graded before, where there is anything else to grade."""
    theirs = [s for s in kept if s.sheet not in mine]
    return requests.first_hand(asked, kept, theirs, besides_orders=False)


def _cells(session: Session, copy: Copy) -> list[RawSheet]:
    """The sheets of the copy, or where it can't be read, of the workbook itself."""
    try:
        return read_sources([copy.path])
    except FileError as error:
        if error.code not in _CLOSED:
            raise
    text = session.words

    def step(sheet: str) -> None:
        session.step(text("cli.reading", file=sheet))

    return reading.raw_sheets(session.book, step)


def _settings(session: Session, places: Mapping[str, Place], text: Words) -> OwnSettings | None:
    place = places.get(TABLE.casefold())
    if place is None:
        return None
    return settings_of([reading.table_text(place, session.book, TOML_CELLS)], text)


def _graded_before(sheet: RawSheet, places: Mapping[str, Place]) -> bool:
    place = places.get(own.CUSTOMERS)
    return place is not None and place.sheet.name == sheet.sheet
