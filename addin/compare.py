"""``fenji compare OLD NEW``: who moved between two graded files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from addin.choices import Options
from addin.graded import read_graded
from addin.hosts.file.fill import TemplateError, fill
from addin.messages import template_problem
from addin.moves import Comparison, compared, note_text
from addin.moves_tables import moves_cells, moves_shape, moves_table, workbook_moves
from addin.moves_telling import lines, plain_moves
from addin.output import MOST_CUSTOMERS, check_out, check_place, write_table
from addin.progress import Progress
from addin.words import Words
from segmentation.errors import DataError, FileError, UsageError
from templates.build import build
from templates.shape import Shape


def compare(options: Options, words: Words) -> list[str]:
    """Compare two graded files, write who moved where that is asked for, and say it in lines.

    Raises FenjiError.
    """
    paths = [Path(options.old), Path(options.new)]
    out = Path(options.out) if options.out else None
    if out:
        if out.suffix.lower() == ".xlsm":
            raise UsageError("unknown_out_ending", file=out.name)
        check_place(out, paths, force=options.force, code="out_is_compared")
        check_out(out, [], force=options.force)
    with Progress() as progress:
        graded = []
        for path in paths:
            progress(words("cli.reading", file=path.name))
            graded.append(read_graded(path))
        found = compared(*graded)
        if out:
            progress(words("cli.write", file=out.name))
            write_moves(found, out, words)
    if options.json:
        return [json.dumps(_result(found, out, words), ensure_ascii=False)]
    return [*lines(found, words), *([words("cli.written", file=out)] if out else [])]


def write_moves(found: Comparison, out: Path, words: Words) -> None:
    """Who moved, by the ending of ``out``: a workbook with the sheet Moves, .csv or .parquet.

    Raises FileError ``cannot_write``, DataError ``too_many``.
    """
    if out.suffix.lower() != ".xlsx":
        write_table(moves_table(found, words, keys=True), out, words)
        return
    count = found.moves.customers.height
    if count > MOST_CUSTOMERS:
        raise DataError("too_many", customers=f"{count:,}")
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        build(template, words=words, shape=_shape(found, words), only=("moves",))
        try:
            fill(
                template,
                out,
                tables=workbook_moves(found, words),
                cells=moves_cells(found, words),
                formulas=False,
            )
        except TemplateError as error:
            if error.code == "write_failed":
                raise FileError("cannot_write", file=str(out)) from None
            detail = template_problem(error, words)
            raise FileError("template", file=template.name, detail=detail) from None


def _shape(found: Comparison, words: Words) -> Shape:
    """A workbook of the one sheet; what belongs to the others is of no account."""
    name = (found.new.model or {}).get("name", {}).get(words.lang) or words("moves.title")
    return Shape(
        title=name,
        tiers=tuple(found.now(words.lang)) or (words("moves.none"),),
        bins=(1, 1, 1),
        segments=(),
        stages=(words("moves.none"),),
        live=False,
        moves=moves_shape(found, words),
    )


def _result(found: Comparison, out: Path | None, words: Words) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    return {
        "old": found.old.file,
        "new": found.new.file,
        **plain_moves(found),
        "notes": [note_text(code, params, words) for code, params in found.notes],
        "out": str(out) if out else None,
    }
