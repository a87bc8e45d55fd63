"""What there is to say of the functions for cells: the list, and the pages of the reference."""

from __future__ import annotations

import inspect
from typing import Any

from addin.functions import FUNCTIONS, MODULES
from addin.functions.define import Argument, Function
from addin.words import Words
from segmentation.errors import UsageError

_CALC = ("calc_array", "calc_reason", "calc_compare", "calc_blank", "calc_errors", "calc_whole")


def function_lines(name: str | None, words: Words) -> list[str]:
    """What the command prints: a line a function, or those of one with its arguments.

    Raises UsageError ``unknown_function``.
    """
    if not name:
        return [f"{signature(each)}\t{each.help(words)}" for each in in_order()]
    found = FUNCTIONS.get(name.strip().upper())
    if found is None:
        names = ", ".join(each.name for each in in_order())
        raise UsageError("unknown_function", name=name, names=names)
    arguments = [f"{a.name}\t{found.argument_help(a.name, words)}" for a in found.arguments]
    example = words("function_page.example", formula=_example(found, words))
    return [signature(found), found.help(words), *arguments, example]


def in_order() -> list[Function]:
    """Every function, in the order in which users read of them."""
    places = [module.__name__ for module in MODULES]
    return sorted(FUNCTIONS.values(), key=lambda function: places.index(function.module))


def signature(function: Function) -> str:
    """``ABC_CLASS(values, [a_share=0.8], …)``: what may be left out stands in brackets."""
    given = inspect.signature(function.answer).parameters
    shown = [_shown(each, given[each.name].default) for each in function.arguments]
    return f"{function.name}({', '.join(shown)})"


def _shown(argument: Argument, default: Any) -> str:
    if not argument.optional:
        return argument.name
    value = str(default).upper() if isinstance(default, bool) else default
    return f"[{argument.name}]" if default is None else f"[{argument.name}={value}]"


def _example(function: Function, words: Words) -> str:
    return words(f"function_example.{function.name}")


def reference(words: Words) -> str:
    """The Markdown page of all functions, in one language."""
    page = words.section("function_page")
    parts = [f"# {page['title']}\n\n{page['intro']}\n", f"\n{page['cells']}\n"]
    parts.append(f"\n## {page['calc_title']}\n\n")
    parts += [f"- {page[key]}\n" for key in _CALC]
    for each in in_order():
        parts.append(f"\n## {each.name}\n\n`{signature(each)}`\n\n{each.help(words)}\n\n")
        parts.append("| | |\n| --- | --- |\n")
        parts += [
            f"| `{a.name}` | {_cell(each.argument_help(a.name, words))} |\n" for a in each.arguments
        ]
        parts.append(f"\n```\n{_example(each, words)}\n```\n")
    return "".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
