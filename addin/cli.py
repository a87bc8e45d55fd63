"""``fenji`` on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from addin.arguments import parser
from addin.language import language
from addin.messages import explain_error
from addin.words import words
from segmentation.errors import FenjiError

Run = Callable[..., None]
SETUP = ("install", "uninstall", "doctor")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 usage, 3 data, 4 files."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    text = words(language(given))
    try:
        options = parser(text).parse_args(given)
        _command(options.command)(options, text)
    except FenjiError as error:
        return _fail(explain_error(error, text), error.exit_code)
    except KeyboardInterrupt:
        return _fail(text("error.interrupted"), 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit:
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        if os.environ.get("FENJI_DEBUG"):
            raise
        detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return _fail(text("error.unexpected", detail=detail), 1)
    return 0


def _speak_utf8() -> None:
    """Files and pipes get UTF-8 everywhere; a terminal keeps the encoding it can show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _command(name: str) -> Run:
    if name in SETUP:
        # These run on a bare Python too, where nothing of what grading needs is installed.
        from addin.setup import command  # noqa: PLC0415

        return {"install": command.install, "uninstall": command.uninstall}.get(
            name, command.doctor
        )
    if name == "build":
        from addin.xlam import command as builder  # noqa: PLC0415

        return builder.build
    # Late, so that --help and a wrong option answer at once.
    from addin import commands  # noqa: PLC0415

    return {
        "grade": commands.grade,
        "check": commands.check,
        "compare": commands.compare,
        "actions": commands.actions,
        "explain": commands.explain,
        "methods": commands.methods,
        "functions": commands.functions,
        "demo": commands.demo,
        "template": commands.template,
        "clear": commands.clear,
        "budget": commands.budget,
        "scheme": commands.scheme,
    }[name]


if __name__ == "__main__":
    sys.exit(main())
