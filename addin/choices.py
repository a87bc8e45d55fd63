"""What the options of a command mean: files, days, columns, schemes, models."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import glob
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from addin.defaults import DEFAULT_INDUSTRY, DEFAULT_SEGMENTS, with_default_segments
from addin.hosts.file.reading_text import decode
from addin.scheme_data import adjusted
from addin.words import LANGUAGES, Words, words
from segmentation.columns import role_named
from segmentation.errors import FileError, UsageError
from segmentation.grading import load_model
from segmentation.method import METHODS
from segmentation.scheme import ColumnSettings, Scheme
from segmentation.scheme_file import parse_scheme, preset, preset_text, with_method

Options = argparse.Namespace


def chosen_scheme(options: Options, text: Words, own: str | None = None) -> Scheme:
    """The scheme that the options name, with the language's own defaults.

    ``own`` is the text of the scheme that the sources bring along; it counts where the options
    name none.
    """
    if options.scheme and options.industry:
        raise UsageError("both_schemes")
    method = getattr(options, "method", None)
    if getattr(options, "model", None) and (options.scheme or options.industry or method):
        raise UsageError("model_and_scheme")
    if method and method not in METHODS:
        raise UsageError("unknown_method", name=method, names=", ".join(METHODS))
    if options.scheme:
        found = read_scheme(options.scheme)
    elif own and not options.industry:
        found = parse_scheme(own, source="")
    else:
        found = preset(options.industry or method or DEFAULT_INDUSTRY)
    if method:
        found = with_method(found, method)
    if options.date_order:
        measures = dataclasses.replace(found.measures, date_order=options.date_order)
        found = dataclasses.replace(found, measures=measures)
    return with_default_segments(found, text)


def chosen_text(options: Options, text: Words, own: str | None = None) -> str | None:
    """The text of what ``chosen_scheme`` gives; None where a saved model grades."""
    if getattr(options, "model", None):
        return None
    method, order = getattr(options, "method", None), options.date_order
    if options.scheme:
        base = scheme_text(options.scheme)
    elif own and not options.industry:
        base = own
    else:
        base = preset_text(options.industry or method or DEFAULT_INDUSTRY)
    segments = DEFAULT_SEGMENTS[text.lang]
    return adjusted(base, method=method, date_order=order, segments=segments)


def names_scheme(options: Options) -> bool:
    """Whether the options say how to grade, so that the sources need not."""
    return bool(options.scheme or options.industry or options.model)


def read_scheme(file: str, *, strict: bool = False) -> Scheme:
    """A scheme file; ``strict`` asks also for what grading can do without."""
    return parse_scheme(scheme_text(file), source=Path(file).name, strict=strict)


def scheme_text(file: str) -> str:
    """A scheme file as text.

    Raises FileError ``missing_file directory not_readable scheme_encoding``.
    """
    path = Path(file)
    if not path.is_file():
        raise FileError("directory" if path.is_dir() else "missing_file", file=file)
    try:
        raw = path.read_bytes()
    except OSError:
        raise FileError("not_readable", file=file) from None
    try:
        return decode(raw, path)
    except FileError:
        raise FileError("scheme_encoding", file=path.name) from None


def expanded(sources: Sequence[str]) -> list[Path]:
    """Files for names and patterns, each once, in the order given.

    A pattern passes over results of before: ``orders*.xlsx`` fits ``orders-graded.xlsx`` too.
    Raises FileError ``no_match only_results``.
    """
    paths: list[Path] = []
    for source in sources:
        if Path(source).exists() or not glob.has_magic(source):
            paths.append(Path(source))
            continue
        found = sorted(p for p in glob.glob(source) if not Path(p).name.startswith("~$"))  # noqa: PTH207
        if not found:
            raise FileError("no_match", pattern=source)
        fresh = [Path(p) for p in found if not _is_result(Path(p))]
        if not fresh:
            raise FileError("only_results", pattern=source)
        paths += fresh
    return list(dict.fromkeys(paths))


def _is_result(path: Path) -> bool:
    """Whether the file is named as results are, in any language and with any ending."""
    endings = [Path(words(lang)("file.graded", stem="")).stem for lang in LANGUAGES]
    return path.stem.endswith(tuple(endings))


def parsed_day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError("bad_as_of", value=text) from None


def parsed_columns(
    pairs: Sequence[str], own: Mapping[str, ColumnSettings] | None = None
) -> dict[str, str]:
    """Headers by role, or by the key of one of the scheme's ``own`` columns."""
    named = {k: (*c.name.values(), *c.headers) for k, c in (own or {}).items()}
    wanted = {}
    for pair in pairs:
        role, sign, header = pair.partition("=")
        if not sign or not header.strip():
            raise UsageError("bad_column_option", value=pair)
        wanted[role_named(role, named)] = header.strip()
    return wanted


def saved_model(file: str | None) -> dict[str, Any] | None:
    if file is None:
        return None
    path = Path(file)
    if not path.is_file():
        raise FileError("directory" if path.is_dir() else "missing_file", file=file)
    try:
        return load_model(path.read_text(encoding="utf-8-sig"))
    except (UsageError, UnicodeDecodeError):
        raise UsageError("bad_model", file=path.name) from None
    except OSError:
        raise FileError("not_readable", file=file) from None


def chosen_template(file: str | None) -> Path | None:
    """The template to fill; raises FileError ``missing_file directory not_a_template``."""
    if file is None:
        return None
    path = Path(file)
    if not path.is_file():
        raise FileError("directory" if path.is_dir() else "missing_file", file=file)
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise FileError("not_a_template", file=path.name)
    return path


def default_out(source: Path, text: Words, template: Path | None = None) -> Path:
    """Beside the source, with the template's ending."""
    out = source.parent / text("file.graded", stem=source.stem)
    return out.with_suffix(template.suffix) if template else out
