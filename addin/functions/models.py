"""The model argument: the range FenjiModel, or the text of the cell FenjiModelJson.

What it says is read once and remembered by its content, so that a column of single formulas
costs no more than looking it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, cast

from addin.functions.define import CallError
from addin.functions.model_lines import Lines, is_model, read_lines
from addin.functions.values import is_blank, is_range, rows_of, trimmed
from addin.words import LANGUAGES, Words, words
from segmentation.methods.rfm_one import One

REMEMBERED = 32
MEASURED = {"frequency": "orders", "monetary": "sum"}
Learned = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Grader:
    """What grades by RFM: ``learned`` and ``tiers`` as `segmentation.methods.rfm` has them.

    ``names`` are the tiers as a workbook shows them, best first; there are none where another
    method gives the tier. ``measured`` says how orders were counted. ``map_missing`` holds what is
    said where the model does not tell its segments.
    """

    learned: Learned
    tiers: Sequence[Mapping[str, Any]]
    names: tuple[str, ...]
    measured: Mapping[str, Any] = field(default_factory=lambda: MEASURED)
    map_missing: str = ""

    @cached_property
    def one(self) -> One:
        """The same for customers that come one by one."""
        return One(self.learned, self.tiers)

    @cached_property
    def long_codes(self) -> bool:
        """Whether a score may have two digits, so that 12-4-3 is written for 1243."""
        return any(len(c) > 8 for cells in self.learned["cuts"].values() for c in cells.values())

    @cached_property
    def segment_names(self) -> Mapping[str, Sequence[str]]:
        """By language, the segments' names in the order of the rules, the rest last."""
        from segmentation.segments import names  # noqa: PLC0415  (late: it takes pydantic)

        return {lang: names(self.learned["segments"], lang) for lang in LANGUAGES}

    def need_tiers(self) -> None:
        """CallError ``model_method`` where another method than RFM gives the tier."""
        if not self.names:
            raise CallError("model_method")

    def need_segments(self) -> None:
        """CallError where the model does not say into which segments it sorts."""
        if self.map_missing:
            raise CallError(self.map_missing)


def grader_of(words: Words, model: Any) -> Grader | None:
    """What the model argument grades with; None where there is none.

    Raises CallError where it is no model, or not all of one.
    """
    if is_range(model):
        return _of_range(words, model)
    if is_blank(model):
        return None
    return _of_text(words.lang, str(model))


def may_be_model(given: Any) -> bool:
    """Whether an argument looks like a model, whatever it stands for."""
    if is_range(given):
        rows = rows_of(given)
        single = len(rows) == len(rows[0]) == 1
        return may_be_model(rows[0][0]) if single else is_model(trimmed(rows))
    return isinstance(given, str) and given.lstrip().startswith("{")


def _of_range(words: Words, model: Any) -> Grader | None:
    if not model:
        return None
    # A host that hands over the same rows again need not have their cells looked at; only what
    # can't be changed is the same again for certain.
    if type(model) is tuple and type(model[0]) is tuple and len(model) > 1:
        return _of_same(words, model)
    if len(model) == 1 and (not is_range(model[0]) or len(model[0]) <= 1):
        return grader_of(words, model[0])
    return _of_rows(words, model)


_same: dict[tuple[int, str], tuple[Any, Grader]] = {}


def _of_same(words: Words, model: tuple[Any, ...]) -> Grader:
    known = _same.get((id(model), words.lang))
    # What is kept here lives on, so that nothing else can have its identity.
    if known is None:
        if len(_same) >= REMEMBERED:
            _same.clear()
        known = model, _of_rows(words, model)
        _same[id(model), words.lang] = known
    return known[1]


def _of_rows(words: Words, model: Any) -> Grader:
    cells, width = _flat(model)
    try:
        return _of_cells(words.lang, cells, width)
    except TypeError:  # a cell that can't be looked up by its content
        return _of_cells.__wrapped__(words.lang, cells, width)


