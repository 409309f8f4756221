"""Half phones of the reader's recordings, and which of them to take for a text.

Hunt, Black, "Unit selection in a concatenative speech synthesis system using a large speech database", 1996.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.voice.frames import Matrix, Row, log_f0
from studio.engines.voice.phones import SILENCE
from studio.engines.voice.plan import Plan, livened
from studio.engines.voice.reader import Ints, Reader

_COMPARED: Final = 25
_POINTS: Final = 4
_SHORTEST: Final = 3
_CANDIDATES: Final = 60
_LUCK: Final = 0.15


class Weighing(NamedTuple):
    """How much each kind of mismatch counts."""

    melody: float = 0.2
    length: float = 0.3
    neighbour: float = 0.9
    stress: float = 0.15
    oddity: float = 1.0
    join: float = 0.6
    join_melody: float = 0.5
    any_join: float = 0.4


class Half(NamedTuple):
    """One chosen half phone: frames `start` to `stop` of the material, for frames `wanted_start` on of the plan."""

    start: int
    stop: int
    wanted_start: int
    wanted_stop: int
    recording: int


class Pause(NamedTuple):
    """Nothing to be heard in these frames of the plan."""

    wanted_start: int
    wanted_stop: int


class _Group(NamedTuple):
    """Halves that may stand for each other, a row each."""

    shape: NDArray[np.float32]
    first: Matrix
    after: Matrix
    log_length: Row
    melody: Row
    melody_first: Row
    melody_after: Row
    voiced: Row
    key: Ints
    neighbour: Ints
    stress: Ints
    oddity: Row
    frames: Ints
    recording: Ints


class Units:
    """The half phones of a reader, ready to be chosen from."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        material = reader.material
        self._spread = material.world.envelope[:, :_COMPARED].std(0) + 1e-6
        envelope = material.world.envelope[:, :_COMPARED] / self._spread
        line, voiced = log_f0(material.world.f0_hz)
        every, phone, half = _halves(reader, envelope, line, voiced)
        order = {(p, h): np.flatnonzero((phone == p) & (half == h)) for p in np.unique(phone) for h in (0, 1)}
        self._groups: Mapping[tuple[int, int], _Group] = {
            place: _taken(every, rows) for place, rows in order.items() if len(rows)
        }
        self._any = {h: _taken(every, np.flatnonzero(half == h)) for h in (0, 1)}

    def choose(self, plan: Plan, weighing: Weighing, seed: int = 0) -> list[Half | Pause]:
        """The cheapest row of halves for a plan; a seed other than 0 has luck choose between what is nearly as good."""
        luck = np.random.default_rng(seed)
        index = self._reader.numbers
        wanted = livened(self._reader, plan.expected)[:, :_COMPARED] / self._spread
        chosen: list[Half | Pause] = []
        run: list[tuple[int, int, _Group, Ints, Row]] = []
        for i, segment in enumerate(plan.segments):
            start, stop = int(plan.starts[i]), int(plan.starts[i + 1])
            if segment.is_silence:
                chosen += _walk(run, weighing)
                run = []
                chosen.append(Pause(start, stop))
                continue
            middle = (start + stop) // 2
            for half, (first, last) in enumerate(((start, middle), (middle, stop))):
                other = plan.segments[i - 1 if half == 0 else i + 1] if 0 < i < len(plan.segments) - 1 else None
                neighbour = index.get(other.phone if other else SILENCE, -1)
                group = self._groups.get((index.get(segment.phone, -1), half), self._any[half])
                cost = self._mismatch(group, plan, wanted, (first, last), neighbour, segment.stress, weighing)
                if seed:
                    cost = cost + luck.normal(0, _LUCK, len(cost)).astype(np.float32)
                best = np.argsort(cost, kind="stable")[:_CANDIDATES]
                run.append((first, last, group, best, cost[best]))
        return chosen + _walk(run, weighing)

    def _mismatch(
        self,
        group: _Group,
        plan: Plan,
        wanted: Matrix,
        stretch: tuple[int, int],
        neighbour: int,
        stress: int,
        weighing: Weighing,
    ) -> Row:
        points = _points(*stretch, len(wanted))
        melody = float(plan.log_f0[points].mean())
        facts = self._reader.facts
        cost: Row = (
            ((group.shape - wanted[points]) ** 2).mean((1, 2))
            + weighing.melody * np.abs(group.melody - melody) / max(facts.log_f0_spread, 0.1) * (group.voiced > 0.5)
            + weighing.length * np.abs(group.log_length - np.log(max(stretch[1] - stretch[0], 1)))
            + weighing.neighbour * (group.neighbour != neighbour)
            + weighing.stress * (group.stress != stress)
            + weighing.oddity * np.minimum(group.oddity, 4)
        )
        return cost


