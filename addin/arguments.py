"""The command line's words and options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from addin.setup.versions import fenji_version
from addin.words import LANGUAGES, Words
from segmentation.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of printing usage and leaving."""

    def __init__(self, **settings: Any) -> None:
        # A shortened option would mean something else as soon as another begins like it.
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError("usage", detail=message, command=self.prog)


def parser(words: Words) -> Parser:
    """The whole command line, with help in one language."""
    text = words.section("help")
    root = Parser(prog="fenji", description=text["description"])
    root.add_argument("--version", action="version", version=f"fenji {fenji_version()}")
    root.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    commands = root.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=Parser
    )

    def command(name: str) -> Parser:
        made: Parser = commands.add_parser(name, help=text[name], description=text[name])
        made.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
        return made

    grade = command("grade")
    _sources(grade, words)
    grade.add_argument("-o", "--out", metavar="OUT", help=text["out"])
    grade.add_argument("--industry", metavar="NAME", help=text["industry"])
    grade.add_argument("--scheme", metavar="FILE.toml", help=text["scheme_file"])
    grade.add_argument("--method", metavar="NAME", help=text["method"])
    grade.add_argument("--template", metavar="FILE.xlsx", help=text["template_file"])
    grade.add_argument("--previous", metavar="GRADED", help=text["previous"])
    grade.add_argument("--model", metavar="MODEL.json", help=text["model"])
    grade.add_argument("--save-model", metavar="MODEL.json", help=text["save_model"])
    grade.add_argument("--json", action="store_true", help=text["json"])
    grade.add_argument("--force", action="store_true", help=text["force"])
    check = command("check")
    _sources(check, words)
    check.add_argument("--scheme", metavar="FILE.toml", help=text["scheme_file"])
    check.add_argument("--industry", metavar="NAME", help=text["industry"])
    check.add_argument("--json", action="store_true", help=text["json"])
    _compare(command("compare"), words)
    _actions(command("actions"), words)
    explain = command("explain")
    explain.add_argument("graded", metavar="GRADED", help=text["graded_file"])
    explain.add_argument("customer", metavar="CUSTOMER", help=text["customer"])
    explain.add_argument("--json", action="store_true", help=text["json"])
    command("methods")
    functions = command("functions")
    functions.add_argument("name", nargs="?", metavar="NAME", help=text["function_name"])
    demo = command("demo")
    demo.add_argument("-o", "--out", metavar="DIR", help=text["out_folder"])
    template = command("template")
    template.add_argument("name", nargs="?", metavar="NAME", help=text["name"])
    template.add_argument("--scheme", metavar="FILE.toml", help=text["scheme_file"])
    template.add_argument("-o", "--out", metavar="FILE.xlsx", help=text["out"])
    template.add_argument("--empty", action="store_true", help=text["empty"])
    template.add_argument("--list", action="store_true", help=text["list"])
    template.add_argument("--force", action="store_true", help=text["force"])
    clear = command("clear")
    clear.add_argument("file", metavar="FILE.xlsx", help=text["clear_file"])
    _budget(command("budget"), words)
    _scheme(command("scheme"), words)
    _setup(command, words)
    return root


def _sources(made: Parser, words: Words) -> None:
    text = words.section("help")
    made.add_argument("source", nargs="+", metavar="SOURCE", help=text["source"])
    made.add_argument("--as-of", metavar="YYYY-MM-DD", help=text["as_of"])
    made.add_argument("--sheet", metavar="NAME", help=text["sheet"])
    made.add_argument(
        "--column", action="append", default=[], metavar="ROLE=HEADER", help=text["column"]
    )
    made.add_argument("--date-order", choices=("dmy", "mdy"), help=text["date_order"])


def _compare(made: Parser, words: Words) -> None:
    text = words.section("help")
    made.add_argument("old", metavar="OLD", help=text["old_file"])
    made.add_argument("new", metavar="NEW", help=text["new_file"])
    made.add_argument("-o", "--out", metavar="OUT", help=text["out"])
    made.add_argument("--json", action="store_true", help=text["json"])
    made.add_argument("--force", action="store_true", help=text["force"])


def _actions(made: Parser, words: Words) -> None:
    text = words.section("help")
    made.add_argument("graded", metavar="GRADED", help=text["graded_book"])
    made.add_argument("-o", "--out", metavar="OUT", help=text["out"])
    made.add_argument("--calls", metavar="N", help=text["calls"])
    made.add_argument("--owner", action="append", default=[], metavar="WHO=N", help=text["owner"])
    made.add_argument("--from", dest="start", metavar="YYYY-MM-DD", help=text["from_day"])
    made.add_argument("--weeks", metavar="N", help=text["weeks"])
    made.add_argument("--json", action="store_true", help=text["json"])
    made.add_argument("--force", action="store_true", help=text["force"])


def _budget(made: Parser, words: Words) -> None:
    text = words.section("help")
    made.add_argument("graded", metavar="GRADED", help=text["graded_file"])
    made.add_argument("amount", nargs="?", metavar="AMOUNT", help=text["budget_amount"])
    made.add_argument("--by", choices=("share", "value", "marginal"), help=text["budget_by"])
    for option in ("floor", "ceiling"):
        said = text[f"budget_{option}"]
        made.add_argument(
            f"--{option}", action="append", default=[], metavar="TIER=AMOUNT", help=said
        )
    made.add_argument("--least-per-customer", metavar="AMOUNT", help=text["budget_least"])
    made.add_argument("-o", "--out", metavar="OUT", help=text["out"])
    made.add_argument("--json", action="store_true", help=text["json"])
    made.add_argument("--force", action="store_true", help=text["force"])


def _setup(command: Callable[[str], Parser], words: Words) -> None:
    text = words.section("help")
    install = command("install")
    install.add_argument("--wheels", metavar="DIR", help=text["wheels"])
    install.add_argument("--folder", metavar="DIR", help=text["install_folder"])
    install.add_argument("--calc", action="store_true", help=text["calc"])
    uninstall = command("uninstall")
    uninstall.add_argument("--calc", action="store_true", help=text["calc"])
    doctor = command("doctor")
    doctor.add_argument("--calc", action="store_true", help=text["calc"])
    doctor.add_argument("--repair", action="store_true", help=text["repair"])
    doctor.add_argument("--json", action="store_true", help=text["json"])
    build = command("build")
    build.add_argument("-o", "--out", metavar="DIR", help=text["out_folder"])


def _scheme(made: Parser, words: Words) -> None:
    text = words.section("help")
    actions = made.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=Parser
    )
    show = actions.add_parser("show", help=text["scheme_show"], description=text["scheme_show"])
    show.add_argument("name", metavar="NAME", help=text["name"])
    show.add_argument("-o", "--out", metavar="FILE.toml", help=text["out_scheme"])
    show.add_argument("--force", action="store_true", help=text["force"])
    check = actions.add_parser("check", help=text["scheme_check"], description=text["scheme_check"])
    check.add_argument("file", metavar="FILE.toml", help=text["scheme_file"])
    schema = actions.add_parser(
        "schema", help=text["scheme_schema"], description=text["scheme_schema"]
    )
    schema.add_argument("-o", "--out", metavar="FILE.json", help=text["out_schema"])
    schema.add_argument("--force", action="store_true", help=text["force"])
    for action in (show, check, schema):
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
