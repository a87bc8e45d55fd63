"""Sending and receiving messages over a pair of pipes, with time limits on every system.

`Polled` asks the system whether a pipe has something; Windows can't say that of pipes, so that
there a thread reads and writes (`Threaded`). Both raise `wire.BrokenError` and `wire.LateError`.
"""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import time
from contextlib import suppress
from typing import Any, BinaryIO

from . import wire

_CHUNK = 1 << 16
# Most answers come sooner than a sleeping process wakes up: looking for them makes a call of one
# cell several times as fast. It costs at most this much of a second processor, and only within a
# recalculation.
_AWAKE = 0.0005 if (os.cpu_count() or 1) > 1 else 0.0


class Polled:
    """One end, where the system can wait for pipes."""

    def __init__(self, reads: BinaryIO, writes: BinaryIO) -> None:
        self._streams = (reads, writes)
        self._in, self._out = reads.fileno(), writes.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._in, select.POLLIN)
        self._writable.register(self._out, select.POLLOUT)

    def exchange(self, packed: bytes | None, seconds: float) -> Any:
        """Send a message, unless it is None, and give the one that answers."""
        until = time.monotonic() + seconds
        if packed is not None:
            self.send(packed, until)
        return self.receive(until)

    def send(self, packed: bytes, until: float | None = None) -> None:
        rest = memoryview(packed)
        while rest:
            try:
                rest = rest[os.write(self._out, rest) :]
            except BlockingIOError:
                _wait(self._writable, until)
            except (OSError, ValueError):
                raise wire.BrokenError from None

    def receive(self, until: float | None = None) -> Any:
        data = self._some(until)
        while len(data) < wire.HEAD:
            data += self._some(until)
        length = wire.length(data[: wire.HEAD])
        parts, missing = [data[wire.HEAD :]], length + wire.HEAD - len(data)
        while missing > 0:
            parts.append(self._some(until))
            missing -= len(parts[-1])
        # Nobody speaks twice without an answer in between.
        if missing:
            raise wire.BrokenError
        return wire.unpacked(b"".join(parts))

    def close(self) -> None:
        for stream in self._streams:
            with suppress(OSError):
                stream.close()

    def _some(self, until: float | None) -> bytes:
        asleep = time.monotonic() + _AWAKE
        while True:
            try:
                data = os.read(self._in, _CHUNK)
            except BlockingIOError:
                if time.monotonic() > asleep:
                    _wait(self._readable, until)
                else:
                    # On a busy machine the other end may be waiting for this processor.
                    os.sched_yield()
                continue
            except (OSError, ValueError):
                raise wire.BrokenError from None
            if not data:
                raise wire.BrokenError
            return data


def _wait(pipe: Any, until: float | None) -> None:
    rest = None if until is None else (until - time.monotonic()) * 1000
    if (rest is not None and rest <= 0) or not pipe.poll(rest):
        raise wire.LateError


class Blocking:
    """One end that waits for ever: that of the worker where `Polled` can't be."""

    def __init__(self, reads: BinaryIO, writes: BinaryIO) -> None:
        self._reads, self._writes = reads, writes

    def send(self, packed: bytes) -> None:
        try:
            self._writes.write(packed)
            self._writes.flush()
        except (OSError, ValueError):  # ValueError: closed on our side
            raise wire.BrokenError from None

    def receive(self) -> Any:
        return wire.unpacked(self._exactly(wire.length(self._exactly(wire.HEAD))))

    def close(self) -> None:
        for stream in (self._reads, self._writes):
            with suppress(OSError):
                stream.close()

    def _exactly(self, length: int) -> bytes:
        try:
            data = self._reads.read(length)
        except (OSError, ValueError, MemoryError):
            raise wire.BrokenError from None
        if data is None or len(data) < length:
            raise wire.BrokenError
        return data


class Threaded:
    """One end with a thread, which also writes: who does not read would block a writer for ever.

    The thread ends with the other end's process; nobody's exit waits for it.
    """

    def __init__(self, reads: BinaryIO, writes: BinaryIO) -> None:
        self._pipes = Blocking(reads, writes)
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._talk, name="fenji-worker", daemon=True).start()

    def exchange(self, packed: bytes | None, seconds: float) -> Any:
        """Send a message, unless it is None, and give the one that answers."""
        if packed is not None:
            self._out.put(packed)
        try:
            answer = self._in.get(timeout=seconds)
        except queue.Empty:
            raise wire.LateError from None
        if isinstance(answer, wire.BrokenError):
            raise answer
        return answer

    def close(self) -> None:
        """The thread closes the pipes, which it may be using."""
        self._out.put(None)

    def _talk(self) -> None:
        try:
            self._in.put(self._pipes.receive())
            while (packed := self._out.get()) is not None:
                self._pipes.send(packed)
                self._in.put(self._pipes.receive())
        except wire.BrokenError as broken:
            self._in.put(broken)
        self._pipes.close()


CAN_POLL = sys.platform != "win32"


def asking(reads: BinaryIO, writes: BinaryIO) -> Polled | Threaded:
    """The client's end."""
    return Polled(reads, writes) if CAN_POLL else Threaded(reads, writes)


def answering(reads: BinaryIO, writes: BinaryIO) -> Polled | Blocking:
    """The worker's end."""
    return Polled(reads, writes) if CAN_POLL else Blocking(reads, writes)
