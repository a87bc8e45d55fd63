"""Maximum likelihood for data that leave no doubt of it: a few customers first, then Newton's
steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from segmentation.lifetime.grouped import Numbers
from segmentation.lifetime.maximising import (
    HIGHEST,
    LOOSE,
    LOWEST,
    ROUNDING,
    LogLikelihood,
    Maximum,
    beyond,
    climbed,
    highest,
    inverse,
    one_thread,
)

# Of more customers, a sample tells the curvature as well.
_MANY = 30_000
# How near steps come before the curvature is measured anew, and at the end.
_NEAR, _CLOSE, _MOST_STEPS, _LONGEST, _FORWARD = 1e-3, 1e-8, 12, 2.0, 1e-5
# With the curvature of each place, what is left after a step is about the square of it.
_ROUGHLY, _SQUARED = 1e-2, 3e-5
# Standard errors of logarithms from which on a maximum may be an edge.
_SURE = 0.7
_SHORTER, _SHORTENINGS = 0.3, 8
# Logarithms so near to a maximum lead to it, and a likelihood so much higher leaves no doubt.
_SAME, _CLEARLY = 0.2, 10.0
# Where a likelihood hardly bends, no step is longer than by this part of its sharpest bend.
_FLAT = 1e-6


@runtime_checkable
class Curved(Protocol):
    """A log-likelihood that knows how it bends."""

    def __call__(self, at: Numbers, /) -> tuple[float, Numbers]: ...

    def bent(self, at: Numbers, /) -> tuple[float, Numbers, Numbers]:
        """The same, and the second derivatives by the logarithms, negative, shape (k, k)."""


def maximise_in_stages(
    of: Callable[[int], LogLikelihood],
    count: int,
    starts: Sequence[Sequence[float]],
    *,
    few: int = 2_500,
) -> Maximum | None:
    """The maximum by ``few`` customers first, then by more: for data that leave no doubt of it.

    ``of(n)`` is the likelihood of each n-th of ``count`` customers. The climb begins at each
    of ``starts``, and the highest of the places that it comes to counts. Then follow Newton's
    steps, with a curvature that is known of a `Curved` likelihood, and else measured anew only
    where it has to be. None where the maximum is anything but clear-cut.
    """
    logs = [np.clip(np.log(np.asarray(start, float)), LOWEST, HIGHEST) for start in starts]
    stages = {every: of(every) for every in _stages(count, few)}
    bent = [one for one in stages.values() if isinstance(one, Curved)]
    try:
        with one_thread(), np.errstate(all="ignore"):
            at, value, information = _bent_way(bent, logs) if bent else _measured_way(stages, logs)
    except _UnclearError:
        return None
    covariance = inverse(information, np.zeros(len(at), bool))
    if beyond(at).any() or not (np.diag(covariance) < _SURE**2).all():
        return None
    return Maximum(
        log_parameters=at,
        log_likelihood=value,
        covariance=covariance,
        at_edge=(False,) * len(at),
        converged=True,
    )


def _stages(count: int, few: int) -> list[int]:
    """Of each how manieth customer the likelihood is taken, one stage after the other."""
    return [*(every for size in (few, _MANY) if (every := count // size) > 1), 1]


class _UnclearError(Exception):
    """Newton's steps lead nowhere."""


def _bent_way(stages: Sequence[Curved], logs: Sequence[Numbers]) -> tuple[Numbers, float, Numbers]:
    """The best maximum of the last one, reached by the others; raises _UnclearError."""
    starts = list(logs)
    for likelihood in stages:
        close = _SQUARED if likelihood is stages[-1] else _ROUGHLY
        ends: list[_End] = []
        for start in starts:
            end = _ascended(likelihood, start, close, ends)
            ends += [end] if end else []
        best = max(ends, key=lambda end: end.value)
        # Which of two is a little higher, few customers need not tell.
        ends = [end for end in ends if end.value >= best.value - _CLEARLY]
        # Where few customers stand at an edge, more of them need not.
        sure = all(end.clear and not beyond(end.at).any() for end in ends)
        starts = [*(end.at for end in ends), *([] if sure else logs)]
    if not all(end.clear for end in ends):
        raise _UnclearError
    return best.at, best.value, best.information


