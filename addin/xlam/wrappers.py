"""The VBA function behind each of Fenji's functions: one short wrapper each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from addin.functions.define import Function
from addin.words import Words, words

NAME = "FenjiFunctions"
HEAD = f"""Attribute VB_Name = "{NAME}"
' Made by "fenji build" from addin/functions: a wrapper for each function.
Option Explicit
"""
LONGEST_HELP = 255
# What VBA does not take as the name of a parameter.
RESERVED = re.compile(
    r"and|as|boolean|byref|byte|byval|call|case|cbool|cbyte|ccur|cdate|cdbl|cint|clng|close|"
    r"const|csng|cstr|currency|cvar|date|debug|declare|defbool|dim|do|double|each|else|elseif|"
    r"empty|end|enum|eqv|erase|event|exit|false|for|friend|function|get|global|gosub|goto|if|"
    r"imp|implements|in|input|integer|is|len|let|like|lock|long|longlong|longptr|loop|lset|me|"
    r"mod|new|next|not|nothing|null|on|open|option|optional|or|paramarray|preserve|print|"
    r"private|property|public|put|raiseevent|redim|rem|resume|return|rset|seek|select|set|"
    r"shared|single|spc|static|step|stop|string|sub|tab|then|to|true|type|typeof|unlock|until|"
    r"variant|wend|while|with|withevents|write|xor",
    re.IGNORECASE,
)
# A1 and R1C1: Excel takes such a name for a cell.
CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*C?\d*|C\d*", re.IGNORECASE)


def wrappers(functions: Iterable[Function]) -> str:
    """The module ``FenjiFunctions``; lines end with a line feed."""
    return HEAD + "".join(f"\n{_wrapper(function, words('en'))}" for function in functions)


def _wrapper(function: Function, text: Words) -> str:
    name = function.name
    if CELL.fullmatch(name):
        raise ValueError(f"{name} reads as a cell")
    taken = [a.name for a in function.arguments if RESERVED.fullmatch(a.name)]
    if taken:
        raise ValueError(f"{name}: VBA reserves {', '.join(taken)}")
    parameters = ", ".join(
        f"{'Optional ' if a.optional else ''}{a.name} As Variant" for a in function.arguments
    )
    kinds = ",".join(a.kind for a in function.arguments)
    given = ", ".join(a.name for a in function.arguments)
    return (
        f"Public Function {name}({parameters}) As Variant\n"
        f"{_description(name, function.help(text))}"
        f'    {name} = FenjiAnswer("{name}", "{kinds}", Array({given}))\n'
        "End Function\n"
    )


def _description(name: str, text: str) -> str:
    """What Excel shows before the add-in has registered help in the user's language."""
    if not text.isascii() or len(text) > LONGEST_HELP or "\n" in text:
        return ""
    quoted = text.replace('"', '""')
    return f'Attribute {name}.VB_Description = "{quoted}"\n'
