"""What the button Grade customers says when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from addin.findings import note_text
from addin.moves import Comparison
from addin.moves_telling import moves_said
from addin.telling import done, left_out_text
from addin.words import Words
from segmentation.notes import Note
from segmentation.run import Grading

_MOST_NOTES = 4


def first_lines(grading: Grading, moves: Comparison | None, book: str, text: Words) -> list[str]:
    """How many are in each tier, who moved, which rows counted, in the workbook ``book``."""
    said = [done(grading, text)]
    if moves:
        moved = moves_said(moves, Path(book).with_suffix(".xlsx"), None, text)
        said += [moved.sentence, *moved.notes[:_MOST_NOTES]]
    checked = grading.checked
    said.append(
        text(
            "cli.rows",
            read=f"{checked.read:,}",
            used=f"{checked.used:,}",
            left_out=left_out_text(checked, text),
        )
    )
    return said


def first_notes(notes: Sequence[Note], text: Words) -> list[str]:
    """The first of the notes, in words."""
    return [note_text(code, params, text) for code, params in notes[:_MOST_NOTES]]
