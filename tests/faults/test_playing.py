"""Editing, undoing and comparing while it plays: the ear never waits, and the project is what was done to it."""

import os
import random
import time
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.errors import StudioError
from studio.model.edits import (
    AddMedia,
    AddTrack,
    ClipMove,
    DeleteRange,
    Edit,
    MoveClips,
    SetClipGain,
    SetFades,
    SetTrackGain,
    SetTrackMute,
    SetTrackPan,
    Several,
    SplitClip,
    TrimClip,
)
from studio.model.project import Clip, ClipId, Fade, Project, Track, TrackId
from studio.protocol.live import Trouble
from studio.session.document import Document
from tests.helpers import sounds
from tests.helpers.pulse import Pulse, missing
from tests.helpers.session import WAIT_MS, Session

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
RATE_HZ = 48000
LENGTH = 60 * RATE_HZ
BACK_AT_MOST = 0.05 * RATE_HZ
Do = Callable[[random.Random, Project], Edit]


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with Pulse() as daemon:
        yield daemon


@pytest.fixture
def session(server: Pulse, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Session]:
    """A project of three tracks, one minute each, and a worker that can play it."""
    for name, value in server.environment.items():
        if name != "HOME":
            monkeypatch.setenv(name, value)
    session = Session()
    for name, hz in (("low", 110.0), ("middle", 165.0), ("high", 220.0)):
        media = sounds.write_medium(session.document.folder, name, sounds.buzz(LENGTH, f0_hz=hz, gain=0.05))
        clip = Clip(id=ClipId(name), media=media.id, source_start=0, start=0, length=LENGTH)
        session.document.do(AddMedia(media=media))
        session.document.do(AddTrack(track=Track(id=TrackId(name), name=name, clips=(clip,))))
    session.start(qtbot, session.live)
    yield session
    session.close()


