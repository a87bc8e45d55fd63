"""What a spreadsheet function is: defined once, registered by every host.

A module of this package defines functions with `function`; a host asks `FUNCTIONS` for names,
arguments and help, and calls them with the reader's words. Importing this package loads neither
pandas nor Polars nor scikit-learn: a cell must answer at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from addin.words import Words
from segmentation.errors import FenjiError

Kind = Literal["number", "date", "text", "label", "model", "choice"]
"""What an argument holds: ``number`` and ``date`` columns, ``text`` (customers), ``label`` (tier
names, limits, weights: a short list), ``model`` (the range FenjiModel), ``choice`` (one value)."""

Gives = Literal["text", "number", "table"]
"""What a function answers with: ``text`` only, ``number`` (text only as a reason), or a ``table``
of both. LibreOffice has to know before it calls."""

FAILURES = ("#VALUE!", "#N/A")


class Failure(str):
    """A cell that could not be answered: an Excel error and the reason, as ``#VALUE! reason``.

    A host that can show errors shows the error and keeps the reason; others show the text.
    """

    __slots__ = ()

    @property
    def error(self) -> str:
        """``#VALUE!`` or ``#N/A``."""
        return self.partition(" ")[0]

    @property
    def reason(self) -> str:
        return self.partition(" ")[2]


def failure(reason: str, error: str = "#VALUE!") -> Failure:
    """``#VALUE!``: what was given is wrong; ``#N/A``: there is no answer."""
    return Failure(f"{error} {reason}")


class CallError(FenjiError):
    """The whole call is wrong; its code is a sentence ``function_error.<code>``."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument; optional ones have a default that the help names."""

    name: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function: its name in cells, its arguments, and what answers.

    Help is wording: ``function.<NAME>.help`` and ``function.<NAME>.<argument>``.
    """

    name: str
    arguments: tuple[Argument, ...]
    answer: Callable[..., Any]
    module: str
    gives: Gives = "text"

    def __call__(self, words: Words, *given: Any) -> Any:
        """The answer in the shape of what was given; a `Failure` where the call is wrong."""
        try:
            return self.answer(words, *given)
        except CallError as error:
            return failure(words(f"function_error.{error.code}", **error.params))
        except FenjiError as error:
            from addin.messages import explain_error  # noqa: PLC0415  (late: it is seldom needed)

            return failure(explain_error(error, words))

    def help(self, words: Words) -> str:
        return words(f"function.{self.name}.help")

    def argument_help(self, argument: str, words: Words) -> str:
        return words(f"function.{self.name}.{argument}")


FUNCTIONS: dict[str, Function] = {}


def function(
    gives: Gives = "text", /, **kinds: Kind
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register ``answer(words, argument, …)`` under its name in capitals.

    ``kinds`` gives the kind of each argument, in the order of the signature.
    """

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        _, *rest = inspect.signature(answer).parameters.values()
        if [p.name for p in rest] != list(kinds):
            raise TypeError(f"{answer.__name__}: arguments and kinds differ")
        name = answer.__name__.upper()
        FUNCTIONS[name] = Function(
            name=name,
            arguments=tuple(
                Argument(name=p.name, kind=kinds[p.name], optional=p.default is not p.empty)
                for p in rest
            ),
            answer=answer,
            module=answer.__module__,
            gives=gives,
        )
        return answer

    return register
