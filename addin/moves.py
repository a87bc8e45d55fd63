"""Two gradings compared: what can be said of it, and what must be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from addin.explain import extras
from addin.graded import Graded, numbered, rungs_of
from addin.words import Words
from segmentation.ladder import matched
from segmentation.migration import Moves, moves
from segmentation.run import Grading
from segmentation.scheme import MEASURES

Note = tuple[str, dict[str, Any]]
SCORES = ("r_score", "f_score", "m_score")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Who moved between two gradings; ``notes`` are codes with parameters for the reader."""

    old: Graded
    new: Graded
    moves: Moves
    notes: list[Note]

    def before(self, lang: str) -> list[str]:
        """What the tiers before are called: as the same tiers now, where they still exist."""
        same = matched(self.moves.before, self.moves.now)
        return [
            (self.moves.now[same[i]] if i in same else rung).called(lang)
            for i, rung in enumerate(self.moves.before)
        ]

    def now(self, lang: str) -> list[str]:
        """What the tiers now are called."""
        return [rung.called(lang) for rung in self.moves.now]


def compared(old: Graded, new: Graded) -> Comparison:
    """Compare two graded files, the earlier one first."""
    old, new = _listed_by(old, new), _listed_by(new, old)
    found = moves(
        old.frame,
        new.frame,
        tiers_before=old.tiers,
        tiers_now=new.tiers,
        ordered=(old.ordered, new.ordered),
    )
    bare = Comparison(old=old, new=new, moves=found, notes=[])
    return dataclasses.replace(bare, notes=_notes(bare))


def graded_of(grading: Grading, file: str, words: Words) -> Graded:
    """A grading of now as a graded file would give it."""
    model = grading.model
    more = [e for e in extras(model, words) if e.kind != "text"]
    blank = [pl.lit(None, dtype=pl.Float64).alias(m) for m in grading.unknown]
    frame = grading.graded.with_columns(blank).select(
        "customer",
        "name",
        "tier",
        pl.col("tier_no").cast(pl.Int64),
        *(pl.col(c).cast(pl.Float64) for c in (*MEASURES, "score", *SCORES)),
        *(e.values.cast(pl.Float64).alias(f"_{e.key}") for e in more),
    )
    free = {f"_{e.key}": e.key for e in more if e.key not in frame.columns}
    return Graded(
        file=file,
        frame=frame.rename(free).with_columns(pl.col("score").fill_nan(None)),
        headers={e.key: e.header for e in more},
        tiers=rungs_of(model),
        certain=True,
        ordered=True,
        model=model,
    )


def _listed_by(one: Graded, other: Graded) -> Graded:
    """A file that lists no tiers of its own, with the other's list where that has all of them."""
    if one.certain or not other.certain:
        return one
    frame = numbered(one.frame, other.tiers)
    if frame["tier_no"].null_count():
        return one
    return dataclasses.replace(one, frame=frame, tiers=other.tiers, certain=True, ordered=True)


def _notes(found: Comparison) -> list[Note]:
    notes = [*_of_days(found), *_of_models(found)]
    for one in (found.old, found.new):
        if one.nameless:
            notes.append(("nameless", {"file": one.file, "rows": one.nameless}))
    if not found.moves.customers.filter(
        pl.col("before_no").is_not_null() & pl.col("now_no").is_not_null()
    ).height:
        notes.append(("nobody_in_both", {"old": found.old.file, "new": found.new.file}))
    return [*notes, *_of_tiers(found)]


def _of_days(found: Comparison) -> list[Note]:
    """Whether the earlier grading is the later one."""
    days = [(one.model or {}).get("as_of") for one in (found.old, found.new)]
    if days[0] is None or days[1] is None or days[0] <= days[1]:
        return []
    names = {"old": found.old.file, "new": found.new.file}
    return [("later_first", {"before": days[0], "now": days[1], **names})]


def _of_models(found: Comparison) -> list[Note]:
    """What else changed between the gradings besides the customers."""
    before, now = found.old.model, found.new.model
    if before is None or now is None:
        return []
    if before["method"] != now["method"]:
        return [("other_method", {"before": before["method"], "now": now["method"]})]
    kinds = [
        {k: model["measures"].get(k) for k in ("frequency", "monetary", "refunds", "window_days")}
        for model in (before, now)
    ]
    if kinds[0] != kinds[1]:
        return [("measured_otherwise", {})]
    if now["method"] == "rfm" and before["rfm"]["cuts"] != now["rfm"]["cuts"]:
        return [("cuts_moved", {})]
    return []


def _of_tiers(found: Comparison) -> list[Note]:
    moved = found.moves
    notes: list[Note] = []
    for one in (found.old, found.new):
        lost = one.frame.filter(pl.col("tier_no").is_null())
        if lost.height:
            texts = lost["tier"].unique(maintain_order=True).to_list()
            params = {"file": one.file, "tiers": texts, "customers": lost.height}
            notes.append(("tier_unknown", params))
        if not one.ordered:
            notes.append(("order_unknown", {"file": one.file}))
    same = matched(moved.before, moved.now)
    only_before = [r for i, r in enumerate(moved.before) if i not in same]
    only_now = [r for j, r in enumerate(moved.now) if j not in same.values()]
    # A file lists the tiers that somebody is in; one that nobody is in any more may still exist.
    if (only_before and found.new.certain) or (only_now and found.old.certain):
        notes.append(("tiers_differ", {"before": only_before, "now": only_now}))
    unclear = moved.counts()["unclear"]
    if unclear:
        notes.append(("unclear", {"customers": unclear}))
    return notes


def note_text(code: str, params: Mapping[str, Any], words: Words) -> str:
    """A note in words."""
    shown = dict(params)
    for key in ("before", "now"):
        if code == "other_method":
            shown[key] = words(f"value.{shown[key]}")
        elif code == "tiers_differ":
            shown[key] = _joined([rung.called(words.lang) for rung in shown[key]], words)
    if "tiers" in shown:
        shown["tiers"] = _joined([t or words("moves.blank") for t in shown["tiers"]], words)
    for key in ("customers", "rows"):
        if key in shown:
            shown[key] = f"{shown[key]:,}"
    return words(f"moves_note.{code}", **shown)


def _joined(texts: Sequence[str], words: Words) -> str:
    return words("cli.list").join(texts) or words("moves.none")
