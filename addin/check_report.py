"""What the button Check data says, and the sheet Data check that it makes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from addin.findings import columns_read, findings_table, note_text, reasons_table
from addin.hosts.file.fill import fill
from addin.output import capped
from addin.telling import first_findings, left_out_text
from addin.words import Words
from segmentation.run import Looked
from templates.build import build
from templates.shape import Shape

FINDINGS = "FenjiFindings"
_MOST_LINES = 8
Report = tuple[dict[str, pl.DataFrame], dict[str, object]]


def report(looked: Looked, text: Words) -> Report:
    """The tables and cells of the sheet, headed as in the template."""
    frames = {
        "FenjiReasons": reasons_table(looked, text),
        FINDINGS: findings_table(looked, text, {x.sheet.file: "" for x in looked.layouts}),
    }
    headed = {
        name: frame.select(
            pl.col(key).alias(header) for key, header in text.section(f"header.{name}").items()
        )
        for name, frame in frames.items()
    }
    headed[FINDINGS] = capped(headed[FINDINGS], text)
    checked = looked.checked
    cells: dict[str, object] = {
        "FenjiRowsRead": checked.read,
        "FenjiRowsUsed": checked.used,
        "FenjiRowsLeftOut": checked.read - checked.used,
    }
    return headed, cells


def workbook(found: Report, title: str, text: Words, path: Path) -> Path:
    """A workbook with the sheet Data check alone; ``title`` is that of the scheme."""
    shape = Shape(
        title=title,
        tiers=("-",),
        bins=(1, 1, 1),
        segments=(),
        stages=("-",),
        live=False,
    )
    build(path, words=text, shape=shape, only=("data_check",))
    tables, cells = found
    fill(path, path, tables=tables, cells=cells, formulas=False)
    return path


def lines(looked: Looked, book: str, text: Words) -> list[str]:
    """How many rows of a workbook can be used, how its columns were read, and what was found."""
    checked = looked.checked
    said = [
        text(
            "cli.check_done",
            read=f"{checked.read:,}",
            file=book,
            used=f"{checked.used:,}",
            left_out=left_out_text(checked, text),
        )
    ]
    columns = text("cli.list").join(
        f"{text(f'role.{role}')} = {' / '.join(headers)}"
        for role, headers in columns_read(looked.layouts).items()
    )
    said.append(text("cli.check_columns", columns=columns))
    notes = [note_text(code, params, text) for code, params in looked.notes]
    return said + [*notes, *first_findings(checked, text)][:_MOST_LINES]
