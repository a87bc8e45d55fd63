"""``python -m addin.hosts.calc.worker``: answers the calls of a LibreOffice over pipes.

It first says what it is (``protocol``, ``fenji``, and ``missing`` where a package can't be
loaded), then answers each ``(name, lang, given)`` with ``("ok", rows)`` or ``("failed", None)``.
It ends when its standard input does.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from addin.hosts.calc.inside import pipes, wire
from addin.setup.versions import fenji_version

Pipes = pipes.Polled | pipes.Blocking
Answer = Callable[[str, str, Sequence[Any]], list[list[Any]]]
# Longer than any limit a client may set: nobody waits for such an answer.
_FORGOTTEN = 3700.0
# After so many calls, or an answer of so many bytes, what is no longer used is looked for.
_CALLS, _LARGE = 1000, 10_000


def main(load: Callable[[], Answer] | None = None) -> None:
    """``load`` gives what answers, unless it is to be Fenji."""
    ends = own_pipes()
    # Ctrl+C where LibreOffice was started is not meant for us; our input ends with LibreOffice.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch = Watch()
    try:
        answer = (load or ready)()
    except ImportError as error:
        greet(ends, missing=error.name or str(error))
        return
    greet(ends)
    # Ranges are many small lists, none of which is garbage before the answer is there: `serve`
    # looks for garbage when nobody waits.
    gc.freeze()
    gc.disable()
    serve(ends, answer, watch)
    # Threads of libraries must not keep us alive.
    os._exit(0)


def own_pipes() -> Pipes:
    """The pipes to the client, out of reach of whatever prints or asks."""
    reads, writes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return pipes.answering(reads, writes)


def ready() -> Answer:
    """What answers, loaded before anybody waits for it."""
    from addin.hosts.calc.answers import answer  # noqa: PLC0415

    return answer


def greet(ends: Pipes, **more: str) -> None:
    said = {"protocol": wire.PROTOCOL, "fenji": fenji_version(), **more}
    ends.send(wire.packed(said))


class Watch:
    """Ends the process where an answer takes so long that nobody can be waiting for it."""

    def __init__(self) -> None:
        self.since: float | None = None
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        parent = os.getppid()
        while True:
            time.sleep(1)
            since = self.since
            if since is None:
                continue
            # Off Windows an orphan gets another parent.
            if time.monotonic() - since > _FORGOTTEN or os.getppid() != parent:
                os._exit(1)


def serve(ends: Pipes, answer: Answer, watch: Watch) -> None:
    """Answer calls until the client has gone."""
    kept, calls = wire.Kept(), 0
    while True:
        try:
            name, lang, short = ends.receive()
            given = kept.restored(short)
            watch.since = time.monotonic()
            reply = answered(answer, name, lang, given)
            watch.since = None
            ends.send(reply)
            calls += 1
            if calls % _CALLS == 0 or len(reply) > _LARGE:
                gc.collect()
        except wire.BrokenError:
            return


def answered(answer: Answer, name: str, lang: str, given: Sequence[Any]) -> bytes:
    """The reply to one call; what goes wrong in it is no reason to end."""
    try:
        return wire.packed(("ok", answer(name, lang, given)))
    except Exception:
        return wire.packed(("failed", None))


if __name__ == "__main__":
    main()
