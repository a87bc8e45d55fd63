"""Where the results of a grading go: into Fenji's sheets of the workbook, or new ones in it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from addin.budget import TABLE as BUDGET
from addin.compare import write_moves
from addin.edits import edits_of
from addin.explain import extras
from addin.formula_notes import fixed_notes
from addin.hosts.excel import alongside, named, own
from addin.hosts.excel.backup import Copy
from addin.hosts.excel.filling import Filler
from addin.hosts.excel.inserting import insert
from addin.hosts.excel.own import Place
from addin.hosts.excel.problems import Unfit
from addin.hosts.excel.session import Session
from addin.hosts.excel.undo import Undo
from addin.hosts.file.fill import TemplateError
from addin.matching import matched
from addin.moves import Comparison
from addin.output import Contents, contents, write
from addin.settings_back import same_settings
from addin.words import Words
from segmentation.run import Grading
from templates import moves as moves_sheet
from templates.customers import EXTRA_FORMATS
from templates.settings import TABLE as SETTINGS

if TYPE_CHECKING:
    import xlwings as xw

CUSTOMERS = "FenjiCustomers"


@dataclass(kw_only=True)
class Results:
    """A grading on its way into a workbook. ``lost`` counts customers who are gone and of whom
    something stood in the user's own columns."""

    session: Session
    book: xw.Book
    copy: Copy
    grading: Grading
    words: Words
    scheme: str | None
    moves: Comparison | None
    undo: Undo
    folder: Path
    lost: int = 0

    def place(self, places: Mapping[str, Place]) -> None:
        """Fill the tables that are there, else insert sheets. Raises Unfit where neither can be."""
        if not self.copy.keeps_tables:
            raise Unfit(self.copy.path.name)
        if own.CUSTOMERS in places:
            self._fill(places)
            if self.moves and moves_sheet.TABLE.casefold() not in places:
                path = self.folder / "moves.xlsx"
                write_moves(self.moves, path, self.words)
                insert(self.book, path, undo=self.undo, pause=self.session.check_stop)
            return
        path = self.folder / "fenji.xlsx"
        self.write(path)
        insert(self.book, path, undo=self.undo, pause=self.session.check_stop)

    def write(self, path: Path, *, inside: bool = True) -> None:
        """The results as a workbook of their own, or one whose sheets go into the user's."""
        write(
            self.grading,
            path,
            words=self.words,
            files=[self.book.name],
            scheme=self.scheme,
            moves=self.moves,
            where={self.copy.path.name: "" if inside else self.book.name},
        )

    def _fill(self, places: Mapping[str, Place]) -> None:
        filled = contents(
            self.grading,
            words=self.words,
            files=[self.book.name],
            scheme=self.scheme,
            moves=self.moves,
            edits=edits_of(self.copy.path),
            where={self.copy.path.name: ""},
            template=self.copy.path if self.copy.is_package else None,
        )
        tables, date1904 = self._matched(filled), own.date1904(self.book)
        pause = self.session.check_stop
        filler = Filler(undo=self.undo, live=filled.live, date1904=date1904, pause=pause)
        for name, frame in tables.items():
            place = places.get(name.casefold())
            if place is None:
                continue
            if name == CUSTOMERS:
                self._customers(place, frame, filler)
            else:
                # The budget's formulas answer to its inputs, whatever the other tables hold.
                always = replace(filler, live=True) if name in (BUDGET, "FenjiFindings") else filler
                always.fill(place, frame)
        cells = filled.cells if filled.live else filled.cells | fixed_notes(self.words)
        named.fill(self.book, cells, undo=self.undo, date1904=date1904, pause=pause)
        self._settings(places, filled)

    def _matched(self, filled: Contents) -> dict[str, pl.DataFrame]:
        """The frames as the workbook's tables need them, further columns of customers kept."""
        if not self.copy.is_package:
            return filled.tables
        try:
            found = matched(self.copy.path, filled.tables, self.words)
        except TemplateError as error:
            raise Unfit(error.code) from error
        all_of_them, kept = filled.tables[CUSTOMERS], found[CUSTOMERS]
        more = [c for c in all_of_them.columns if c not in kept.columns]
        whole = kept.with_columns(all_of_them[more]) if more else kept
        return found | {CUSTOMERS: whole.select(all_of_them.columns)}

    def _customers(self, place: Place, frame: pl.DataFrame, filler: Filler) -> None:
        """The table of customers, the user's own columns with their customer."""
        kept = alongside.remember(place, frame.columns)
        place = self._with_columns(place, frame)
        filler.fill(place, frame)
        keys = frame[self.words(f"header.{CUSTOMERS}.customer")].to_list()
        now = own.place_of(place.sheet, place.table)
        alongside.put_back(now, kept, keys, undo=self.undo, pause=filler.pause)
        self.lost = kept.gone(keys)

    def _with_columns(self, place: Place, frame: pl.DataFrame) -> Place:
        """The table with the columns that this method adds, new ones before the sentences."""
        kinds = {e.header: e.kind for e in extras(self.grading.model, self.words)}
        missing = [n for n in frame.columns if n in kinds and n not in place.headers]
        if not missing:
            return place
        sentence = self.words(f"header.{CUSTOMERS}.why")
        there = sentence in place.headers
        at = place.headers.index(sentence) + 1 if there else place.width + 1
        for number, name in enumerate(missing, start=at):
            column = own.new_column(place.table, name, number, self.undo)
            if column.data_body_range is not None:
                column.data_body_range.number_format = EXTRA_FORMATS.get(kinds[name], "General")
        return own.place_of(place.sheet, place.table)

    def _settings(self, places: Mapping[str, Place], filled: Contents) -> None:
        """What single cells of the sheet Settings may hold fits only its rows as they were."""
        place = places.get(SETTINGS.casefold())
        if place is None or not self.copy.is_package:
            return
        if same_settings(self.copy.path, filled.settings):
            return
        now = own.place_of(place.sheet, place.table)
        with suppress(Exception):
            now.rows(now.top, now.bottom).api.Validation.Delete()
