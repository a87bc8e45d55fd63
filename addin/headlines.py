"""The main findings of a grading as sentences with numbers."""

from __future__ import annotations

import datetime as dt

import polars as pl

from addin.explaining.told import tier_names
from addin.moves import Comparison
from addin.words import Words
from segmentation.run import Grading

# Of fewer nobody is a fifth.
FEWEST = 5


def headlines(grading: Grading, words: Words, moves: Comparison | None = None) -> list[str]:
    """The main findings as sentences with numbers; of who ``moves`` where that is known."""
    lines = [_total(grading, words), *_best(grading, words), *_silent(grading, words)]
    lines += [*at_risk_line(grading, words), *_change(grading, words)]
    if moves:
        counts = moves.moves.counts()
        shown = {kind: f"{counts[kind]:,}" for kind in ("up", "down", "new", "gone")}
        lines.append(words("headline.moves", **shown))
    return [*lines, _rows(grading, words)]


def _total(grading: Grading, words: Words) -> str:
    report = grading.report
    count, amount = f"{report.customers:,}", f"{report.monetary:,.2f}"
    if "monetary" in grading.unknown:
        return words("headline.count", customers=count)
    if report.as_of:
        day = report.as_of.isoformat()
        return words("headline.total", customers=count, amount=amount, as_of=day)
    return words("headline.total_undated", customers=count, amount=amount)


def _best(grading: Grading, words: Words) -> list[str]:
    """What the best tier and the best fifth of customers bring."""
    report = grading.report
    best = report.tiers.row(0, named=True)
    people = {
        "tier": tier_names(grading.model, words.lang)[0],
        "customers": f"{best['customers']:,}",
        "customer_share": f"{best['customer_share']:.0%}",
    }
    if report.top_share is None:
        return [words("headline.best_unshared", **people)]
    lines = [words("headline.best", **people, monetary_share=f"{best['monetary_share']:.0%}")]
    if report.customers >= FEWEST:
        lines.append(words("headline.pareto", share=f"{report.top_share:.0%}"))
    return lines


def _silent(grading: Grading, words: Words) -> list[str]:
    report = grading.report
    if "recency" in grading.unknown or not report.tiers["customers"][0]:
        return []
    return [
        words(
            "headline.quiet" if report.quiet_top else "headline.quiet_none",
            count=f"{report.quiet_top:,}",
            customers=f"{report.tiers['customers'][0]:,}",
            tier=tier_names(grading.model, words.lang)[0],
            days=report.quiet_days,
        )
    ]


def at_risk_line(grading: Grading, words: Words) -> list[str]:
    """Who is about to be lost, where that is known."""
    found, total = grading.report.at_risk, grading.report.monetary
    if found is None:
        return []
    if not found.customers:
        return [words("headline.at_risk_none")]
    people = {"customers": f"{found.customers:,}", "amount": f"{found.monetary:,.2f}"}
    if total <= 0:
        return [words("headline.at_risk_unshared", **people)]
    return [words("headline.at_risk", **people, share=f"{found.monetary / total:.0%}")]


def _change(grading: Grading, words: Words) -> list[str]:
    """The largest step of the amount from one whole month to the next."""
    trend = grading.report.trend
    if trend is None:
        return []
    steps = (
        trend.filter(pl.col("amount").is_not_null() & ~pl.col("partial"))
        .with_columns(before=pl.col("amount").shift(1))
        .filter(pl.col("before") > 0)
        .with_columns(change=pl.col("amount") / pl.col("before") - 1)
        .sort((pl.col("amount") - pl.col("before")).abs(), descending=True, maintain_order=True)
    )
    if steps.is_empty() or not steps["change"][0]:
        return []
    month, amount, change = steps.select("month", "amount", "change").row(0)
    key = "headline.rise" if change > 0 else "headline.fall"
    return [words(key, month=_month(month), amount=f"{amount:,.2f}", change=f"{abs(change):.0%}")]


def _month(month: dt.date) -> str:
    return f"{month:%Y-%m}"


def _rows(grading: Grading, words: Words) -> str:
    checked = grading.checked
    left_out = checked.read - checked.used
    if not left_out:
        return words("headline.rows_all", read=f"{checked.read:,}")
    return words(
        "headline.rows_some",
        left_out=f"{left_out:,}",
        read=f"{checked.read:,}",
        sheet=words("sheet.data_check"),
    )
