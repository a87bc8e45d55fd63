"""Why a customer is large, medium or small: its values, and from where each class begins."""

from __future__ import annotations

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Told
from addin.phrases import phrase, plain
from segmentation.methods.size import CLASSES


def why(told: Told) -> pl.Expr:
    """``Amount 3,200.00. Medium: Amount at least 2,000.00; Large: …``."""
    asked = _steps.texts(told, rules(told)[:-1])
    shown = _steps.by_class(told, "size_class", CLASSES, asked)
    if "limits" in told.learned:
        values = _steps.values(told, list(told.learned["limits"]))
        return phrase(told.words("why_thresholds.text"), values=values, rules=shown)
    return phrase(
        told.words("why_abc.text"),
        values=_steps.values(told, [told.learned["measure"]]),
        share=plain(told.own("score")),
        rules=shown,
    )


def rules(told: Told) -> list[str]:
    """What each class asks for."""
    large, medium, small = _steps.of_classes(told, CLASSES)
    asked = [_steps.tier(told, name, _limit(told, i)) for i, name in enumerate((large, medium))]
    return [*asked, _steps.others(told, small)]


def _limit(told: Told, number: int) -> str:
    learned = told.learned
    if "limits" not in learned:
        least, share = learned["least"][number], learned["shares"][number]
        return _steps.share_limit(told, learned["measure"], least, share)
    joint = told.words("why_size.any" if learned["take"] == "best" else "why_size.all")
    limits = [_steps.limit_of(told, m, both[number]) for m, both in learned["limits"].items()]
    text = limits[0]
    for each in limits[1:]:
        text = joint.format(one=text, other=each)
    return text
