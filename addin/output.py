"""Write a grading: a filled workbook, .csv or .parquet; whole or not at all."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from addin.budget import TABLE as BUDGET
from addin.budget import budget_contents
from addin.call_marks import ACTIONS
from addin.call_tables import action_tables, call_lines
from addin.changes import MOST_LINKS, first_customer, further_tables
from addin.dashboard import dashboard_cells, dashboard_form
from addin.edits import Edits
from addin.formula_notes import fixed_notes, live_notes
from addin.hosts.file.fill import Filled, TemplateError, Travel, fill
from addin.live.exact import is_live
from addin.live.fits import keeps_formulas
from addin.live.places import numbers_known
from addin.matching import matched
from addin.messages import template_problem
from addin.moves import Comparison
from addin.moves_tables import (
    moves_cells,
    moves_shape,
    no_cells,
    waiting_shape,
    waiting_tables,
    workbook_moves,
)
from addin.saving import beside
from addin.settings_back import same_settings
from addin.settings_sheet import model_rows, scheme_rows, toml_cells
from addin.tables import (
    graded_table,
    longest_sentence,
    shape_of,
    workbook_cells,
    workbook_tables,
)
from addin.words import Words
from segmentation.errors import DataError, FileError, UsageError
from segmentation.run import Grading
from templates.build import build
from templates.settings import TABLE
from templates.shape import MovesShape, SettingRow, Shape

ENDINGS = (".xlsx", ".xlsm", ".csv", ".parquet")
WORKBOOKS = (".xlsx", ".xlsm")
# Columns whose texts people write.
WRITTEN = ("customer", "name", "what", "owner", "note")
LIVE_CUSTOMERS = 20_000
MOST_CUSTOMERS = 1_048_000
_MOST_FINDINGS = 1_000_000
# Excel in China takes the full-width signs for the plain ones.
_FORMULA_START = re.compile(r"^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
# Excel reads a .csv as UTF-8 only with this mark; programs that read English ones do without.
_MARK = {"zh": "utf-8-sig", "en": "utf-8"}


def check_out(
    out: Path, sources: Sequence[Path], *, force: bool, template: Path | None = None
) -> None:
    """Refuse an output that can't or must not be written, before any work is done.

    Raises UsageError ``unknown_out_ending template_ending out_is_source``, FileError ``exists
    cannot_write``.
    """
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError("unknown_out_ending", file=out.name)
    # Excel opens no workbook whose ending denies its macros, nor one that claims some.
    filled = template.suffix.lower() if template else ".xlsx"
    if ending in WORKBOOKS and ending != filled:
        raise UsageError("template_ending", file=out.name, ending=filled)
    check_place(out, sources, force=force)


def check_export(out: Path, graded: Path, *, force: bool, code: str) -> None:
    """Refuse a file for what is made from ``graded``: one with macros, or itself (``code``).

    Raises as ``check_out`` does.
    """
    if out.suffix.lower() == ".xlsm":
        raise UsageError("unknown_out_ending", file=out.name)
    check_place(out, [graded], force=force, code=code)
    check_out(out, [], force=force)


def check_place(
    out: Path, others: Sequence[Path], *, force: bool, code: str = "out_is_source"
) -> None:
    """Refuse a file that can't be written, that is one of ``others``, or that exists.

    Raises UsageError ``code``, FileError ``exists cannot_write``.
    """
    if any(_same(out, other) for other in others):
        raise UsageError(code, file=str(out))
    if out.is_dir() or not out.parent.is_dir():
        raise FileError("cannot_write", file=str(out))
    if out.exists() and not force:
        raise FileError("exists", file=str(out))
    _try_to_write(out)


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _try_to_write(out: Path) -> None:
    probe = out.parent / f".{secrets.token_hex(6)}.tmp"
    try:
        probe.touch()
        if out.exists():
            with out.open("r+b"):
                pass
    except OSError:
        raise FileError("cannot_write", file=str(out)) from None
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def write(
    grading: Grading,
    out: Path,
    *,
    words: Words,
    files: Sequence[str],
    scheme: str | None = None,
    template: Path | None = None,
    moves: Comparison | None = None,
    edits: Edits | None = None,
    travels: Mapping[str, Travel] | None = None,
    where: Mapping[str, str] | None = None,
) -> Filled:
    """Write the grading to ``out``, by its ending.

    ``scheme`` is the text of the scheme; None where a saved model graded. ``moves`` compares it
    with the grading before; a workbook then has the sheet Moves. ``edits`` are what users changed
    in an earlier workbook; they stay. ``travels`` says by what the rows of a template's tables are
    known, so that what users added to them goes along. ``where`` says how links reach the files
    (see `addin.links`); one that it lacks stands beside the workbook.
    """
    if out.suffix.lower() in WORKBOOKS:
        filled = contents(
            grading,
            words=words,
            files=files,
            scheme=scheme,
            moves=moves,
            edits=edits,
            template=template,
            where=where,
        )
        return _workbook(grading, filled, out, words=words, template=template, travels=travels)
    write_table(graded_table(grading, words), out, words)
    return Filled()


def write_table(table: pl.DataFrame, out: Path, words: Words) -> None:
    """A table of customers as .parquet or .csv; FileError ``cannot_write``."""
    with beside(out) as made:
        if out.suffix.lower() == ".parquet":
            table.write_parquet(made)
        else:
            text = _defused(table).write_csv()
            made.write_text(text, encoding=_MARK[words.lang], newline="")
        made.replace(out)


def _defused(table: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    texts = [c for c in WRITTEN if table.schema.get(c) == pl.String]
    risky = [pl.col(c).str.contains(_FORMULA_START.pattern) for c in texts]
    numeric = [pl.col(c).str.contains(r"^[+-]?\d+(\.\d+)?$") for c in texts]
    return table.with_columns(
        pl.when(bad & ~number).then(pl.concat_str(pl.lit("'"), c)).otherwise(c).alias(c)
        for c, bad, number in zip(texts, risky, numeric, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a workbook of a grading holds: a frame for each named table, a value for each named
    cell; ``live`` says that the score and tier columns are formulas, ``settings`` are the rows of
    the scheme on the sheet Settings."""

    tables: dict[str, pl.DataFrame]
    cells: dict[str, object]
    live: bool
    settings: tuple[SettingRow, ...]
    moves: MovesShape | None = None


