"""What is listened to before the first chunk is made: in which order, how long, and that it goes on where it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from studio.engines import registry
from studio.engines.base import Effort, Report, Settings, Sound, Stems, Whole
from studio.errors import Cancelled
from studio.media.wav import MappedWav
from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import Separate, Separated
from studio.workers import first_listen
from studio.workers.runtime import Context
from studio.workers.separation import separate
from tests.helpers.songs import song
from tests.helpers.sounds import write_medium
from tests.helpers.tiny_separator import Tiny

RATE_HZ = 8000


class Careful(Tiny):
    """Hears a voice where the level says so, and keeps in mind which chunks it was played."""

    enough: ClassVar[float] = 0.7

    def __init__(self) -> None:
        self.played: list[float] = []
        self.told: set[float] = set()

    def listen(self, mix: Sound, rate_hz: int, *, settings: Settings, report: Report) -> float:
        report(0.5, "Listening for a voice")
        self.played.append(float(np.abs(mix).max()))
        return self.played[-1]

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        self.told.add(whole.heard)
        made = super().separate(mix, rate_hz, count=count, whole=whole, settings=settings, effort=effort, report=report)
        return made * np.float32(whole.heard)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Careful:
    careful = Careful()
    monkeypatch.setattr(registry, "separator", lambda _id: careful)
    return careful


def levels(folder: Path, *peaks: float) -> Media:
    """A song whose chunks have these peaks, a chunk each 0.75 s."""
    sound = song(0.75 * len(peaks), RATE_HZ)
    for index, peak in enumerate(peaks):
        part = sound[round(0.75 * index * RATE_HZ) : round(0.75 * (index + 1) * RATE_HZ)]
        part *= np.float32(peak) / np.abs(part).max()
    return write_medium(folder, "mix", sound, RATE_HZ)


def run(media: Media, folder: Path, report: Report = lambda _fraction, _stage: None) -> Separated:
    wanted = Separate(
        job=JobId(1), media=media, project_dir=str(folder), start=0, length=media.length, engine="careful", stems=2
    )
    return separate(wanted, Context(lambda _event: None), report)


def vocals(folder: Path, made: Separated) -> Sound:
    return np.asarray(MappedWav.open(folder / made.stems[0].file).frames)


@pytest.mark.parametrize("count", [2, 3, 5, 8, 63, 64])
def test_every_chunk_has_its_turn_and_the_first_ones_are_far_apart(count: int) -> None:
    order = first_listen.spread(count)
    assert sorted(order) == list(range(count))
    assert order[0] == count // 2


def test_of_a_long_sound_a_share_is_heard_and_of_one_chunk_none() -> None:
    order = first_listen.spread(1000)
    assert len(order) == 64
    assert np.diff([0, *sorted(order), 1000]).max() <= 16
    assert first_listen.spread(1) == first_listen.spread(0) == ()


def test_every_chunk_is_made_by_the_most_that_was_heard_in_any(tmp_path: Path, engine: Careful) -> None:
    media = levels(tmp_path, 0.1, 0.1, 0.2, 0.1, 0.5)
    run(media, tmp_path)
    assert len(engine.played) == 5
    assert engine.told == {max(engine.played)}


def test_nothing_more_is_listened_to_once_it_is_clear(tmp_path: Path, engine: Careful) -> None:
    run(levels(tmp_path, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.1), tmp_path)
    assert len(engine.played) == 1
    assert engine.told == set(engine.played)


def test_a_sound_of_one_chunk_is_not_listened_to_twice(tmp_path: Path, engine: Careful) -> None:
    run(levels(tmp_path, 0.4), tmp_path)
    assert not engine.played
    assert engine.told == {0.0}


def test_stopped_at_any_moment_it_goes_on_listening_and_ends_with_the_same(tmp_path: Path, engine: Careful) -> None:
    media = levels(tmp_path, 0.2, 0.3, 0.1, 0.4, 0.2)
    reports: list[float] = []
    whole = run(media, tmp_path, lambda fraction, _stage: reports.append(fraction))
    assert reports == sorted(reports)
    heard, before = len(engine.played), vocals(tmp_path, whole).copy()
    begun = set[int]()

    for stop in range(1, len(reports) - 1):
        for stem in whole.stems:
            (tmp_path / stem.file).unlink()
        engine.played.clear()
        with pytest.raises(Cancelled):
            run(media, tmp_path, stopping_at(stop))
        begun.add(len(engine.played))
        again = run(media, tmp_path)
        assert np.array_equal(vocals(tmp_path, again), before)
        assert heard <= len(engine.played) <= heard + 1, "what was being listened to is heard anew, nothing else"

    assert begun == set(range(heard + 1)), "it was stopped before, during and after listening"


def stopping_at(count: int) -> Report:
    left: Iterator[int] = iter(range(count))

    def report(_fraction: float, _stage: str) -> None:
        if next(left, None) is None:
            raise Cancelled

    return report


def test_where_memory_does_not_suffice_to_listen_a_voice_is_held_for_possible(
    tmp_path: Path, engine: Careful, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(_mix: Sound, _rate_hz: int, **_rest: object) -> float:
        raise MemoryError

    monkeypatch.setattr(engine, "listen", greedy)
    run(levels(tmp_path, 0.1, 0.1, 0.1), tmp_path)
    assert engine.told == {1.0}


def test_what_cannot_be_listened_to_ends_the_job(
    tmp_path: Path, engine: Careful, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_mix: Sound, _rate_hz: int, **_rest: object) -> float:
        raise ValueError("no ears")

    monkeypatch.setattr(engine, "listen", broken)
    with pytest.raises(ValueError, match="no ears"):
        run(levels(tmp_path, 0.1, 0.1, 0.1), tmp_path)
