"""Silence, noise, clipping, a telephone, a chord, 96 kHz and 5 ms: each ends in a sensible answer or a sentence."""

import csv
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from studio.cli import measures, pitch, vibrato
from studio.cli.line import Line
from studio.cli.verbs import Call, Desktop, Outcome
from tests.helpers import hard_sounds
from tests.helpers.hard_sounds import CHORD, CLIPPED, FINE, NOISE, SHORT, SILENCE, TELEPHONE

Verb = Callable[..., Outcome]


@pytest.fixture
def verb(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Verb]:
    """Run the verbs as they are, but all of them on one worker: starting it nine times says nothing about pitch."""
    with Line("compute") as line:
        for module in (pitch, vibrato, measures):
            monkeypatch.setattr(module, "Line", lambda role: nullcontext(line))

        def run(module: ModuleType, *words: object) -> Outcome:
            parser = ArgumentParser()
            module.arguments(parser)
            asked = parser.parse_args([str(word) for word in words])
            asked.json = True
            outcome: Outcome = module.run(Call(asked=asked, desktop=cast(Desktop, None)))
            return outcome

        yield run


def test_every_hard_sound_has_a_melody_notes_and_figures_that_make_sense(verb: Verb, tmp_path: Path) -> None:
    paths = hard_sounds.write_all(tmp_path)

    for path in paths.values():
        verb(pitch, path, "--csv", path.with_suffix(".csv"))
    listed: Any = verb(vibrato, *paths.values()).entries
    shaken = dict(zip(paths, listed, strict=True))
    measured: Any = verb(measures, *paths.values(), "--out", tmp_path / "all.csv").data["files"]
    figures = dict(zip(paths, measured, strict=True))

    voiced = {name: _voiced(path.with_suffix(".csv")) for name, path in paths.items()}
    assert voiced[SILENCE] == (200, [])
    assert len(voiced[NOISE][1]) < 40, "noise has no melody to speak of"
    assert voiced[SHORT][0] == 1
    for name, hz in ((CLIPPED, 150.0), (FINE, 330.0)):
        assert len(voiced[name][1]) > 180
        assert sorted(voiced[name][1])[len(voiced[name][1]) // 2] == pytest.approx(hz, rel=0.002)
        assert [note["vibrato"] for note in shaken[name]["notes"]] == [None]
        assert shaken[name]["notes"][0]["pitch_hz"] == pytest.approx(hz, rel=0.002)
        assert figures[name]["notes"][0]["mean_hz"] == pytest.approx(hz, rel=0.002)
    assert len(voiced[TELEPHONE][1]) > 150
    assert all(115 < hz < 170 for hz in voiced[TELEPHONE][1][10:-10]), "though its fundamental is missing"
    assert all(50 < hz < 1100 for hz in voiced[CHORD][1])
    for name in (SILENCE, NOISE, SHORT):
        assert shaken[name]["notes"] == []
        assert figures[name]["notes"] == []
        assert figures[name]["summary"]["off_cents"] is None
    assert all(note["vibrato"] is None for name in (TELEPHONE, CHORD) for note in shaken[name]["notes"])
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text().splitlines()))
    assert {row["file"] for row in rows} >= {"clipped.wav", "fine.wav"}


def _voiced(path: Path) -> tuple[int, list[float]]:
    """How many frames there are, and the pitch of those that have one."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return len(rows), [float(row["f0_hz"]) for row in rows if float(row["f0_hz"]) > 0]
