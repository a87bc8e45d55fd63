"""Results as text: what a command says when it is done."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from addin.defaults import with_default_segments
from addin.explaining.told import tier_names
from addin.findings import note_text, reason_key
from addin.messages import reasons
from addin.moves_telling import MovesSaid
from addin.words import Words
from segmentation import run, segments
from segmentation.checked import REASONS, Checked
from segmentation.scheme import MEASURES, Scheme

MOST_CELLS = 30


def say(text: str) -> None:
    """Messages go to standard error; standard output is for results."""
    print(text, file=sys.stderr)


def result(
    graded: run.Grading,
    out: Path,
    seconds: Mapping[str, float],
    words: Words,
    moves: MovesSaid | None = None,
) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    model, report = graded.model, graded.report
    kinds = segments.names(model["rfm"]["segments"], words.lang)
    counts = report.segments["customers"].to_list()
    return {
        "customers": report.customers,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "method": model["method"],
        "tiers": {
            t["key"]: n
            for t, n in zip(model["tiers"], report.tiers["customers"].to_list(), strict=True)
        },
        "amounts": amounts_of(graded),
        "at_risk": risk_of(graded),
        "segments": {k: n for k, n in zip(kinds, counts, strict=True) if n},
        "rows": rows_of(graded.checked),
        **({"moves": moves.counts} if moves else {}),
        "notes": [
            *(note_text(code, params, words) for code, params in graded.notes),
            *(moves.notes if moves else ()),
        ],
        "out": str(out),
        "seconds": {k: round(v, 3) for k, v in seconds.items()},
    }


def amounts_of(graded: run.Grading) -> dict[str, float | None]:
    """The amount per tier by its key; None where amounts are unknown."""
    known = "monetary" not in graded.unknown
    amounts = graded.report.tiers["monetary"].to_list()
    tiers = graded.model["tiers"]
    return {t["key"]: x if known else None for t, x in zip(tiers, amounts, strict=True)}


def risk_of(graded: run.Grading) -> dict[str, float | None]:
    """How many customers are about to be lost, and what they brought; None where not known."""
    found = graded.report.at_risk
    return {
        "customers": found.customers if found else None,
        "monetary": found.monetary if found else None,
    }


def rows_of(checked: Checked) -> dict[str, Any]:
    return {"read": checked.read, "used": checked.used, "left_out": dict(checked.left_out)}


def done(graded: run.Grading, words: Words) -> str:
    """How many customers were graded, and how many ended in each tier."""
    names = tier_names(graded.model, words.lang)
    counts = graded.report.tiers["customers"].to_list()
    tiers = words("cli.list").join(f"{n} {c:,}" for n, c in zip(names, counts, strict=True))
    customers = f"{graded.report.customers:,}"
    if graded.report.as_of is None:
        return words("cli.done_undated", customers=customers, tiers=tiers)
    day = graded.report.as_of.isoformat()
    return words("cli.done", customers=customers, as_of=day, tiers=tiers)


def money_lines(graded: run.Grading, words: Words) -> list[str]:
    """What each tier brought, and who is about to be lost, where that is known."""
    lines = []
    if "monetary" not in graded.unknown:
        names = tier_names(graded.model, words.lang)
        amounts = graded.report.tiers["monetary"].to_list()
        pairs = zip(names, amounts, strict=True)
        tiers = words("cli.list").join(f"{name} {amount:,.2f}" for name, amount in pairs)
        lines.append(words("cli.amounts", tiers=tiers))
    found = graded.report.at_risk
    if found:
        people, amount = f"{found.customers:,}", f"{found.monetary:,.2f}"
        lines.append(words("cli.at_risk", customers=people, amount=amount))
    return lines


def tell(graded: run.Grading, out: Path, words: Words, moves: MovesSaid | None = None) -> None:
    """The outcome in a few lines."""
    say(done(graded, words))
    for line in money_lines(graded, words):
        say(line)
    checked = graded.checked
    read, used = f"{checked.read:,}", f"{checked.used:,}"
    say(words("cli.rows", read=read, used=used, left_out=left_out_text(checked, words)))
    for code, params in graded.notes:
        say(note_text(code, params, words))
    for line in (moves.sentence, *moves.notes) if moves else ():
        say(line)
    say(words("cli.written", file=out))


def left_out_text(checked: Checked, words: Words) -> str:
    count = checked.read - checked.used
    if not count:
        return ""
    counts = {reason_key(checked, k): n for k, n in checked.left_out.items()}
    shown = reasons(counts, words)
    return words("cli.rows_left_out", count=f"{count:,}", reasons=shown)


def first_findings(checked: Checked, words: Words) -> list[str]:
    """One example for each reason."""
    lines = []
    for reason in REASONS:
        found = checked.findings.filter(pl.col("rule") == reason)
        if found.height:
            row = found.row(0, named=True)
            lines.append(
                words(
                    "cli.check_first",
                    reason=words(f"reason.{reason_key(checked, reason)}"),
                    count=f"{found.height:,}",
                    row=row["row"],
                    sheet=row["sheet"],
                    value=row["value"] or words("cli.check_empty"),
                )
            )
    return lines


def tell_demo(graded: run.Grading, orders: Path, out: Path, words: Words) -> None:
    """What the demo made, what from, and what to open."""
    print(done(graded, words))
    print(words("cli.demo_orders", file=orders))
    print(words("cli.demo_done", file=out))
    print(words("cli.demo_next"))


def map_findings(found: Scheme, words: Words) -> list[str]:
    """What the scheme's segment map leaves open, where it grades by scores or chooses a map."""
    chosen = found.rfm.segments is not None or any(p.method == "rfm" for p in found.parts)
    found = with_default_segments(found, words)
    if not chosen or found.rfm.segments in (None, "none"):
        return []
    mapped = segments.segment_map(found.rfm.segments)
    names = segments.names(mapped, words.lang)
    checked = segments.check_map(mapped, found.rfm.bins)
    lines = []
    if checked["unreached"]:
        cells = ", ".join(map(str, checked["unreached"][:MOST_CELLS]))
        if len(checked["unreached"]) > MOST_CELLS:
            cells += ", …"
        sizes = [found.rfm.bins[m] for m in MEASURES]
        lines.append(
            words(
                "cli.map_unreached",
                count=len(checked["unreached"]),
                all=sizes[0] * sizes[1] * sizes[2],
                rest=names[-1],
                cells=cells,
            )
        )
    lines += [words("cli.map_impossible", name=names[i]) for i in checked["impossible"]]
    lines += [words("cli.map_never", name=names[i]) for i in checked["never"]]
    lines += _overlaps(found, checked["overlaps"], names, words)
    return lines or [words("cli.map_ok")]


def _overlaps(
    found: Scheme, overlaps: Mapping[str, int], names: Sequence[str], words: Words
) -> list[str]:
    """Each pair in a map of one's own; a shipped one can't be changed, so that a count will do."""
    if overlaps and isinstance(found.rfm.segments, str):
        return [words("cli.map_overlaps", pairs=len(overlaps))]
    lines = []
    for pair, count in overlaps.items():
        first, second = (names[int(i)] for i in pair.split(","))
        lines.append(words("cli.map_overlap", first=first, second=second, count=count))
    return lines