@dataclass(frozen=True, kw_only=True)
class _End:
    """Where steps came to, and whether they ended there by themselves."""

    at: Numbers
    value: float
    information: Numbers
    clear: bool


def _ascended(
    likelihood: Curved, at: Numbers, close: float, others: Sequence[_End] = ()
) -> _End | None:
    """Newton's steps, always upwards, however the likelihood bends, until one is ``close``.

    None when they come to where ``others`` have ended.
    """
    value, gradient, information = likelihood.bent(at)
    for _ in range(_MOST_STEPS):
        if not np.isfinite(information.sum() + gradient.sum()):
            break
        bends, axes = np.linalg.eigh(information)
        bends = np.abs(bends)
        step = axes @ (axes.T @ gradient / np.maximum(bends, _FLAT * bends.max()))
        step *= _LONGEST / max(_LONGEST, float(np.abs(step).max()))
        for _ in range(_SHORTENINGS):
            better, there, bent = likelihood.bent(at + step)
            if better >= value - ROUNDING * (1 + abs(value)):
                break
            step *= _SHORTER
        else:
            break
        at, value, gradient, information = at + step, better, there, bent
        if any(float(np.abs(at - end.at).max()) < _SAME for end in others):
            return None
        if float(np.abs(step).max()) < close:
            return _End(at=at, value=value, information=information, clear=True)
    at = np.asarray(np.clip(at, LOWEST, HIGHEST))
    return _End(at=at, value=value, information=information, clear=False)


def _measured_way(
    stages: Mapping[int, LogLikelihood], logs: Sequence[Numbers]
) -> tuple[Numbers, float, Numbers]:
    """The same by likelihoods that know no more than their gradient; raises _UnclearError.

    ``stages`` are those of each so manieth customer; a sample of many tells the last curvature.
    """
    few = next(iter(stages.values()))
    at, value = highest(few, logs, LOOSE)
    information, before = np.zeros((len(at), len(at))), 0
    many = len(stages) > 2
    for every, likelihood in stages.items():
        # The more customers, the more is known; of many, as much more as there are.
        information *= before / every
        before = every
        close = _CLOSE if every == 1 and many else _NEAR
        try:
            at, value = _stepped(likelihood, at, information, close=close)
        except _UnclearError:
            # Where few customers stand at an edge, more of them need not.
            information[:] = 0
            start = max((*logs, at), key=lambda each: likelihood(each)[0])
            at, _ = climbed(likelihood, start, LOOSE)
            at, value = _stepped(likelihood, at, information, close=close)
    if not many:
        information[:] = 0
        at, value = _stepped(likelihood, at, information, close=_CLOSE)
    return at, value, information


def _stepped(
    log_likelihood: LogLikelihood, at: Numbers, information: Numbers, *, close: float
) -> tuple[Numbers, float]:
    """Newton's steps until one is shorter than ``close``.

    ``information`` is taken as it is unless it is zero, or steps do not shrink; it is changed in
    place. Raises _UnclearError.
    """
    value, gradient = log_likelihood(at)
    before = np.inf
    for _ in range(_MOST_STEPS):
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            break
        if not information.any():
            information[:] = _information(log_likelihood, at, gradient)
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            break
        step = np.linalg.solve(information, gradient)
        size = float(np.abs(step).max())
        if size > _LONGEST:
            break
        if size > before / 2 and size > close:
            # The curvature of before is none here.
            information[:] = 0
            before = np.inf
            continue
        before = size
        better, there = log_likelihood(at + step)
        if not better >= value - ROUNDING * (1 + abs(value)):
            # Too far: what was learned of the way is that it bends.
            step *= _SHORTER
            better, there = log_likelihood(at + step)
            information[:], before = 0, np.inf
            if not better >= value:
                break
        at, value, gradient = at + step, better, there
        if size < close:
            return at, value
    raise _UnclearError


def _information(log_likelihood: LogLikelihood, at: Numbers, gradient: Numbers) -> Numbers:
    """The observed information by forward differences of the gradient."""
    columns = []
    for i in range(len(at)):
        there = at.copy()
        there[i] += _FORWARD
        columns.append((gradient - log_likelihood(there)[1]) / _FORWARD)
    made = np.array(columns)
    return (made + made.T) / 2
