"""New from template, Help and Repair: what these buttons do."""

from __future__ import annotations

import contextlib
import io
import webbrowser

from addin.arguments import parser
from addin.help_page import page_text
from addin.hosts.excel.folders import free_place
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.session import Session


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
    page.write_text(
        page_text(session.words, session.folder, session.words.section("excel.help")),
        encoding="utf-8",
    )
    with contextlib.suppress(Exception):
        webbrowser.open(page.as_uri())
    return session.words("excel.done.help", file=page)


def repair(session: Session) -> str:
    """Look for everything that keeps Fenji from working, and put right what can be."""
    from addin.setup import doctor  # noqa: PLC0415 (late: only this button asks)
    from addin.setup.place import here  # noqa: PLC0415

    session.step(session.words("excel.step.repair"))
    checks = doctor.diagnose(here(), repair=True)
    return "\n".join(doctor.report(checks, session.words))
