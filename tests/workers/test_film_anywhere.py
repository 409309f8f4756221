"""Wherever and in whatever order one jumps, the picture is the one of plain decoding from the beginning to the end."""

import random
from pathlib import Path

import pytest

from studio.audio.film import Film
from tests.helpers.films import KINDS, PICTURES, Plain, check, write


def places(plain: Plain, chance: random.Random) -> list[float]:
    """Where a person may go: far, near, one picture on or back, edges, before the beginning and beyond the end."""
    begins, last = [float(begin) for begin in plain.begins], len(plain.begins) - 1
    found = [0.0, begins[-1], begins[-1] + 5, -1.0, begins[0]]
    for _ in range(12):
        number = chance.randrange(len(begins))
        found += [begins[number], begins[number] + 0.003]
        step = chance.choice((-9, -3, -1, 1, 2, 7))
        for _ in range(chance.randrange(1, 6)):
            number = min(max(number + step, 0), last)
            found.append(begins[number] + 1e-4)
        found.append(chance.uniform(-0.2, begins[-1] + 0.3))
    return found


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", KINDS)
def test_every_picture_is_that_of_plain_decoding(tmp_path: Path, name: str, threads: int) -> None:
    kind = KINDS[name]
    path = write(tmp_path / f"film.{kind.suffix}", kind)
    plain = Plain.of(path)
    assert len(plain.begins) >= PICTURES - 1
    assert len(set(plain.pixels)) > PICTURES - 5
    chance = random.Random(f"{name} {threads}")  # noqa: S311

    with Film(path, threads=threads) as film:
        for number, time_s in enumerate(places(plain, chance)):
            if chance.random() < 0.2:  # somebody else is faster
                left = chance.randrange(6)
                film.at(chance.uniform(0, float(plain.begins[-1])), Patience(left))
            found = film.at(time_s)
            assert found is not None
            assert check(found.frame) == plain.at(time_s), (number, time_s)
            if chance.random() < 0.3:
                film.get_ready(Patience(chance.randrange(60)))


class Patience:
    """Gives up after so many questions."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self) -> bool:
        self._left -= 1
        return self._left < 0