class Needle:
    """Looks at the playhead whenever it is asked to, and says how it moved."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: list[tuple[float, float]] = []

    def look(self) -> None:
        self._seen.append((time.monotonic(), self._session.transport.position()))

    def check(self) -> None:
        """It never went back, and came as far as time did."""
        steps = [after[1] - before[1] for before, after in zip(self._seen, self._seen[1:], strict=False)]
        assert min(steps) > -BACK_AT_MOST
        elapsed_s = self._seen[-1][0] - self._seen[0][0]
        moved_s = (self._seen[-1][1] - self._seen[0][1]) / RATE_HZ
        assert moved_s == pytest.approx(elapsed_s, abs=0.3 + 0.05 * elapsed_s)


def some_clip(chance: random.Random, project: Project) -> Clip:
    return chance.choice([clip for track in project.tracks for clip in track.clips])


def some_track(chance: random.Random, project: Project) -> TrackId:
    return chance.choice(project.tracks).id


def at(chance: random.Random) -> int:
    return chance.randrange(30 * RATE_HZ)


EDITS: tuple[Do, ...] = (
    lambda chance, project: SplitClip(some_clip(chance, project).id, at(chance)),
    lambda chance, project: SetClipGain(some_clip(chance, project).id, chance.uniform(-12, 0)),
    lambda chance, project: SetFades(
        some_clip(chance, project).id, Fade(length=chance.randrange(9600)), Fade(length=chance.randrange(9600))
    ),
    lambda chance, project: SetTrackGain(some_track(chance, project), chance.uniform(-12, 0)),
    lambda chance, project: SetTrackPan(some_track(chance, project), chance.uniform(-1, 1)),
    lambda chance, project: SetTrackMute(some_track(chance, project), chance.random() < 0.5),
    lambda chance, project: DeleteRange(
        (some_track(chance, project),), start := at(chance), start + RATE_HZ // 2, chance.random() < 0.5
    ),
    lambda chance, project: MoveClips(
        (ClipMove(some_clip(chance, project).id, some_track(chance, project), at(chance)),)
    ),
    lambda chance, project: TrimClip(some_clip(chance, project).id, at(chance), 40 * RATE_HZ + at(chance)),
)


def edit_while_playing(qtbot: QtBot, session: Session, needle: Needle, actions: int) -> None:
    """Do, undo and redo at random, and hold the document against a plain list of projects after each."""
    seed = int(os.environ.get("FAULT_SEED", "") or random.SystemRandom().randrange(1 << 30))
    print(f"\nedited while playing: FAULT_SEED={seed}", end=" ")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    document = session.document
    states, now, floor = [document.project], 0, document.position
    done = 0
    while done < actions:
        kind = chance.choice(("do", "do", "undo", "redo"))
        if kind == "do":
            edit = chance.choice(EDITS)(chance, document.project)
            try:
                after = edit.apply(states[now])
            except StudioError:
                continue
            if after == states[now]:
                continue
            document.do(edit)
            document.end_gesture()
            states[now + 1 :] = [after]
            now += 1
        elif kind == "undo" and now > 0:
            document.undo()
            now -= 1
        elif kind == "redo" and now + 1 < len(states):
            document.redo()
            now += 1
        else:
            continue
        done += 1
        assert document.project == states[now]
        assert document.position == floor + now
        needle.look()
        qtbot.wait(chance.randrange(5, 80))
        needle.look()


def loudest_db(session: Session) -> float:
    levels = session.transport.levels()
    return -120.0 if levels is None else max(levels.out_peak_db_l, levels.out_peak_db_r)


def test_undo_while_it_plays_is_heard_and_never_stops_the_playhead(
    qtbot: QtBot, session: Session, injected: Callable[[int], None]
) -> None:
    troubles: list[Trouble] = []
    session.transport.trouble.connect(troubles.append)
    session.transport.play(0)
    qtbot.waitUntil(lambda: session.transport.position() > RATE_HZ / 4, timeout=WAIT_MS)
    needle = Needle(session)
    needle.look()

    edit_while_playing(qtbot, session, needle, 80)

    silence = Several(
        label_text="Mute all", edits=tuple(SetTrackMute(track.id, True) for track in session.document.project.tracks)
    )
    session.document.go_to(6)  # three sounds, as they came
    qtbot.waitUntil(lambda: loudest_db(session) > -40, timeout=WAIT_MS)
    session.document.do(silence)
    qtbot.waitUntil(lambda: loudest_db(session) < -100, timeout=WAIT_MS)
    session.document.undo()
    qtbot.waitUntil(lambda: loudest_db(session) > -40, timeout=WAIT_MS)
    needle.look()
    needle.check()
    assert session.transport.playing
    assert [told.kind for told in troubles if told.kind != "stuttering"] == []  # this machine may be busy
    injected(80)

    project, folder = session.document.project, session.document.folder
    session.transport.stop()
    session.document.flush()
    again = Document()
    again.open(folder)
    assert again.project == project
    again.close()


def test_the_other_version_is_heard_at_once_and_the_playhead_goes_on(qtbot: QtBot, session: Session) -> None:
    """What Compare does: another project is heard for a while, and an edit ends that."""
    loud = session.document.project
    session.document.do(Several(label_text="Quiet", edits=tuple(SetTrackGain(t.id, -60.0) for t in loud.tracks)))
    session.transport.play(0)
    qtbot.waitUntil(lambda: session.transport.position() > RATE_HZ / 4, timeout=WAIT_MS)
    needle = Needle(session)
    needle.look()

    for _ in range(3):
        session.transport.audition(loud)
        qtbot.waitUntil(lambda: loudest_db(session) > -40, timeout=WAIT_MS)
        needle.look()
        session.transport.audition(None)
        qtbot.waitUntil(lambda: loudest_db(session) < -60, timeout=WAIT_MS)
        needle.look()
    session.transport.audition(loud)
    session.document.do(SetTrackPan(TrackId("low"), 0.1))
    qtbot.waitUntil(lambda: loudest_db(session) < -60, timeout=WAIT_MS)
    needle.look()

    needle.check()
    assert session.transport.playing


def test_a_missing_sound_is_silent_and_the_others_play_on(qtbot: QtBot, session: Session) -> None:
    project, folder = session.document.project, session.document.folder
    refusals: list[object] = []
    session.transport.notice.connect(refusals.append)
    session.transport.play(0)
    qtbot.waitUntil(lambda: loudest_db(session) > -40, timeout=WAIT_MS)
    needle = Needle(session)
    needle.look()

    lost = sounds.write_medium(folder, "lost", sounds.buzz(LENGTH, f0_hz=330.0))
    (folder / lost.file).unlink()
    clip = Clip(id=ClipId("lost"), media=lost.id, source_start=0, start=0, length=LENGTH)

    def is_missing(trouble: Trouble) -> bool:
        return trouble.kind == "media_missing" and not trouble.over

    with qtbot.waitSignal(session.transport.trouble, timeout=WAIT_MS, check_params_cb=is_missing):
        session.document.do(AddMedia(media=lost))
        session.document.do(AddTrack(track=Track(id=TrackId("lost"), name="lost", clips=(clip,))))
    needle.look()

    assert refusals == []
    assert loudest_db(session) > -40

    def is_found(trouble: Trouble) -> bool:
        return trouble.kind == "media_missing" and trouble.over

    with qtbot.waitSignal(session.transport.trouble, timeout=WAIT_MS, check_params_cb=is_found):
        session.document.undo()
    session.document.undo()
    needle.look()
    needle.check()
    assert session.document.project == project
