"""What is to be graded and how, as options and the sources say it: for every door and host."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.choices import (
    Options,
    chosen_scheme,
    chosen_text,
    expanded,
    names_scheme,
    parsed_columns,
    parsed_day,
    saved_model,
)
from addin.hosts.file.own_tables import input_sheets, own_sheets, without_own
from addin.hosts.file.reading import read_sources
from addin.samples import without_samples
from addin.settings_back import OwnSettings, own_settings
from addin.words import Words
from segmentation import run
from segmentation.choosing import choose
from segmentation.errors import FenjiError
from segmentation.notes import Note
from segmentation.scheme import Scheme
from segmentation.sources import RawSheet

Step = Callable[[str], None]
# What says that nothing could be graded, rather than that something has to be put right.
_NOTHING = ("no_rows", "only_hidden")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A grading that is asked for. ``text`` is the scheme as text, None with a saved ``model``;
    ``notes`` are what is to be said of the sources' own settings."""

    words: Words
    paths: tuple[Path, ...]
    sheet: str | None
    scheme: Scheme
    text: str | None
    model: dict[str, Any] | None
    as_of: dt.date | None
    wanted: Mapping[str, str]
    notes: tuple[Note, ...] = ()


def request(options: Options, words: Words, *, own: OwnSettings | None = None) -> Request:
    """What the options ask for; settings that the sources bring along count where they say none.

    ``own`` are those settings where the files themselves can't be asked. Raises FenjiError.
    """
    scheme = chosen_scheme(options, words)
    paths = tuple(expanded(options.source))
    if names_scheme(options):
        own = None
    elif own is None:
        own = own_settings(paths, words) or _of_template(options, words)
    if own:
        scheme = chosen_scheme(options, words, own.scheme)
    as_of = parsed_day(options.as_of)
    model = saved_model(options.model)
    return Request(
        words=words,
        paths=paths,
        sheet=options.sheet,
        scheme=scheme,
        text=chosen_text(options, words, own.scheme if own else None),
        model=model,
        as_of=as_of,
        wanted=parsed_columns(options.column, run.own_columns(scheme, model)),
        notes=own.notes if own else (),
    )


def _of_template(options: Options, words: Words) -> OwnSettings | None:
    """The settings of the workbook that is to be filled, where nothing else says how to grade."""
    if not getattr(options, "template", None) or options.method:
        return None
    return own_settings([Path(options.template)], words)


def sheets_of(asked: Request, progress: Step) -> list[RawSheet]:
    """The sheets of the sources that may be graded.

    Customers that were graded before are graded again only where nothing else can be.
    """
    words = asked.words
    sheets = read_sources(
        asked.paths,
        sheet=asked.sheet,
        progress=lambda file: progress(words("cli.reading", file=file)),
    )
    if asked.sheet:
        return sheets
    kept = without_own(sheets, asked.paths)
    own = {(path.name, sheet) for path in asked.paths for sheet in own_sheets(path)}
    theirs = [s for s in kept if (s.file, s.sheet) not in own]
    # A template has a sheet for orders: that its results are not read again goes without saying.
    pasted = any(input_sheets(path) for path in asked.paths)
    return first_hand(asked, kept, theirs, besides_orders=not pasted)


def first_hand(
    asked: Request,
    kept: Sequence[RawSheet],
    theirs: Sequence[RawSheet],
    *,
    besides_orders: bool = True,
) -> list[RawSheet]:
    """``theirs``, the user's own sheets, if customers to be graded stand there; else ``kept``.

    ``kept`` are all sheets, those with customers that were graded before included; these would
    come in twice otherwise. Where there are orders nobody's list is graded; such customers then
    stay for a note that they were not used, unless ``besides_orders`` is false.
    """
    if len(theirs) == len(kept):
        return list(kept)
    own = run.own_columns(asked.scheme, asked.model)
    try:
        found = choose(theirs, asked.wanted, own, run.reads_of(asked.scheme, own, asked.model))
    except FenjiError as error:
        nothing = error.code in _NOTHING or error.code.startswith("missing_")
        return list(kept if nothing else theirs)
    by_orders = besides_orders and found.graded[0].kind == "orders"
    return list(kept if by_orders else theirs)


def graded(asked: Request, sheets: Sequence[RawSheet], progress: Step) -> run.Grading:
    """Grade the sheets. Raises FenjiError."""
    words = asked.words
    sheets, said = without_samples(sheets, asked.paths)
    found = run.grade(
        sheets,
        scheme=asked.scheme,
        wanted=asked.wanted,
        model=asked.model,
        as_of=asked.as_of,
        today=dt.date.today(),
        progress=lambda step: progress(words(f"cli.{step}")),
    )
    return dataclasses.replace(found, notes=[*said, *asked.notes, *found.notes])