def contents(
    grading: Grading,
    *,
    words: Words,
    files: Sequence[str],
    scheme: str | None,
    moves: Comparison | None = None,
    edits: Edits | None = None,
    template: Path | None = None,
    where: Mapping[str, str] | None = None,
) -> Contents:
    """The named tables and cells of a grading, those of ``moves`` too, with the users' edits.

    ``template`` is the workbook that they go into, where it is not a new one. Raises DataError
    ``too_many``.
    """
    edits = edits or Edits()
    if template:  # a copy of a source has the source's sheets itself
        where = {template.name: "", **(where or {})}
    count = grading.graded.height
    most = max(count, moves.moves.customers.height if moves else 0)
    if most > MOST_CUSTOMERS:
        raise DataError("too_many", customers=f"{most:,}")
    settings = scheme_rows(scheme, words) if scheme else model_rows(grading, words)
    tables = workbook_tables(
        grading, words, files=files, settings=settings, edits=edits, where=where
    )
    tables |= further_tables(tables, words, moves)
    tables["FenjiFindings"] = capped(tables["FenjiFindings"], words)
    cells = workbook_cells(grading, words, files=files) | toml_cells(scheme)
    cells |= dashboard_cells(grading, words, moves)
    cells["FenjiCardSearch"] = edits.cell("FenjiCardSearch") or first_customer(tables, words)
    cells["FenjiWhatIfSaid"] = words("template.what_if.nobody")
    live = count <= LIVE_CUSTOMERS and is_live(grading)
    live = live and (template is None or keeps_formulas(template, grading.model, words))
    strategy = tables["FenjiStrategy"]
    tables["FenjiBudget"], budget = budget_contents(grading, strategy, words, edits)
    cells |= budget
    model = grading.model
    tables |= workbook_moves(moves, words) if moves else waiting_tables(model, words)
    calls, lines = action_tables(grading, words, edits=edits, moves=moves)
    tables, cells = tables | calls, cells | lines
    return Contents(
        tables=tables,
        cells=cells | (moves_cells(moves, words) if moves else no_cells(words)),
        live=live,
        settings=tuple(settings),
        moves=moves_shape(moves, words) if moves else waiting_shape(model, words),
    )


def _workbook(
    grading: Grading,
    filled: Contents,
    out: Path,
    *,
    words: Words,
    template: Path | None,
    travels: Mapping[str, Travel] | None = None,
) -> Filled:
    tables, cells, settings = filled.tables, filled.cells, filled.settings
    with tempfile.TemporaryDirectory() as folder:
        used = template
        if used is None:
            used = Path(folder) / "template.xlsx"
            form = shape_of(grading.model, words, live=filled.live)
            longest = longest_sentence(tables["FenjiCustomers"], words)
            form |= {"longest": longest, "settings": settings, "moves": filled.moves}
            form |= dashboard_form(grading)
            form |= {"call_lines": call_lines(tables[ACTIONS], words)}
            form |= {"linked": tables["FenjiFindings"].height <= MOST_LINKS}
            shape = Shape(**form)
            build(used, words=words, shape=shape)
        elif not filled.live:
            cells = cells | fixed_notes(words)
        try:
            if template and filled.live:
                cells = cells | live_notes(template, words)
            tables = matched(used, tables, words)
            tables |= numbers_known(used, tables["FenjiModel"], words)
            new = () if template is None or same_settings(used, settings) else (TABLE,)
            return fill(
                used,
                out,
                tables=tables,
                cells=cells,
                formulas=filled.live,
                always=(BUDGET, "FenjiFindings"),
                new_rows=new,
                travels=travels,
            )
        except TemplateError as error:
            raise _failure(error, used, out, words) from None


def _failure(error: TemplateError, template: Path, out: Path, words: Words) -> FileError:
    if error.code == "write_failed":
        return FileError("cannot_write", file=str(out))
    detail = template_problem(error, words)
    return FileError("template", file=template.name, detail=detail)


def capped(findings: pl.DataFrame, words: Words) -> pl.DataFrame:
    """A worksheet ends after a million rows; the last line says how many more there are."""
    more = findings.height - _MOST_FINDINGS
    if more <= 0:
        return findings
    rule = words("header.FenjiFindings.rule")
    last = pl.DataFrame({rule: [words("finding.more", count=f"{more:,}")]})
    return pl.concat([findings.head(_MOST_FINDINGS), last], how="diagonal")
