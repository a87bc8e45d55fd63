"""New from template, Help and Repair: what these buttons do."""

from __future__ import annotations

import contextlib
import html
import io
import webbrowser
from pathlib import Path

from addin.arguments import parser
from addin.hosts.excel.folders import free_place
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.session import Session
from addin.words import Words

_STEPS = ("first", "second", "third")
_BUTTONS = ("grade", "check", "template", "compare", "explain", "stop")
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 "Segoe UI", "Microsoft YaHei", "PingFang SC", sans-serif;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }}
code {{ background: #f3f5f7; padding: 0 .2rem; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def template(session: Session, name: str) -> str:
    """Make an industry's template under a free name and open it in this Excel."""
    from addin import commands  # noqa: PLC0415 (late: it takes a while)
    from segmentation.scheme_file import preset, presets  # noqa: PLC0415

    text = session.words
    if name not in presets():
        raise ExcelProblem("no_template", name=name, names=", ".join(presets()))
    session.step(text("excel.step.template"))
    title = preset(name).name[text.lang]
    out = free_place(None, text("excel.template_name", title=_safe(title)), session)
    options = parser(text).parse_args(["template", name, "-o", str(out)])
    with contextlib.redirect_stdout(io.StringIO()):
        commands.template(options, text)
    try:
        session.app.books.open(str(out))
    except Exception:
        raise ExcelProblem("not_opened", file=out) from None
    return text("excel.done.template", file=out)


def _safe(title: str) -> str:
    return "".join("-" if char in '<>:"/\\|?*' else char for char in title)


def help_page(session: Session) -> str:
    """Write the help as a page and show it in the browser."""
    page = session.folder / f"help-{session.words.lang}.html"
    session.folder.mkdir(parents=True, exist_ok=True)
    page.write_text(page_text(session.words, session.folder), encoding="utf-8")
    with contextlib.suppress(Exception):
        webbrowser.open(page.as_uri())
    return session.words("excel.done.help", file=page)


def page_text(text: Words, folder: Path) -> str:
    """The help: three steps, the buttons, the functions, and where things lie."""
    parts = [_heading(text("excel.help.start"))]
    steps = "".join(f"<li>{html.escape(text(f'excel.help.{step}'))}</li>" for step in _STEPS)
    parts.append(f"<ol>{steps}</ol>")
    parts.append(_heading(text("excel.help.buttons")))
    rows = "".join(
        f"<tr><th>{html.escape(text(f'ribbon.{b}.label'))}</th>"
        f"<td>{html.escape(text(f'ribbon.{b}.help'))}</td></tr>"
        for b in _BUTTONS
    )
    parts.append(f"<table>{rows}</table>")
    parts.append(_heading(text("excel.help.functions")))
    parts += [_paragraph(text("excel.help.functions_how")), _functions(text)]
    parts.append(_heading(text("excel.help.places")))
    parts.append(_paragraph(text("excel.help.configuration", folder=folder)))
    title = text("excel.help.title")
    return _PAGE.format(lang=text.lang, title=html.escape(title), body="\n".join(parts))


def _functions(text: Words) -> str:
    from addin.functions.define import FUNCTIONS  # noqa: PLC0415 (late: only this page asks)

    parts = []
    for name, made in sorted(FUNCTIONS.items()):
        shown = ", ".join(f"[{a.name}]" if a.optional else a.name for a in made.arguments)
        parts.append(f"<h3><code>{name}({shown})</code></h3>{_paragraph(made.help(text))}")
        rows = "".join(
            f"<tr><th>{a.name}</th><td>{html.escape(made.argument_help(a.name, text))}</td></tr>"
            for a in made.arguments
        )
        parts.append(f"<table>{rows}</table>")
    return "".join(parts)


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def repair(session: Session) -> str:
    """Look for everything that keeps Fenji from working, and put right what can be."""
    from addin.setup import doctor  # noqa: PLC0415 (late: only this button asks)
    from addin.setup.place import here  # noqa: PLC0415

    session.step(session.words("excel.step.repair"))
    checks = doctor.diagnose(here(), repair=True)
    return "\n".join(doctor.report(checks, session.words))
