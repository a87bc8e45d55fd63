"""The command reference, made from the command line itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from addin.arguments import Parser, parser
from addin.words import Words


def reference(words: Words) -> str:
    """A Markdown page with every command and option, in one language."""
    parts = [f"# fenji\n\n{words('help.description')}\n"]
    for name, command in _commands(parser(words)):
        parts.append(f"\n## fenji {name}\n\n{command.description}\n\n| | |\n| --- | --- |\n")
        parts += [f"| `{_shown(a)}` | {a.help} |\n" for a in command._actions if a.dest != "help"]
    return "".join(parts)


def _shown(action: argparse.Action) -> str:
    choices = "\\|".join(map(str, action.choices)) if action.choices else ""
    value = "" if action.nargs == 0 else str(action.metavar or choices)
    return f"{', '.join(action.option_strings)} {value}".strip()


def _commands(root: Parser, prefix: str = "") -> Iterator[tuple[str, Parser]]:
    # argparse has no public way to list what a parser was given.
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, made in action.choices.items():
                nested = list(_commands(made, f"{prefix}{name} "))
                yield from nested or [(f"{prefix}{name}", made)]
