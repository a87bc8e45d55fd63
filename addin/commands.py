"""What each command does; the ribbon's buttons will call the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from addin import card, clearing, regrade
from addin.budget_command import budget as spread_budget
from addin.choices import (
    Options,
    chosen_scheme,
    chosen_template,
    default_out,
    expanded,
    parsed_columns,
    parsed_day,
    read_scheme,
)
from addin.compare import compare as comparison
from addin.defaults import DEFAULT_INDUSTRY, DEFAULT_SEGMENTS, with_default_segments
from addin.findings import columns_read, note_text
from addin.function_pages import function_lines
from addin.graded import Graded, read_graded
from addin.hosts.file.own_tables import without_own
from addin.hosts.file.reading import read_sources
from addin.links import seen_from
from addin.moves import compared, graded_of
from addin.moves_telling import moves_said
from addin.output import check_place, write
from addin.progress import Progress
from addin.requests import graded, request, sheets_of
from addin.samples import without_samples
from addin.saving import kept_if_all_goes_well, write_text
from addin.scheme_data import adjusted
from addin.telling import (
    first_findings,
    left_out_text,
    map_findings,
    result,
    rows_of,
    tell,
    tell_demo,
)
from addin.words import Words
from segmentation import run
from segmentation.errors import FileError
from segmentation.grading import dump_model
from segmentation.method import METHODS
from segmentation.scheme_file import preset, preset_text, presets
from segmentation.scheme_schema import schema_text
from segmentation.sources import RawSheet


def grade(options: Options, words: Words) -> None:
    """Grade the sources and write the result."""
    began = time.perf_counter()
    asked = request(options, words)
    aim = regrade.target(options, asked.paths, words)
    out = aim.out
    previous = _previous(options, out)
    if options.save_model:
        check_place(Path(options.save_model), [*asked.paths, out], force=options.force)
    with Progress() as progress:
        sheets = sheets_of(asked, progress)
        read = time.perf_counter()
        found = graded(asked, sheets, progress)
        counted = time.perf_counter()
        progress(words("cli.write", file=out.name))
        files = [p.name for p in asked.paths]
        with _model_saved(found.model, options.save_model):
            moved = compared(previous, graded_of(found, out.name, words)) if previous else None
            where = seen_from(asked.paths, out, aim.template)
            done = regrade.write_into(
                aim, found, files=files, scheme=asked.text, moves=moved, where=where
            )
    clearing.clear_filled(done.out, aim.template, asked.paths)
    out, found = done.out, dataclasses.replace(found, notes=[*found.notes, *done.notes])
    seconds = {
        "read": read - began,
        "grade": counted - read,
        "write": time.perf_counter() - counted,
        "total": time.perf_counter() - began,
    }
    said = moves_said(moved, out, aim.template, words) if moved else None
    if options.json:
        print(json.dumps(result(found, out, seconds, words, said), ensure_ascii=False))
    else:
        tell(found, out, words, said)


def _previous(options: Options, out: Path) -> Graded | None:
    """The grading to compare with, read before any work is done."""
    if not options.previous:
        return None
    path = Path(options.previous)
    for made in (out, *([Path(options.save_model)] if options.save_model else [])):
        check_place(made, [path], force=options.force, code="out_is_compared")
    return read_graded(path)


def _model_saved(model: Mapping[str, Any], file: str | None) -> AbstractContextManager[None]:
    if not file:
        return nullcontext()
    return kept_if_all_goes_well(dump_model(model), Path(file))


def _sheets(
    options: Options, paths: Sequence[Path], progress: Progress, words: Words
) -> list[RawSheet]:
    sheets = read_sources(
        paths,
        sheet=options.sheet,
        progress=lambda file: progress(words("cli.reading", file=file)),
    )
    kept = sheets if options.sheet else without_own(sheets, paths)
    return without_samples(kept, paths)[0]


def check(options: Options, words: Words) -> None:
    """Say which rows can be used."""
    scheme = chosen_scheme(options, words)
    paths = expanded(options.source)
    as_of = parsed_day(options.as_of)
    with Progress() as progress:
        sheets = _sheets(options, paths, progress, words)
        progress(words("cli.check"))
        wanted = parsed_columns(options.column, run.own_columns(scheme))
        looked = run.look(sheets, scheme=scheme, wanted=wanted, as_of=as_of, today=dt.date.today())
        checked = looked.checked
    if options.json:
        found = {"rows": rows_of(checked), "findings": checked.findings.to_dicts()}
        print(json.dumps(found, ensure_ascii=False))
        return
    files = ", ".join(p.name for p in paths)
    print(
        words(
            "cli.check_done",
            read=f"{checked.read:,}",
            file=files,
            used=f"{checked.used:,}",
            left_out=left_out_text(checked, words),
        )
    )
    columns = words("cli.list").join(
        f"{words(f'role.{role}')} = {' / '.join(headers)}"
        for role, headers in columns_read(looked.layouts).items()
    )
    print(words("cli.check_columns", columns=columns))
    for code, params in looked.notes:
        print(note_text(code, params, words))
    for line in first_findings(checked, words):
        print(line)


def actions(options: Options, words: Words) -> None:
    """List whom to contact."""
    from addin.action_command import actions as listed  # noqa: PLC0415

    for line in listed(options, words):
        print(line)


def compare(options: Options, words: Words) -> None:
    """Say who moved between two graded files."""
    for line in comparison(options, words):
        print(line)


def budget(options: Options, words: Words) -> None:
    """Spread an amount over the tiers of a graded file."""
    for line in spread_budget(options, words):
        print(line)


def explain(options: Options, words: Words) -> None:
    """Explain one customer of a graded file."""
    found = card.explained(Path(options.graded), options.customer)
    if options.json:
        print(json.dumps(card.plain_values(found), ensure_ascii=False))
        return
    for line in card.lines(found, words):
        print(line)


def methods(options: Options, words: Words) -> None:  # noqa: ARG001
    """List the grading methods."""
    for name in METHODS:
        text = words("cli.method", title=words(f"value.{name}"), meaning=words(f"method.{name}"))
        print(f"{name}\t{text}")


def functions(options: Options, words: Words) -> None:
    """List the functions for cells, or the arguments of one."""
    for line in function_lines(options.name, words):
        print(line)


def demo(options: Options, words: Words) -> None:
    """Make sample orders and grade them."""
    from templates.sample import write as write_sample  # noqa: PLC0415

    folder = Path(options.out or words("file.demo_folder"))
    orders = folder / words("file.demo_orders")
    out = default_out(orders, words)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_sample(orders, words.lang)
    except OSError:
        raise FileError("cannot_write", file=str(orders)) from None
    scheme = with_default_segments(preset(DEFAULT_INDUSTRY), words)
    found = run.grade(read_sources([orders]), scheme=scheme)
    text = adjusted(preset_text(DEFAULT_INDUSTRY), segments=DEFAULT_SEGMENTS[words.lang])
    write(found, out, words=words, files=[orders.name], scheme=text)
    tell_demo(found, orders, out, words)


def template(options: Options, words: Words) -> None:
    """Write the template of an industry or a scheme file, or list the industries."""
    from addin.template_workbook import asked_for  # noqa: PLC0415

    if options.list:
        for name in presets():
            print(f"{name}\t{preset(name).name[words.lang]}")
        return
    out = asked_for(options, words)
    said = "template_written" if options.empty else "template_with_sample"
    print(words(f"cli.{said}", file=out))


def clear(options: Options, words: Words) -> None:
    """Empty the sample rows of a template."""
    path = chosen_template(options.file)
    assert path is not None  # the command line asks for it
    found = clearing.clear(path, path, words)
    if not found.rows:
        print(words("cli.nothing_to_clear", file=path))
        return
    print(words("cli.cleared", rows=found.rows, file=path))
    if found.backup:
        print(words("cli.backup", file=found.backup))


def scheme(options: Options, words: Words) -> None:
    """Show a shipped scheme, check a file, or give the schema of such files."""
    if options.action == "show":
        _show(preset_text(options.name), "cli.scheme_written", options, words)
        return
    if options.action == "schema":
        _show(schema_text(), "cli.schema_written", options, words)
        return
    found = read_scheme(options.file, strict=True)
    print(words("cli.scheme_ok", file=options.file))
    for line in map_findings(found, words):
        print(line)


def _show(text: str, written: str, options: Options, words: Words) -> None:
    """To the screen, or to the file that was asked for."""
    if not options.out:
        sys.stdout.write(text)
        return
    out = Path(options.out)
    check_place(out, [], force=options.force)
    write_text(text, out)
    print(words(written, file=out))
