"""Who moved between two gradings: each customer's step, and the tiers before against those now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segmentation.ladder import Rung, between, steps

__all__ = ["KINDS", "Moves", "Rung", "moves", "steps"]

# In the order in which they ask for somebody's attention.
KINDS = ("down", "gone", "unclear", "up", "new", "same")
_AMOUNTS = ("monetary_before", "monetary_now")


@dataclass(frozen=True, kw_only=True)
class Moves:
    """What became of the customers of two gradings; tiers go by number, the best is 0.

    ``customers`` has one row per customer of either: ``customer name kind before_no now_no steps``
    (steps above 0: up), then each measure of both gradings as ``…_before`` and ``…_now``; null
    where the customer is not there. ``kind`` is one of ``KINDS``: up, down and same are in both,
    new only now, gone only before; unclear is who is in both, in tiers that can't be compared.
    The rows stand in the order of ``KINDS``, the largest amount first.

    ``matrix`` counts ``customers``, ``monetary_before`` and ``monetary_now`` by ``before_no`` and
    ``now_no``, with every pair of tiers; null is for new and gone, -1 for a tier that the grading's
    list of tiers lacks. ``kinds`` counts the same by kind. ``steps`` are the steps from each tier
    before (rows) to each now.
    """

    before: tuple[Rung, ...]
    now: tuple[Rung, ...]
    steps: tuple[tuple[int | None, ...], ...]
    customers: pl.DataFrame
    matrix: pl.DataFrame
    kinds: pl.DataFrame

    def counts(self) -> dict[str, int]:
        """Customers by kind."""
        return dict(self.kinds.select("kind", "customers").iter_rows())


def moves(
    before: pl.DataFrame,
    now: pl.DataFrame,
    *,
    tiers_before: Sequence[Rung],
    tiers_now: Sequence[Rung],
    ordered: tuple[bool, bool] = (True, True),
) -> Moves:
    """Compare two gradings, each a frame with ``customer name tier_no monetary`` and measures.

    Customers stand once in each. ``tier_no`` is null for a tier that is not in the list. Of further
    columns those that both have are kept side by side. ``ordered`` says of each list whether its
    order is known (best first).
    """
    between_tiers = between(tiers_before, tiers_now, ordered=ordered)
    joined = _joined(before, now)
    found = _with_steps(joined, between_tiers).with_columns(kind=_kind())
    found = found.sort(
        pl.col("kind").cast(pl.Enum(KINDS)),
        pl.coalesce(_AMOUNTS),
        "customer",
        descending=[False, True, False],
        nulls_last=True,
    )
    sides = [c for c in found.columns if c.endswith(("_before", "_now"))]
    return Moves(
        before=tuple(tiers_before),
        now=tuple(tiers_now),
        steps=tuple(tuple(row) for row in between_tiers),
        customers=found.select("customer", "name", "kind", "before_no", "now_no", "steps", *sides),
        matrix=_matrix(found, len(tiers_before), len(tiers_now)),
        kinds=_kinds(found),
    )


def _joined(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Every customer of either, with both sides' columns."""
    shared = [c for c in now.columns if c in before.columns and c not in ("customer", "name")]
    shared.remove("tier_no")
    one, other = (
        frame.select(
            "customer",
            pl.col("name").alias(f"name{suffix}"),
            # A tier that the list lacks is still a tier; only who is not there has none.
            pl.col("tier_no").cast(pl.Int64).fill_null(-1).alias(f"{suffix[1:]}_no"),
            *(pl.col(c).alias(f"{c}{suffix}") for c in shared),
        )
        for frame, suffix in ((before, "_before"), (now, "_now"))
    )
    sides = [f"{c}{suffix}" for c in shared for suffix in ("_before", "_now")]
    return one.join(other, on="customer", how="full", coalesce=True).select(
        "customer",
        pl.coalesce("name_now", "name_before").alias("name"),
        *("before_no", "now_no", *sides),
    )


def _with_steps(joined: pl.DataFrame, table: Sequence[Sequence[int | None]]) -> pl.DataFrame:
    pairs = [(i, j, each) for i, row in enumerate(table) for j, each in enumerate(row)]
    types = {"before_no": pl.Int64, "now_no": pl.Int64, "steps": pl.Int64}
    known = pl.DataFrame(pairs, schema=types, orient="row")
    return joined.join(known, on=["before_no", "now_no"], how="left")


def _kind() -> pl.Expr:
    step = pl.col("steps")
    return (
        pl.when(pl.col("before_no").is_null())
        .then(pl.lit("new"))
        .when(pl.col("now_no").is_null())
        .then(pl.lit("gone"))
        .when(step.is_null())
        .then(pl.lit("unclear"))
        .when(step > 0)
        .then(pl.lit("up"))
        .when(step < 0)
        .then(pl.lit("down"))
        .otherwise(pl.lit("same"))
    )


def _counted() -> list[pl.Expr]:
    # Sorted before they are added up, so that the order of rows makes no difference.
    sums = (pl.col(c).sort().sum().round(6) for c in _AMOUNTS)
    return [pl.len().cast(pl.Int64).alias("customers"), *sums]


def _matrix(found: pl.DataFrame, before: int, now: int) -> pl.DataFrame:
    pairs = [(i, j) for i in range(before) for j in range(now)]
    types = {"before_no": pl.Int64, "now_no": pl.Int64}
    every = pl.DataFrame(pairs, schema=types, orient="row")
    keys = ["before_no", "now_no"]
    counted = found.group_by(keys).agg(_counted())
    return (
        every.join(counted, on=keys, how="full", coalesce=True)
        .with_columns(pl.col("customers", *_AMOUNTS).fill_null(0))
        .sort(keys, nulls_last=True)
    )


def _kinds(found: pl.DataFrame) -> pl.DataFrame:
    every = pl.DataFrame({"kind": list(KINDS)})
    counted = found.group_by("kind").agg(_counted())
    return every.join(counted, on="kind", how="left", maintain_order="left").with_columns(
        pl.col("customers", *_AMOUNTS).fill_null(0)
    )
