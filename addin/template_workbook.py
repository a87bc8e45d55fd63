"""``fenji template``: the workbook of an industry or of a scheme file, to be passed on."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import polars as pl

from addin.choices import Options, read_scheme, scheme_text
from addin.defaults import DEFAULT_INDUSTRY, DEFAULT_SEGMENTS, with_default_segments
from addin.hosts.file.own_tables import without_own
from addin.hosts.file.reading import read_sources
from addin.inputs import inputs_of
from addin.moves_tables import waiting_shape
from addin.output import check_out, write
from addin.scheme_data import adjusted
from addin.settings_sheet import scheme_rows, toml_cells
from addin.tables import shape_of
from addin.words import Words
from segmentation import run
from segmentation.errors import FenjiError, FileError, UsageError
from segmentation.grading import fit, needs
from segmentation.notes import categories
from segmentation.scheme import Scheme
from segmentation.scheme_file import preset, preset_text, presets
from templates.build import build
from templates.shape import Shape


def asked_for(options: Options, words: Words) -> Path:
    """Write the template that the options ask for, and say where it is.

    Raises UsageError, FileError.
    """
    if options.scheme and options.name:
        raise UsageError("both_schemes")
    if not options.name and not options.scheme:
        raise UsageError("unknown_industry", name="", names=", ".join(presets()))
    stem = options.name or Path(options.scheme).stem
    out = Path(options.out or f"{stem}-{words.lang}.xlsx")
    if out.suffix.lower() != ".xlsx":
        raise UsageError("unknown_out_ending", file=out.name)
    found = read_scheme(options.scheme) if options.scheme else preset(options.name)
    check_out(out, [], force=options.force)
    text = scheme_text(options.scheme) if options.scheme else preset_text(options.name)
    make(
        out,
        name=options.name or "",
        scheme=with_default_segments(found, words),
        text=adjusted(text, segments=DEFAULT_SEGMENTS[words.lang]),
        words=words,
        empty=options.empty,
    )
    return out


def make(
    out: Path, *, name: str, scheme: Scheme, text: str, words: Words, empty: bool = False
) -> None:
    """Write the template of a scheme, whose ``text`` it holds; ``name`` is that of a preset.

    Unless it is to be ``empty`` it has sample rows, and what came of grading them. Raises FileError
    ``cannot_write``.
    """
    if empty:
        _blank(out, name=name, scheme=scheme, text=text, words=words, with_sample=False)
        return
    with tempfile.TemporaryDirectory() as folder:
        form = Path(folder) / "template.xlsx"
        _blank(form, name=name, scheme=scheme, text=text, words=words, with_sample=True)
        try:
            graded = run.grade(without_own(read_sources([form]), [form]), scheme=scheme)
        except FenjiError:
            # A scheme of one's own may grade by what the sample does not have.
            if name:
                raise
            make(out, name=name, scheme=scheme, text=text, words=words, empty=True)
            return
        source = words("inputs.source")
        write(graded, out, words=words, files=[source], scheme=text, template=form)


def _blank(
    out: Path, *, name: str, scheme: Scheme, text: str, words: Words, with_sample: bool
) -> None:
    """The template before anything is graded."""
    model = fit(scheme, _nobody(scheme))
    shape = shape_of(model, words, live=True, bins=scheme.rfm.bins)
    shape["moves"] = waiting_shape(model, words)
    shape["settings"] = tuple(scheme_rows(text, words))
    shape["scheme"] = tuple((cell, part) for cell, part in toml_cells(text).items() if part)
    shape["inputs"] = inputs_of(name or DEFAULT_INDUSTRY, scheme, words, with_sample=with_sample)
    try:
        build(out, words=words, shape=Shape(**shape))
    except OSError:
        raise FileError("cannot_write", file=str(out)) from None


def _nobody(scheme: Scheme) -> pl.DataFrame:
    """One customer with nothing, to fit the model that an empty template shows."""
    settings = [dataclasses.asdict(p.settings) for p in scheme.parts if p.settings]
    own = scheme.columns
    texts = {k for k in needs(scheme) if k in own and own[k].kind == "text"}
    # A category that the scheme knows, so that its grid can be laid out.
    known = {k: next(iter(categories(settings, k)[0]), "-") for k in texts}
    return pl.DataFrame({k: [known.get(k, 0.0)] for k in needs(scheme)})
