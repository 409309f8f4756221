"""What is promised of models in memory, held against a plain account of what should be there."""

import gc
import sys
import threading
from contextlib import AbstractContextManager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from studio.engines.residency import Residency
from studio.errors import StudioError

BUDGET = 100
IDLE_S = 60.0
STEPS = 100
ROUND = 2000
SIZES = {"a": 10, "b": 30, "c": 50, "d": 70, "whole": 100, "e": 25, "too large": 101}
keys = st.sampled_from(sorted(SIZES))
counted = {"steps": 0}


class Loaded:
    """A model that remembers whether it was taken away."""

    alive = 0

    def __init__(self, key: str) -> None:
        self.key = key
        Loaded.alive += 1

    def __del__(self) -> None:
        Loaded.alive -= 1


class Account(RuleBasedStateMachine):
    """Loads, uses, releases and expires at random; `expected` is the plain account, used longest ago first."""

    def __init__(self) -> None:
        super().__init__()
        Loaded.alive = 0
        self.now_s = 0.0
        self.residency = Residency(BUDGET, idle_s=IDLE_S, clock=lambda: self.now_s)
        self.expected: dict[str, float] = {}
        self.unwanted: set[str] = set()
        self.uses: list[tuple[str, AbstractContextManager[Loaded], Loaded]] = []
        self.loads = 0

    def users(self, key: str) -> int:
        return sum(one == key for one, _, _ in self.uses)

    def held(self) -> int:
        return sum(SIZES[key] for key in self.expected)

    def load(self, key: str) -> Loaded:
        self.loads += 1
        return Loaded(key)

    def fits(self, key: str) -> bool:
        return sum(SIZES[one] for one in self.expected if self.users(one)) + SIZES[key] <= BUDGET

    def make_room(self, key: str) -> None:
        for one in list(self.expected):
            if self.held() + SIZES[key] <= BUDGET:
                return
            if not self.users(one):
                del self.expected[one]

    def begin(self, key: str) -> None:
        """What a use leads to by the account: the model last in the order, and the room for it made."""
        before = self.loads
        there = key in self.expected
        using = self.residency.use(key, SIZES[key], lambda: self.load(key))
        if not there and not self.fits(key):
            with pytest.raises(StudioError, match=r"memory\.model"):
                using.__enter__()
            assert self.loads == before
            return
        if not there:
            self.make_room(key)
        model = using.__enter__()
        assert model.key == key
        assert self.loads == before + (not there)
        assert all(model is other for one, _, other in self.uses if one == key)
        self.expected.pop(key, None)
        self.expected[key] = self.now_s
        self.unwanted.discard(key)
        self.uses.append((key, using, model))

    def end(self, which: int) -> None:
        key, using, model = self.uses.pop(which)
        assert model.key == key
        del model
        using.__exit__(None, None, None)
        self.expected[key] = self.now_s
        if key in self.unwanted and not self.users(key):
            del self.expected[key]
            self.unwanted.discard(key)

    @rule(key=keys)
    def use(self, key: str) -> None:
        self.begin(key)

    @precondition(lambda self: self.uses)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.end(data.draw(st.integers(0, len(self.uses) - 1)))

    @rule(key=keys)
    def preload(self, key: str) -> None:
        before = len(self.uses)
        self.begin(key)
        if len(self.uses) > before:
            self.end(len(self.uses) - 1)

    @rule(key=keys)
    def unload(self, key: str) -> None:
        gone = self.residency.unload(key)
        assert gone == (not self.users(key))
        if gone:
            self.expected.pop(key, None)
        else:
            self.unwanted.add(key)

    @rule(seconds=st.sampled_from([0.0, 1.0, 59.0, 60.0, 500.0]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def expire(self) -> None:
        due = [k for k, since_s in self.expected.items() if not self.users(k) and self.now_s - since_s >= IDLE_S]
        assert list(self.residency.expire()) == due
        for key in due:
            del self.expected[key]

    @rule()
    def run_short(self) -> None:
        idle = [key for key in self.expected if not self.users(key)]
        assert list(self.residency.forget_idle()) == idle
        for key in idle:
            del self.expected[key]

    @rule(key=keys)
    def fail_to_load(self, key: str) -> None:
        if key in self.expected or not self.fits(key):
            return
        self.make_room(key)
        with pytest.raises(OSError, match="damaged"), self.residency.use(key, SIZES[key], _damaged):
            raise AssertionError

    @rule(key=keys)
    def run_out_while_loading(self, key: str) -> None:
        """With idle models to forget the second try succeeds; without, memory has really run out."""
        if key in self.expected or not self.fits(key):
            return
        self.make_room(key)
        idle = [one for one in self.expected if not self.users(one)]
        tries: list[int] = []

        def load() -> Loaded:
            tries.append(1)
            if len(tries) == 1:
                raise MemoryError
            return self.load(key)

        if not idle:
            with pytest.raises(MemoryError):
                self.residency.preload(key, SIZES[key], load)
            return
        self.residency.preload(key, SIZES[key], load)
        for one in idle:
            del self.expected[one]
        self.expected[key] = self.now_s

    @rule(key=keys)
    def fail_while_using(self, key: str) -> None:
        """What goes wrong in the work with a model does not keep it."""
        before = len(self.uses)
        self.begin(key)
        if len(self.uses) == before:
            return
        _, using, _ = self.uses[-1]
        with pytest.raises(ZeroDivisionError):
            using.__exit__(ZeroDivisionError, ZeroDivisionError(), None) or _raise()
        self.uses.pop()
        if key in self.unwanted and not self.users(key):
            del self.expected[key]
            self.unwanted.discard(key)

    @invariant()
    def keeps_its_promises(self) -> None:
        counted["steps"] += 1
        residents = self.residency.residents
        assert [one.key for one in residents] == list(self.expected)
        assert [one.users for one in residents] == [self.users(key) for key in self.expected]
        assert sum(one.needs_bytes for one in residents) <= BUDGET
        assert Loaded.alive == len(self.expected), "what was forgotten is still in memory, or the other way round"
        assert all(model.key == key for key, _, model in self.uses)

    def teardown(self) -> None:
        while self.uses:
            self.end(0)
        self.residency.forget_idle()
        assert not self.residency.residents
        assert Loaded.alive == 0


def _damaged() -> Loaded:
    raise OSError("damaged")


def _raise() -> bool:
    raise ZeroDivisionError


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("steps", [2000, pytest.param(100_000, marks=pytest.mark.full_faults)])
def test_random_steps_keep_every_promise(steps: int) -> None:
    counted["steps"] = 0
    while counted["steps"] < steps:
        # In rounds behind a freeze: an unloading searches for garbage, and need not search all that is kept beside it.
        gc.collect()
        gc.freeze()
        run_state_machine_as_test(
            Account,
            settings=settings(
                max_examples=ROUND // STEPS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=False,  # each round another
                suppress_health_check=list(HealthCheck),
            ),
        )
        gc.unfreeze()
    sys.stdout.write(f"\n{counted['steps']} random steps\n")


def test_many_threads_share_one_load() -> None:
    residency = Residency(BUDGET)
    loads: list[int] = []
    seen: set[int] = set()
    begin = threading.Barrier(8)

    def load() -> object:
        loads.append(1)
        return object()

    def work() -> None:
        begin.wait()
        for _ in range(50):
            with residency.use("a", 10, load) as model:
                seen.add(id(model))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(loads) == 1
    assert len(seen) == 1
    assert [(one.key, one.users) for one in residency.residents] == [("a", 0)]


def test_a_refused_model_takes_nobody_s_place() -> None:
    residency = Residency(BUDGET)
    residency.preload("a", 10, object)
    with residency.use("d", 70, object):
        with pytest.raises(StudioError, match=r"memory\.model") as refused:
            residency.preload("c", 50, object)
        assert "Wait until other work is done" in refused.value.explanation.remedy
        assert [one.key for one in residency.residents] == ["a", "d"]
