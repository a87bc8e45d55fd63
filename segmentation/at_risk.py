"""Customers about to be lost: the one definition for every sheet, sentence and program."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from segmentation.listed import says_nothing

STAGE = "dormant"
CLASSES = ("A", "B")
_FOLLOWS_FROM = ("stage", "abc")


def at_risk() -> pl.Expr:
    """Whether a graded customer is about to be lost: dormant, and in ABC class A or B.

    Who is lost already, or has bought for little, is not worth the first call.
    """
    return (pl.col("stage") == STAGE) & pl.col("abc").is_in(CLASSES)


def tells_risk(unknown: Collection[str]) -> bool:
    """Whether stage and class are known where so many measures are ``unknown``."""
    return not set(says_nothing(tuple(unknown))) & set(_FOLLOWS_FROM)
