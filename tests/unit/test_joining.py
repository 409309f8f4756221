"""Clips that are joined by a render, on a real worker, while the project goes on changing."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.media.wav import MappedWav
from studio.model.edits import AddMedia, AddTrack, ClipMove, DeleteClips, Edit, MoveClips, RemoveTrack, SetClipGain
from studio.model.project import Clip, ClipId, MediaId, Track, TrackId
from tests.helpers import sounds
from tests.helpers.session import WAIT_MS, Session

_VOX = TrackId("vox")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A second of sound as two clips in the wrong order, so that only a render can join them."""
    session = Session()
    media = sounds.write_medium(session.document.folder, "m1", np.full((48000, 1), 0.25, np.float32))
    session.document.do(AddMedia(media=media))
    clips = tuple(
        Clip(id=ClipId(name), media=MediaId("m1"), source_start=source, start=start, length=24000, name=name)
        for name, source, start in (("c1", 24000, 0), ("c2", 0, 24000))
    )
    session.document.do(AddTrack(track=Track(id=_VOX, name="Vox", clips=clips)))
    session.start(qtbot, session.compute)
    yield session
    session.close()


def join(qtbot: QtBot, session: Session, *meanwhile: Edit) -> None:
    """Ask for the join; what the person does meanwhile happens before the worker's answer can be heard."""
    session.importing.render_into_one(_VOX, 0, 48000, "Vox")
    for edit in meanwhile:
        session.document.do(edit)
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=WAIT_MS)


def test_clips_that_do_not_follow_each_other_become_one(qtbot: QtBot, session: Session) -> None:
    join(qtbot, session)

    (clip,) = session.document.project.clips
    assert (clip.start, clip.length, clip.name) == (0, 48000, "Vox")


def test_a_clip_that_got_louder_meanwhile_is_as_loud_in_what_it_became(qtbot: QtBot, session: Session) -> None:
    join(qtbot, session, SetClipGain(clip=ClipId("c2"), gain_db=6.0206))

    (clip,) = session.document.project.clips
    sound = MappedWav.open(session.document.folder / session.document.project.medium(clip.media).file).frames
    assert np.abs(sound[:24000]).mean() == pytest.approx(0.25, rel=0.01)
    assert np.abs(sound[24000:]).mean() == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(
    "edit",
    [
        DeleteClips(clips=(ClipId("c2"),), ripple=False),
        MoveClips(moves=(ClipMove(clip=ClipId("c2"), track=_VOX, start=96000),)),
        RemoveTrack(track=_VOX),
    ],
    ids=["deleted", "moved away", "track removed"],
)
def test_clips_that_went_elsewhere_meanwhile_are_left_alone_and_it_is_said(
    qtbot: QtBot, session: Session, edit: Edit
) -> None:
    wanted = edit.apply(session.document.project)

    join(qtbot, session, edit)

    assert session.document.project == wanted
    (row,) = session.jobs.rows
    assert row.why is not None
    assert row.why.code == "join.changed"


def test_what_other_tracks_do_meanwhile_does_not_matter(qtbot: QtBot, session: Session) -> None:
    join(qtbot, session, AddTrack(track=Track(id=TrackId("band"), name="Band")))

    assert len(session.jobs.rows) == 1
    assert len(session.document.project.track(_VOX).clips) == 1
