"""The main findings of a grading as sentences with numbers."""

from __future__ import annotations

import datetime as dt

from addin.explaining.told import tier_names
from addin.words import Words
from segmentation.run import Grading


def headlines(grading: Grading, words: Words) -> list[str]:
    """The main findings as sentences with numbers."""
    report, checked = grading.report, grading.checked
    tiers = tier_names(grading.model, words.lang)
    best = report.tiers.row(0, named=True)
    count = f"{report.customers:,}"
    amount = f"{report.monetary:,.2f}"
    shared = report.top_share is not None
    lines = [
        words("headline.count", customers=count)
        if "monetary" in grading.unknown
        else words("headline.total", customers=count, amount=amount, as_of=_day(report.as_of))
        if report.as_of
        else words("headline.total_undated", customers=count, amount=amount),
        words(
            "headline.best" if shared else "headline.best_unshared",
            tier=tiers[0],
            customers=f"{best['customers']:,}",
            customer_share=f"{best['customer_share']:.0%}",
            **({"monetary_share": f"{best['monetary_share']:.0%}"} if shared else {}),
        ),
        *([words("headline.pareto", share=f"{report.top_share:.0%}")] if shared else []),
    ]
    if "recency" not in grading.unknown:
        quiet = words(
            "headline.quiet" if report.quiet_top else "headline.quiet_none",
            count=f"{report.quiet_top:,}",
            customers=f"{best['customers']:,}",
            tier=tiers[0],
            days=report.quiet_days,
        )
        lines.append(quiet)
    left_out = checked.read - checked.used
    lines.append(
        words(
            "headline.rows_some",
            left_out=f"{left_out:,}",
            read=f"{checked.read:,}",
            sheet=words("sheet.data_check"),
        )
        if left_out
        else words("headline.rows_all", read=f"{checked.read:,}")
    )
    return lines


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