def _walk(run: Sequence[tuple[int, int, _Group, Ints, Row]], weighing: Weighing) -> list[Half]:
    """The cheapest way through what may stand at each place between two pauses (Viterbi)."""
    if not run:
        return []
    total, ways = run[0][4], []
    for (_, _, before, left, _), (_, _, group, right, cost) in pairwise(run):
        apart = before.after[left][:, None] - group.first[right][None]
        join = weighing.join * (apart**2).mean(-1)
        both = (before.voiced[left] > 0.5)[:, None] & (group.voiced[right] > 0.5)[None]
        join += (
            weighing.join_melody * np.abs(before.melody_after[left][:, None] - group.melody_first[right][None]) * both
        )
        join += weighing.any_join
        join[before.key[left][:, None] + 1 == group.key[right][None]] = 0
        through = total[:, None] + join
        best = through.argmin(0)
        ways.append(best)
        total = through[best, np.arange(len(best))] + cost
    place = int(total.argmin())
    places = [place]
    for way in reversed(ways):
        place = int(way[place])
        places.append(place)
    made = []
    for (first, last, group, best, _), taken in zip(run, reversed(places), strict=True):
        row = best[taken]
        start, stop = group.frames[row]
        made.append(Half(int(start), int(stop), first, last, int(group.recording[row])))
    return made


def _points(start: int, stop: int, frames: int) -> Ints:
    """Four frames spread over a stretch."""
    steps = (np.arange(_POINTS) + 0.5) / _POINTS * max(stop - start, 1)
    return np.clip(np.floor(start + steps), 0, frames - 1).astype(np.int64)


def _halves(reader: Reader, envelope: Matrix, line: Row, voiced: NDArray[np.bool_]) -> tuple[_Group, Ints, Ints]:
    """All half phones that are long enough, with the number of their phone and which half they are."""
    silence = reader.numbers[SILENCE]
    segments = reader.material.segments
    rows = []
    for i, (phone, stress, start, stop, recording) in enumerate(segments.tolist()):
        if phone == silence or stop - start < _SHORTEST:
            continue
        middle = (start + stop) // 2
        for half, (first, last) in enumerate(((start, middle), (middle, stop))):
            beside = i - 1 if half == 0 else i + 1
            inside = 0 <= beside < len(segments) and segments[beside, 4] == recording
            neighbour = int(segments[beside, 0]) if inside else silence
            rows.append((i * 2 + half, phone, half, first, last, neighbour, stress, recording, i))
    table = np.array(rows, np.int64)
    first, last = table[:, 3], table[:, 4]
    points = np.stack([_points(a, b, len(envelope)) for a, b in zip(first.tolist(), last.tolist(), strict=True)])
    after = np.minimum(last, len(envelope) - 1)
    group = _Group(
        shape=envelope[points],
        first=envelope[first],
        after=envelope[after],
        log_length=np.log(last - first).astype(np.float32),
        melody=line[points].mean(1),
        melody_first=line[first],
        melody_after=line[after],
        voiced=voiced[points].mean(1).astype(np.float32),
        key=table[:, 0],
        neighbour=table[:, 5],
        stress=table[:, 6],
        oddity=reader.material.oddity[table[:, 8], table[:, 2]],
        frames=table[:, 3:5],
        recording=table[:, 7],
    )
    return group, table[:, 1], table[:, 2]


def _taken(group: _Group, rows: Ints) -> _Group:
    return _Group(**{name: values[rows] for name, values in group._asdict().items()})
