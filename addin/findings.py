"""What the check found, in words: reasons, rows, remarks, and the columns that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.links import addressed
from addin.words import Words
from segmentation.checked import REASONS, Checked
from segmentation.columns import Layout
from segmentation.run import Grading, Looked

Found = Grading | Looked


def reason_key(checked: Checked, reason: str) -> str:
    """The wording of a reason: a second row of a customer repeats nobody's order."""
    customers = checked.kind == "customers" and reason == "duplicate"
    return "duplicate_customer" if customers else reason


def reasons_table(grading: Found, words: Words) -> pl.DataFrame:
    """Rows by reason, the used ones first."""
    checked = grading.checked
    counts = {"used": checked.used, **checked.left_out}
    keys = [k for k in ("used", *REASONS) if k in counts]
    shown = [reason_key(checked, k) for k in keys]
    return pl.DataFrame(
        {
            "reason": [words(f"reason.{k}") for k in shown],
            "rows": [counts[k] for k in keys],
            "meaning": [words(f"reason_meaning.{k}") for k in shown],
        }
    )


def findings_table(
    grading: Found, words: Words, where: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Notes on the whole first, then the rows left out, each with what was done.

    ``where`` gives the files as the workbook sees them (see `addin.links`).
    """
    checked = grading.checked
    notes = [note_text(code, params, words) for code, params in grading.notes]
    whole = pl.DataFrame({"rule": notes}, schema={"rule": pl.String}).with_columns(
        action=pl.lit(words("finding.noted"))
    )
    reasons = {k: reason_key(checked, k) for k in REASONS}
    done = {k: words(f"finding_action.{key}") for k, key in reasons.items()}
    rules = {k: words(f"reason.{reason_key(checked, k)}") for k in REASONS}
    rows = addressed(checked.findings, grading.layouts, where or {}).with_columns(
        pl.col("rule").replace_strict(rules, return_dtype=pl.String),
        pl.col("value").fill_null(words("cli.check_empty")),
        pl.col("rule").replace_strict(done, return_dtype=pl.String).alias("action"),
    )
    return pl.concat([whole, rows], how="diagonal").select(
        "sheet", "row", "column", "value", "rule", "action", "cell", "address"
    )


def note_text(code: str, params: Mapping[str, Any], words: Words) -> str:
    """A note in words."""
    shown = dict(params)
    if "measure" in shown:
        shown["measure"] = words(f"measure.{shown['measure']}")
    if "reason" in shown:
        shown["reason"] = words(f"reason.{shown['reason']}")
    if "share" in shown:
        shown["share"] = f"{shown['share']:.0%}"
    if "instead" in shown:
        shown["instead"] = words(f"measure_name.{shown['instead']}")
    if "column" in shown:
        shown["column"] = shown["column"][words.lang]
    if "names" in shown:
        shown["columns"] = words("cli.list").join(name[words.lang] for name in shown["names"])
    if "measures" in shown:
        names = [words(f"measure_name.{m}") for m in shown["measures"]]
        shown["measures"] = words("cli.list").join(names)
    if "categories" in shown:
        shown["categories"] = _counted(shown["categories"], shown["more"], words)
    if "currencies" in shown:
        shown["currencies"] = words("cli.list").join(shown["currencies"])
    if "statuses" in shown:
        shown["statuses"] = _counted(shown["statuses"], shown["more"], words)
    return words(f"note.{code}", **shown)


def _counted(counts: Mapping[str, int], more: int, words: Words) -> str:
    """``Paid 12, Sent 3, …``."""
    listed = [f"{text} {count:,}" for text, count in counts.items()]
    return words("cli.list").join([*listed, *(["…"] if more else [])])


def columns_read(layouts: Sequence[Layout]) -> dict[str, list[str]]:
    """The headers that each role was read from, in all sheets."""
    found: dict[str, list[str]] = {}
    for sheet in layouts:
        for role, index in sheet.columns.items():
            headers = found.setdefault(role, [])
            if sheet.headers[index] not in headers:
                headers.append(sheet.headers[index])
    return found
