"""Which models are in memory: each loaded once, shared by all who use it, never taken away while it is used.

An engine asks for its model with `use`; nothing else keeps a loaded model. Where the budget would be exceeded, the
model that was used longest ago goes first; one that nobody used for a while goes when `expire` is called.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from msgspec import Struct

from studio.errors import StudioError, is_out_of_memory

IDLE_S: Final = 600.0
_GIB: Final = 1 << 30

_Model = TypeVar("_Model")


class Resident(Struct, frozen=True, kw_only=True):
    """What is said of one model in memory; `users` count those who work with it now."""

    key: str
    needs_bytes: int
    users: int
    idle_s: float


class _Entry(Generic[_Model]):
    """A model that is being loaded (`here` is False) or there."""

    def __init__(self, key: str, needs_bytes: int, turn: int) -> None:
        self.key, self.needs_bytes, self.turn = key, needs_bytes, turn
        self.users = 1
        self.here = False
        self.unwanted = False
        self.idle_since_s = 0.0
        self.model: _Model | None = None


class Residency:
    """Keeps models of one device within `budget_bytes`. Every method may be called from any thread.

    A model is absent → loading → in use ⇄ idle → absent. It is counted from the moment its loading begins.
    """

    def __init__(
        self, budget_bytes: int, *, idle_s: float = IDLE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.budget_bytes, self.idle_s = budget_bytes, idle_s
        self._clock = clock
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry[object]] = {}
        self._turn = 0

    @property
    def residents(self) -> tuple[Resident, ...]:
        """The models in memory, the one used longest ago first."""
        with self._changed:
            now_s = self._clock()
            return tuple(
                Resident(
                    key=one.key,
                    needs_bytes=one.needs_bytes,
                    users=one.users,
                    idle_s=0.0 if one.users else now_s - one.idle_since_s,
                )
                for one in self._oldest_first()
            )

    @contextmanager
    def use(self, key: str, needs_bytes: int, load: Callable[[], _Model]) -> Iterator[_Model]:
        """Give the model of that key, loaded where it is not there, and keep it until the block ends.

        `key` names the files, the device and the precision. Where loading runs out of memory it is tried once more
        without the models that nobody uses. Raises `StudioError` where it cannot fit beside those in use, and
        whatever `load` raises; neither leaves anything behind.
        """
        entry = self._enter(key, needs_bytes, load)
        try:
            yield entry.model  # type: ignore[misc]  # whoever loaded this key loaded this kind
        finally:
            self._leave(entry)

    def preload(self, key: str, needs_bytes: int, load: Callable[[], object]) -> None:
        """Load a model before it is needed; errors as for `use`."""
        with self.use(key, needs_bytes, load):
            pass

    def unload(self, key: str) -> bool:
        """Forget a model, at once or when its last user is done. Return whether it is gone now."""
        with self._changed:
            entry = self._entries.get(key)
            if entry is not None and entry.users:
                entry.unwanted = True
                return False
            if entry is not None:
                self._drop(entry)
        _give_back()
        return True

    def expire(self) -> tuple[str, ...]:
        """Forget what nobody has used for `idle_s`, the longest idle first, and return its keys."""
        return self._forget_idle(self.idle_s)

    def forget_idle(self) -> tuple[str, ...]:
        """Forget everything that nobody uses now, as when memory ran out, and return its keys."""
        return self._forget_idle(0.0)

    def _enter(self, key: str, needs_bytes: int, load: Callable[[], object]) -> _Entry[object]:
        with self._changed:
            self._changed.wait_for(lambda: key not in self._entries or self._entries[key].here)
            self._turn += 1
            known = self._entries.get(key)
            if known is not None:
                known.users += 1
                known.turn, known.unwanted = self._turn, False
                return known
            self._make_room(needs_bytes)
            entry = self._entries[key] = _Entry[object](key, needs_bytes, self._turn)
        try:
            entry.model = self._loaded(load)
        except BaseException:
            with self._changed:
                self._drop(entry)
                self._changed.notify_all()
            raise
        with self._changed:
            entry.here = True
            self._changed.notify_all()
        return entry

    def _loaded(self, load: Callable[[], object]) -> object:
        try:
            return load()
        except Exception as error:
            if not is_out_of_memory(error) or not self.forget_idle():
                raise
        return load()

    def _leave(self, entry: _Entry[object]) -> None:
        with self._changed:
            entry.users -= 1
            entry.idle_since_s = self._clock()
            goes = entry.unwanted and not entry.users
            if goes:
                self._drop(entry)
        if goes:
            _give_back()

    def _make_room(self, needs_bytes: int) -> None:
        held = sum(one.needs_bytes for one in self._entries.values())
        idle = [one for one in self._oldest_first() if not one.users]
        if held - sum(one.needs_bytes for one in idle) + needs_bytes > self.budget_bytes:
            raise _too_large(needs_bytes, self.budget_bytes - held + sum(one.needs_bytes for one in idle))
        for one in idle:
            if held + needs_bytes <= self.budget_bytes:
                return
            held -= one.needs_bytes
            self._drop(one)

    def _forget_idle(self, for_s: float) -> tuple[str, ...]:
        with self._changed:
            now_s = self._clock()
            gone = [one for one in self._oldest_first() if not one.users and now_s - one.idle_since_s >= for_s]
            for one in gone:
                self._drop(one)
        if gone:
            _give_back()
        return tuple(one.key for one in gone)

    def _oldest_first(self) -> list[_Entry[object]]:
        return sorted(self._entries.values(), key=lambda one: one.turn)

    def _drop(self, entry: _Entry[object]) -> None:
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]
        entry.model = None


def _give_back() -> None:
    """Let what was forgotten really go: cycles in Python, and what torch keeps of the device's memory."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _too_large(needs_bytes: int, free_bytes: int) -> StudioError:
    return StudioError(
        "memory.model",
        "The model could not be loaded.",
        cause=f"It needs about {needs_bytes / _GIB:.1f} GB, and {max(0, free_bytes) / _GIB:.1f} GB may still be used.",
        remedy="Wait until other work is done, or choose a smaller model.",
    )
