"""Maximum likelihood of positive parameters, in their logarithms, from several starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import ThreadpoolController

from segmentation.lifetime.grouped import Numbers

# Logarithms of the smallest and largest parameter; beyond them a likelihood is flat.
LOWEST, HIGHEST = -25.0, 20.0
# Beyond these a parameter tells no more than that it is as good as nothing, or beyond bounds. Where
# some customers leave at once and others never, a likelihood climbs on with the logarithm.
EDGES = -13.5, 13.5
_WORST = 1e100
_STEP = 1e-4
_NEWTON_STEPS = 30
_EDGE = 0.5
# Where a climb ends: as far up as sums tell, or near enough for Newton's steps.
TIGHT, LOOSE = {"ftol": 1e-13, "gtol": 1e-9}, {"ftol": 1e-7, "gtol": 1e-4}
ROUNDING = 1e-12
# Looking for the libraries that have threads takes as long as a whole maximum.
_THREADS = ThreadpoolController()

# The log-likelihood and its gradient by the logarithms of the parameters.
LogLikelihood = Callable[[Numbers], tuple[float, Numbers]]


@dataclass(frozen=True, kw_only=True)
class Maximum:
    """Where a likelihood is largest.

    ``log_parameters`` shape (k,); ``covariance`` shape (k, k) of these, the inverse of the
    observed information, NaN where the likelihood is flat; ``at_edge`` says which parameters ran
    to the smallest or largest value; ``converged`` that nothing better lies nearby.
    """

    log_parameters: Numbers
    log_likelihood: float
    covariance: Numbers
    at_edge: tuple[bool, ...]
    converged: bool

    @property
    def parameters(self) -> Numbers:
        return np.exp(self.log_parameters)

    def in_unit(self, unit: float, *, of_time: Sequence[int], orders: float) -> Maximum:
        """The same in the data's unit of time, which ``unit`` was one of here.

        ``of_time`` are the parameters that are times; each of the ``orders`` stands in the
        likelihood with a density by time.
        """
        moved = self.log_parameters.copy()
        moved[list(of_time)] += np.log(unit)
        value = self.log_likelihood - orders * float(np.log(unit))
        return dataclasses.replace(self, log_parameters=moved, log_likelihood=value)


def one_thread() -> AbstractContextManager[Any]:
    """For so few parameters threads only wait for each other, and add up in an order of their
    own."""
    found: AbstractContextManager[Any] = _THREADS.limit(limits=1)
    return found


def maximise(log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]]) -> Maximum:
    """The best maximum that is reached from ``starts``, parameters themselves, not logarithms."""
    with one_thread(), np.errstate(all="ignore"):
        best = highest(log_likelihood, [np.log(np.asarray(start, float)) for start in starts])
        at, value = _polished(log_likelihood, *best)
        information = -_hessian(log_likelihood, at)
        gradient = log_likelihood(at)[1]
    edge = beyond(at)
    small = bool(np.all(np.abs(gradient[~edge]) <= 1e-6 * (1 + abs(value))))
    return Maximum(
        log_parameters=at,
        log_likelihood=value,
        covariance=inverse(information, edge),
        at_edge=tuple(bool(each) for each in edge),
        converged=small and np.isfinite(value),
    )


def beyond(at: Numbers) -> npt.NDArray[np.bool_]:
    """Which of the logarithms tell no more than that their parameter is at an edge."""
    return (at < EDGES[0]) | (at > EDGES[1])


def highest(
    log_likelihood: LogLikelihood, starts: Sequence[Numbers], to: Mapping[str, float] = TIGHT
) -> tuple[Numbers, float]:
    """The best of the ways up from the logarithms ``starts``."""
    return max((climbed(log_likelihood, start, to) for start in starts), key=itemgetter(1))


def climbed(
    log_likelihood: LogLikelihood, start: Numbers, to: Mapping[str, float] = TIGHT
) -> tuple[Numbers, float]:
    """The way up from the logarithms ``start``: where it ends, and the likelihood there."""

    def cost(at: Numbers) -> tuple[float, Numbers]:
        value, gradient = log_likelihood(at)
        if not np.isfinite(value):
            return _WORST, np.zeros_like(at)
        return -value, -np.nan_to_num(gradient)

    found = minimize(
        cost,
        np.clip(start, LOWEST, HIGHEST),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LOWEST, HIGHEST)] * len(start),
        options={"maxiter": 500, **to},
    )
    return found.x, -float(found.fun)


def _polished(log_likelihood: LogLikelihood, at: Numbers, value: float) -> tuple[Numbers, float]:
    """Newton's steps, as long as they lead upwards: the climb stops where sums lose digits."""
    for _ in range(_NEWTON_STEPS):
        gradient = log_likelihood(at)[1]
        free = (at > LOWEST + _EDGE) & (at < HIGHEST - _EDGE)
        if not free.any() or not np.isfinite(gradient).all():
            break
        information = -_hessian(log_likelihood, at)[np.ix_(free, free)]
        step = np.zeros_like(at)
        try:
            np.linalg.cholesky(information)
            step[free] = np.linalg.solve(information, gradient[free])
        except np.linalg.LinAlgError:
            break
        step *= 2.0 / max(2.0, float(np.abs(step).max()))
        further = np.clip(at + step, LOWEST, HIGHEST)
        better = log_likelihood(further)[0]
        # The last steps, which bring the most digits, move the value by less than its rounding.
        if not better >= value - ROUNDING * (1 + abs(value)):
            break
        done = float(np.abs(further - at).max()) < 1e-9
        at, value = further, better
        if done:
            break
    return at, value


def _hessian(log_likelihood: LogLikelihood, at: Numbers) -> Numbers:
    columns = []
    for i in range(len(at)):
        step = np.zeros_like(at)
        step[i] = _STEP
        columns.append((log_likelihood(at + step)[1] - log_likelihood(at - step)[1]) / (2 * _STEP))
    made = np.array(columns)
    return (made + made.T) / 2


def inverse(information: Numbers, edge: npt.NDArray[np.bool_]) -> Numbers:
    """What is known of a parameter at the edge is that it is there; the others have their own."""
    made = np.full_like(information, np.nan)
    free = ~edge
    inner = information[np.ix_(free, free)]
    try:
        if np.isfinite(inner).all() and inner.size:
            np.linalg.cholesky(inner)
            made[np.ix_(free, free)] = np.linalg.inv(inner)
    except np.linalg.LinAlgError:
        pass
    return made