def _flat(model: Any) -> tuple[tuple[Any, ...], int]:
    """The cells of a range row by row, and how many a row has."""
    if type(model[0]) in (list, tuple):
        # Nearly always rows are alike; looking at each of them first would take longer than this.
        cells = tuple(chain.from_iterable(model))
        if len(cells) == len(model) * len(model[0]):
            return cells, len(model[0])
    rows = rows_of(model)
    return tuple(chain.from_iterable(rows)), len(rows[0])


@lru_cache(maxsize=REMEMBERED)
def _of_cells(lang: str, cells: tuple[Any, ...], width: int) -> Grader:
    rows = [list(cells[i : i + width]) for i in range(0, len(cells), width)]
    return _grader(read_lines(words(lang), trimmed(rows)))


@lru_cache(maxsize=REMEMBERED)
def _of_text(lang: str, text: str) -> Grader:
    """A model from its JSON text."""
    if not text.lstrip("\ufeff \r\n\t").startswith("{"):
        raise CallError("model_unreadable")
    from segmentation.errors import UsageError  # noqa: PLC0415
    from segmentation.grading import load_model  # noqa: PLC0415  (late: models in tables need none)

    try:
        model = load_model(text.lstrip("\ufeff"))
    except UsageError:
        raise CallError("model_json") from None
    tiers = model["tiers"] if model["method"] == "rfm" else []
    return Grader(
        learned=_shown(model["rfm"]),
        tiers=tiers,
        names=tuple(t["name"].get(lang) or t["key"] for t in tiers),
        measured=model["measures"],
    )


def _shown(learned: Learned) -> dict[str, Any]:
    """Cut points as cells show them, because that is what they are compared with.

    R's way of cutting keeps the noise of floating-point sums, which no cell has.
    """
    from segmentation.bins import tidy  # noqa: PLC0415

    cuts = {
        measure: {cell: [float(v) for v in tidy(points)] for cell, points in cells.items()}
        for measure, cells in learned["cuts"].items()
    }
    return {**learned, "cuts": cuts, "raw": False}


def _grader(lines: Lines) -> Grader:
    """A model from the lines of the table FenjiModel, as they stand."""
    tiers, least = [], None
    for tier in lines.tiers[:-1]:
        # The workbook's formulas give the best tier whose limit is reached.
        least = tier.limit if least is None else min(least, tier.limit)
        tiers.append({"key": tier.name, "name": {}, "min_score": least})
    tiers += [{"key": tier.name, "name": {}, "min_score": None} for tier in lines.tiers[-1:]]
    learned = {
        "bins": {m: len(cuts) + 1 for m, cuts in lines.cuts.items()},
        "closed": lines.closed,
        "nested": False,
        "raw": False,
        "weights": lines.weights,
        "cuts": {m: {"*": cuts} for m, cuts in lines.cuts.items()},
        "segments": lines.segments,
        "high": lines.high,
    }
    return Grader(
        learned=learned,
        tiers=tiers,
        names=tuple(tier.name for tier in lines.tiers),
        measured={**MEASURED, **lines.counted},
        map_missing=lines.map_missing,
    )


@lru_cache(maxsize=2)
def _default(lang: str) -> Any:
    """The scheme of `fenji grade` without options."""
    from addin.defaults import DEFAULT_INDUSTRY, with_default_segments  # noqa: PLC0415
    from segmentation.scheme_file import preset  # noqa: PLC0415

    return with_default_segments(preset(DEFAULT_INDUSTRY), words(lang))


def fitted(words: Words, values: Mapping[str, Any]) -> Grader:
    """What `fenji grade` would learn from these customers: arrays without gaps by measure."""
    from segmentation.method import Data  # noqa: PLC0415
    from segmentation.methods import rfm  # noqa: PLC0415

    scheme = _default(words.lang)
    learned = rfm.fit(scheme.leading, Data(values=values))
    tiers = [{"key": t.key, "name": dict(t.name), "min_score": t.min_score} for t in scheme.tiers]
    names = tuple(t.name.get(words.lang) or t.key for t in scheme.tiers)
    return Grader(learned=learned, tiers=tiers, names=cast("tuple[str, ...]", names))
