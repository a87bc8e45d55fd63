"""What a setting can be, found from the types of the settings' own classes."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le

Name = Literal["choice", "flag", "whole", "number", "share", "text", "numbers", "texts", "pairs"]
_PLAIN: dict[Any, Name] = {bool: "flag", int: "whole", float: "number", str: "text"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``choices`` are codes; with ``free`` something else may stand there too.

    ``least`` and ``most`` are the ends of a number's range; ``above`` says that ``least`` itself
    is too little.
    """

    name: Name
    choices: tuple[str, ...] = ()
    free: bool = False
    least: float | None = None
    most: float | None = None
    above: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a settings class: its type, and what it is where nothing is said."""

    hint: Any
    default: Any


def fields_of(hint: Any) -> dict[str, Field] | None:
    """The fields of a class of settings; None for anything else."""
    cls = _bare(hint)
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        return None
    hints = typing.get_type_hints(cls, include_extras=True)
    return {
        f.name: Field(hint=hints[f.name], default=_plain(_default(f)))
        for f in dataclasses.fields(cls)
    }


def item_of(hint: Any) -> Any:
    """The type of what stands in a list or a table of any names; None where it is not known."""
    bare = _bare(hint)
    found = [a for a in get_args(bare) if a is not Ellipsis]
    if get_origin(bare) is tuple or get_origin(bare) is list:
        return found[0] if found else None
    return found[-1] if len(found) == 2 else None


def kind_of(hint: Any, value: Any) -> Kind:
    """The kind of a setting from its type, or where that says nothing from its value."""
    options = _options(hint)
    literals = [a for o in options if get_origin(o) is Literal for a in get_args(o)]
    others = [o for o in options if get_origin(o) is not Literal]
    if literals and all(isinstance(a, str) for a in literals):
        return Kind(name="choice", choices=tuple(literals), free=bool(others))
    if isinstance(value, list | tuple) or (value is None and _is_list(others)):
        item = next((item_of(o) for o in others), None)
        numeric = _base(item) in (int, float) or (value and not isinstance(value[0], str))
        return Kind(name="numbers" if numeric else "texts")
    base = next((b for o in others if (b := _base(o)) in _PLAIN), None)
    name = _PLAIN.get(base) or _PLAIN.get(type(value), "text")
    if name not in ("whole", "number"):
        return Kind(name=name)
    least, most, above = _range([o for o in others if _base(o) is base])
    if name == "number" and (least, most) == (0, 1):
        return Kind(name="share", least=0, most=1, above=above)
    return Kind(name=name, least=least, most=most, above=above)


def _default(field: Any) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    made = field.default_factory
    return None if made is dataclasses.MISSING else made()


def _plain(value: Any) -> Any:
    """Settings as a scheme file would hold them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _options(hint: Any) -> list[Any]:
    """The types that a union allows, None aside; what is annotated stays so."""
    core = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(core) in (typing.Union, types.UnionType):
        return [o for a in get_args(core) if a is not type(None) for o in _options(a)]
    return [] if hint is None else [hint]


def _bare(hint: Any) -> Any:
    options = _options(hint)
    if not options:
        return None
    only = options[0]
    return get_args(only)[0] if get_origin(only) is Annotated else only


def _base(hint: Any) -> Any:
    bare = _bare(hint)
    return get_origin(bare) or bare


def _is_list(options: list[Any]) -> bool:
    return any(_base(o) in (tuple, list) for o in options)


def _range(options: list[Any]) -> tuple[float | None, float | None, bool]:
    notes = [n for o in options if get_origin(o) is Annotated for n in get_args(o)[1:]]
    ends: list[tuple[Any, bool]] = [(n.ge, False) for n in notes if isinstance(n, Ge)]
    ends += [(n.gt, True) for n in notes if isinstance(n, Gt)]
    highs: list[Any] = [n.le for n in notes if isinstance(n, Le)]
    least, above = max(ends, default=(None, False), key=lambda end: end[0])
    return least, min(highs, default=None), above
