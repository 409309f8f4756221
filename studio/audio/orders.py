"""Work that one thread does for the others, one thing after the other."""

import contextlib
import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


class Orders:
    """`ask` from any thread, `do_next` on the one that works."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def ask(self, work: Callable[[], _Result], patience_s: float) -> _Result:
        """Have something done and return what came of it; `TimeoutError` where it takes longer, and is done later."""
        answer: Future[_Result] = Future()

        def order() -> None:
            try:
                answer.set_result(work())
            except Exception as error:  # noqa: BLE001 handed on to whoever asked
                answer.set_exception(error)

        self._waiting.put(order)
        return answer.result(patience_s)

    def wake(self) -> None:
        """Let the working thread look around at once."""
        self._waiting.put(lambda: None)

    def do_next(self, patience_s: float) -> None:
        """Do what was asked for first, or nothing where nothing is asked for in time."""
        with contextlib.suppress(queue.Empty):
            order = self._waiting.get(timeout=patience_s)
            order()
