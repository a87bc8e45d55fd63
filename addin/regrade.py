"""Grade into a workbook that Fenji's tables stand in already: what users added to it stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from addin.choices import Options, chosen_template, default_out
from addin.edits import STRATEGY, Edits, edits_of
from addin.explain import all_tiers
from addin.graded_book import CUSTOMERS, is_graded, misfit, spoken, travels
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.fill import Filled, Travel
from addin.hosts.file.own_tables import own_sheets
from addin.hosts.file.restoring import restored
from addin.hosts.file.travel import Gone
from addin.kept import keep
from addin.moves import Comparison
from addin.output import WORKBOOKS, check_out, write
from addin.saving import beside
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.errors import FileError
from segmentation.notes import Note
from segmentation.run import Grading


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a grading goes: ``out``, and the workbook ``template`` whose sheets it fills.

    ``words`` are those of the workbook, ``given`` says that the user named it, and ``in_place``
    that it is to be filled where it stands. ``is_graded``: customers graded before stand in it.
    ``over``: it was not named as a template, and may be replaced where it does not fit.
    """

    out: Path
    template: Path | None
    words: Words
    given: bool = False
    in_place: bool = False
    is_graded: bool = False
    over: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came of it: the file, and what is to be said."""

    out: Path
    notes: tuple[Note, ...] = ()


def target(options: Options, paths: Sequence[Path], words: Words) -> Target:
    """Where the grading of some sources is to go; a workbook with Fenji's tables is filled itself.

    Raises UsageError and FileError as `check_out`.
    """
    given = chosen_template(options.template)
    template = given or _own_book(paths)
    out = Path(options.out) if options.out else _beside_source(paths[0], words, template)
    if template is None and options.force and out.suffix.lower() in WORKBOOKS and out.is_file():
        return _over(out, paths, words)
    if given is None and template and out.suffix.lower() != template.suffix.lower():
        template = None
    in_place = template is not None and out.exists() and out.samefile(template)
    others = [p for p in paths if not (in_place and p.exists() and p.samefile(out))]
    check_out(out, others, force=options.force, template=template)
    return Target(
        out=out,
        template=template,
        words=spoken(template, words) if template else words,
        given=given is not None,
        in_place=in_place,
        is_graded=template is not None and is_graded(template),
    )


def _over(out: Path, paths: Sequence[Path], words: Words) -> Target:
    """A file that may be replaced; where Fenji wrote it, what was added to it can stay."""
    ours = _own_book([out]) if is_graded(out) else None
    if ours is None or spoken(ours, words).lang != words.lang:
        check_out(out, paths, force=True)
        return Target(out=out, template=None, words=words)
    check_out(out, paths, force=True, template=ours)
    return Target(out=out, template=ours, words=words, in_place=True, is_graded=True, over=True)


def _own_book(paths: Sequence[Path]) -> Path | None:
    """The only source, where Fenji's sheets stand in it."""
    if len(paths) != 1 or paths[0].suffix.lower() not in WORKBOOKS or not paths[0].is_file():
        return None
    tables = {t.name.lower() for some in own_sheets(paths[0]).values() for t in some}
    return paths[0] if CUSTOMERS.lower() in tables else None


def _beside_source(source: Path, words: Words, template: Path | None) -> Path:
    """As always, but a name that says already that it is graded is not doubled."""
    for lang in LANGUAGES:
        if template == source and source.stem.endswith(Path(words_of(lang)(_NAME, stem="")).stem):
            return source
    return default_out(source, words, template)


_NAME = "file.graded"


def write_into(
    aim: Target,
    grading: Grading,
    *,
    files: Sequence[str],
    scheme: str | None,
    moves: Comparison | None = None,
    where: Mapping[str, str] | None = None,
) -> Written:
    """Write the grading; into the workbook that is there, or a fresh one where it can't be.

    ``where`` says how links reach the files. Raises FileError, DataError as `write`.
    """
    one = _Outcome(grading=grading, files=files, scheme=scheme, moves=moves, where=where)
    if aim.template is None:
        one.write(aim.out, aim.words)
        return Written(out=aim.out)
    with _whole(aim.template) as template:
        return _into(dataclasses.replace(aim, template=template), template, one)


