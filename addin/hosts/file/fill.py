"""Fill a template workbook: rows into its named tables, values into its named cells.

Rows are streamed into the sheet parts; every other part of the package is copied without being
unpacked. Allowed to change besides sheets and tables: names that end with a table, the order to
calculate on opening, and the calculation chain, which goes when formulas have moved.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from addin.hosts.file import tablexml, workbookxml
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.growing import grown_parts
from addin.hosts.file.package import Block, Package, Writer, pack
from addin.hosts.file.rewriting import rewritten
from addin.hosts.file.sheetframe import SheetFrame
from addin.hosts.file.sheetplan import Filling, NamedCell, SheetPlan
from addin.hosts.file.sheetwrite import Job, SheetWriter
from addin.hosts.file.travel import Gone, Travel, Travelled
from addin.hosts.file.travelling import travelled
from addin.hosts.file.validations import without_rules
from addin.hosts.file.workbookxml import Sheet, Workbook

__all__ = ["Filled", "TemplateError", "Travel", "fill"]


def fill(
    template: Path,
    out: Path,
    *,
    tables: Mapping[str, pl.DataFrame],
    cells: Mapping[str, object],
    formulas: bool = True,
    always: Collection[str] = (),
    new_rows: Collection[str] = (),
    travels: Mapping[str, Travel] | None = None,
) -> Filled:
    """Fill the named tables and named cells of a template and write the workbook to ``out``.

    The first data row of a table in the template gives the style, row attributes and formula of
    each of its columns. A frame's columns are matched to the table's by header text; columns of
    the table that a frame lacks keep their formula, or stay blank. Tables and cells that the
    template lacks are passed over, unless it has none of them at all. ``formulas=False`` writes
    values alone into the columns that a frame has, but for the tables ``always``, which stand alone
    on their sheets. ``new_rows`` names tables whose rows are others than the template's, so that
    its rules for what single cells can hold go. What users added to the rows of the tables
    ``travels`` goes with them. ``out`` appears whole or not at all, and may be the template itself.

    Raises `TemplateError`; its docstring lists the codes.
    """
    with Package(template) as package:
        workbook = Workbook(package)
        known = {name.lower(): travel for name, travel in (travels or {}).items()}
        wanted = _Wanted(
            tables=tables,
            cells=cells,
            formulas=formulas,
            always=frozenset(name.lower() for name in always),
            new_rows=frozenset(name.lower() for name in new_rows),
            travels=known,
        )
        plans, went = _plans(workbook, wanted)
        for plan in plans.values():
            plan.check()
        writers = {part: SheetWriter(plan) for part, plan in plans.items()}
        moved = {part: data for one in went for part, data in one.parts.items()}
        changed = _small_parts(workbook, writers, moved)
        _write(package, out, writers, changed)
    return Filled(
        gone=tuple(gone for one in went for gone in one.gone),
        unfiltered=tuple(name for one in went for name in one.unfiltered),
    )


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What came of rows that were there before: what users had added to those that are gone, and
    the tables whose filter could not be kept."""

    gone: tuple[Gone, ...] = ()
    unfiltered: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What is to be filled; names of tables in small letters, but for those of ``tables``."""

    tables: Mapping[str, pl.DataFrame]
    cells: Mapping[str, object]
    formulas: bool
    always: frozenset[str]
    new_rows: frozenset[str]
    travels: Mapping[str, Travel]


def _plans(workbook: Workbook, wanted: _Wanted) -> tuple[dict[str, SheetPlan], list[Travelled]]:
    """What goes where, by sheet part, and what of the users went along."""
    tables, cells = wanted.tables, wanted.cells
    sheets: dict[str, Sheet] = {}
    fillings: dict[str, list[Filling]] = {}
    named: dict[str, list[NamedCell]] = {}
    for name, frame in tables.items():
        if name.lower() in workbook.tables:
            sheet, table = workbook.tables[name.lower()]
            _check_columns(table, frame)
            sheets[sheet.part] = sheet
            fillings.setdefault(sheet.part, []).append(Filling(table=table, frame=frame))
    for name, value in cells.items():
        place = workbook.named_cell(name)
        if place:
            sheet, row, column = place
            sheets[sheet.part] = sheet
            cell = NamedCell(name=name, row=row, column=column, value=value)
            named.setdefault(sheet.part, []).append(cell)
    if not sheets and (tables or cells):
        raise TemplateError("table_missing", tables=list(tables), cells=list(cells))
    plans, went = {}, []
    for part, sheet in sheets.items():
        here = fillings.get(part, [])
        filled = {filling.table.part for filling in here}
        xml = workbook.package.read(part)
        for filling in here:
            if filling.table.name.lower() in wanted.new_rows:
                xml = without_rules(xml, filling.table.data)
        frames = {filling.table.part: (filling.table, filling.frame) for filling in here}
        moved = travelled(
            workbook.package, sheet, SheetFrame.parse(part, xml), frames, wanted.travels
        )
        went.append(moved)
        plans[part] = SheetPlan(
            sheet=sheet.name,
            frame=moved.frame,
            fillings=[replace(f, carried=moved.carried.get(f.table.part)) for f in here],
            others=[table for table in sheet.tables if table.part not in filled],
            cells=named.get(part, []),
            date1904=workbook.date1904,
            formulas=wanted.formulas or all(f.table.name.lower() in wanted.always for f in here),
        )
    return plans, went


def _check_columns(table: tablexml.Table, frame: pl.DataFrame) -> None:
    headers = {column.header for column in table.columns}
    extra = [name for name in frame.columns if name not in headers]
    if extra:
        raise TemplateError("column_missing", table=table.name, columns=extra)


def _small_parts(
    workbook: Workbook, writers: Mapping[str, SheetWriter], moved: Mapping[str, bytes]
) -> dict[str, bytes | None]:
    """The other parts that change, those that ``moved`` has already too; None for one that goes."""
    package = workbook.package
    changed: dict[str, bytes | None] = dict(moved)
    growths = {}
    for writer in writers.values():
        for filling in writer.plan.fillings:
            part = filling.table.part
            xml = moved.get(part) or package.read(part)
            changed[part] = tablexml.resized(xml, filling.growth)
        growths[writer.plan.sheet.lower()] = [f.growth for f in writer.plan.fillings]
    if any(filling.carried for w in writers.values() for filling in w.plan.fillings):
        changed |= grown_parts(workbook, growths, besides=set(writers))
    own = any(writer.has_formulas() for writer in writers.values())
    recalculate = bool(writers) and not workbook.calculates_on_load()
    recalculate = recalculate and (own or workbook.has_formulas())
    changed[workbook.part] = workbook.changed(growths, recalculate=recalculate)
    chain = workbook.calculation_chain()
    if own and chain:
        changed |= workbookxml.without_chain(package, workbook, chain)
        changed[chain] = None
    return {
        part: data for part, data in changed.items() if data is None or data != package.read(part)
    }


def _write(
    package: Package,
    out: Path,
    writers: Mapping[str, SheetWriter],
    changed: Mapping[str, bytes | None],
) -> None:
    """Write the package beside ``out`` first, so that ``out`` is never half a workbook."""
    with rewritten(package, out) as target:
        _write_entries(package, target, writers, changed)


def _write_entries(
    package: Package,
    target: Writer,
    writers: Mapping[str, SheetWriter],
    changed: Mapping[str, bytes | None],
) -> None:
    sheets = {part.lower(): writer for part, writer in writers.items()}
    small = {part.lower(): data for part, data in changed.items()}
    workers = max(2, min(os.cpu_count() or 2, 8))
    with ThreadPoolExecutor(workers) as pool:
        for entry in package.entries:
            part = entry.filename.lower()
            if part in sheets:
                target.write(entry, _packed(pool, workers, sheets[part].jobs()))
            elif part not in small:
                target.copy(package, entry)
            elif (data := small[part]) is not None:
                target.write(entry, [pack(data, last=True)])
    target.finish()


def _packed(pool: ThreadPoolExecutor, workers: int, jobs: Iterable[Job]) -> Iterator[Block]:
    """The finished pieces in order; only a few are held at a time."""
    waiting: deque[Future[Block]] = deque()
    try:
        for job in jobs:
            waiting.append(pool.submit(_made, job))
            if len(waiting) > workers + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        yield pack(b"", last=True)
    finally:
        for future in waiting:
            future.cancel()


def _made(job: Job) -> Block:
    return pack(job())