@contextmanager
def _whole(template: Path) -> Iterator[Path]:
    """The template, or a copy of it that has the references again that LibreOffice took out."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / template.name
        changed = False
        with suppress(TemplateError):  # whoever fills it says so
            changed = restored(template, copy)
        yield copy if changed else template


def _into(aim: Target, template: Path, one: _Outcome) -> Written:
    # A template that the user named and nobody graded is filled as far as it goes.
    ours = aim.is_graded or not aim.given
    detail = misfit(template, one.grading, aim.words) if ours else None
    if detail is None:
        notes = [_backup(aim)] if aim.in_place else []
        try:
            return Written(out=aim.out, notes=(*notes, *_filled(aim, template, one)))
        except FileError as error:
            if error.code != "template" or not ours:
                raise
            detail = str(error.params.get("detail", ""))
    return _fresh(aim, template, one, detail)


def _backup(aim: Target) -> Note:
    return "backup", {"file": str(backed_up(aim.out, aim.words))}


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """A grading and what is to be said of it."""

    grading: Grading
    files: Sequence[str]
    scheme: str | None
    moves: Comparison | None
    where: Mapping[str, str] | None = None

    def write(
        self,
        out: Path,
        words: Words,
        *,
        template: Path | None = None,
        edits: Edits | None = None,
        travels: Mapping[str, Travel] | None = None,
    ) -> Filled:
        return write(
            self.grading,
            out,
            words=words,
            files=self.files,
            scheme=self.scheme,
            moves=self.moves,
            template=template,
            edits=edits,
            travels=travels,
            where=self.where,
        )


def _filled(aim: Target, template: Path, one: _Outcome) -> list[Note]:
    words = aim.words
    edits, known = edits_of(template), travels(template)
    # On the same disk, so that the workbook appears whole.
    with tempfile.TemporaryDirectory(dir=aim.out.parent, prefix=".fenji-") as folder:
        made = Path(folder) / aim.out.name
        found = one.write(made, words, template=template, edits=edits, travels=known)
        gone = [*found.gone, *_without_tier(edits, one.grading, words)]
        if gone:
            keep(made, made, gone, one.grading.report.as_of, words)
        try:
            made.replace(aim.out)
        except OSError:
            raise FileError("cannot_write", file=str(aim.out)) from None
    return _notes(gone, found.unfiltered, words)


def _without_tier(edits: Edits, grading: Grading, words: Words) -> list[Gone]:
    """Edited strategies of tiers that there are not any more."""
    now = [t for lang in LANGUAGES for t, _ in all_tiers(grading.model, words_of(lang))]
    keys = [str(tier["key"]) for tier in grading.model["tiers"]]
    headers = words.section(f"header.{STRATEGY}")
    return [
        Gone(table=STRATEGY, key=tier, column=headers.get(key, key), text=text)
        for tier, row in edits.changed(STRATEGY, [*now, *keys]).items()
        for key, text in row.items()
        if text
    ]


def _notes(gone: Sequence[Gone], unfiltered: Sequence[str], words: Words) -> list[Note]:
    notes: list[Note] = []
    if gone:
        customers = len({(one.table, one.key) for one in gone})
        notes.append(("kept_apart", {"count": f"{customers:,}", "sheet": words("sheet.kept")}))
    if unfiltered:
        tables = words("cli.list").join(dict.fromkeys(unfiltered))
        notes.append(("filter_off", {"tables": tables}))
    return notes


def _fresh(aim: Target, template: Path, one: _Outcome, detail: str) -> Written:
    """A workbook of its own; the one that is there stays as it is, or its copy does."""
    out = _free(aim.out) if aim.in_place and not aim.over else aim.out
    kept = backed_up(out, aim.words) if aim.over else template
    one.write(out, aim.words, edits=edits_of(kept))
    params = {"file": template.name, "out": out.name, "detail": detail, "kept": kept.name}
    return Written(out=out, notes=(("regrade_fresh", params),))


def _free(path: Path) -> Path:
    number, target = 2, path.with_name(f"{path.stem}-2{path.suffix}")
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return target


def backed_up(path: Path, words: Words) -> Path:
    """A copy beside the workbook, named by the day and time. FileError ``cannot_write``."""
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    name = words("excel.backup_name", stem=path.stem, stamp=stamp)
    backup = path.with_name(name + path.suffix)
    backup = _free(backup) if backup.exists() else backup
    with beside(backup) as made:
        shutil.copyfile(path, made)
        made.replace(backup)
    return backup
