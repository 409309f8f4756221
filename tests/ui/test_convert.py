"""A clip is sung again by one button: the real window, the real worker, a voice learnt from a recording."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.desktop import Studio
from studio.model.project import Clip
from studio.session import opening
from studio.session.wish import Wish
from studio.ui.convert.convert_dialog import ConvertDialog
from tests.helpers import people
from tests.ui.conftest import NewStudio

WAIT_MS = 120_000


@pytest.fixture
def studio(qtbot: QtBot, new_studio: NewStudio, tmp_path: Path) -> Studio:
    """The window with a spoken sentence on a track, which is selected."""
    made = new_studio()
    opening.open_new(made.desk)
    made.window.fill(made.desk)
    made.window.show()
    with qtbot.waitSignal(made.compute.ready, timeout=WAIT_MS):
        made.compute.start()
    with qtbot.waitSignal(made.importing.imported, timeout=WAIT_MS):
        made.importing.add([people.recording(tmp_path / "said.wav", "en-us+f3", "Glue the sheet to the background.")])
    idle(qtbot, made)
    made.selection.set_clips([clip_of(made).id], made.document.project)
    return made


def idle(qtbot: QtBot, studio: Studio) -> None:
    qtbot.waitUntil(lambda: not studio.jobs.busy, timeout=WAIT_MS)


def clip_of(studio: Studio) -> Clip:
    return studio.document.project.tracks[0].clips[0]


def opened(studio: Studio) -> ConvertDialog:
    assert desktop.run(studio, "clip.convert")
    dialog = studio.window.parts.dialogs.separation("convert")
    assert isinstance(dialog, ConvertDialog)
    return dialog


def test_without_a_voice_the_dialog_leads_to_making_one_and_offers_it(studio: Studio, tmp_path: Path) -> None:
    dialog = opened(studio)
    assert not dialog.go.isEnabled()
    assert not dialog.learn.isHidden()

    dialog.learn.click()
    assert studio.window.parts.dialogs.new_voice().isVisible()

    otto = people.learn_roughly(tmp_path)
    studio.desk.voices.look()
    assert dialog.learn.isHidden()
    assert dialog.wish.voice == otto.id
    assert dialog.go.isEnabled()
    dialog.close()


def test_a_tried_voice_sings_the_clip_again_below_it_and_can_be_undone_and_made_again(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    otto = people.learn_roughly(tmp_path)
    dialog = opened(studio)
    before = studio.document.project
    files = set((studio.document.folder / "media").iterdir())
    dialog.pitch.show_value("chosen")
    dialog.pitch.chosen.emit("chosen")
    dialog.transpose.slider.setValue(-7)
    dialog.strength.slider.setValue(90)
    assert dialog.wish == Wish(voice=otto.id, settings={"formant": 0.0, "strength": 0.9, "transpose": -7.0})

    dialog.tryout.button.click()
    qtbot.waitUntil(lambda: set(dialog.tryout.versions) == {"source", "result"}, timeout=WAIT_MS)
    idle(qtbot, studio)
    assert studio.document.project is before
    dialog.close()
    assert set((studio.document.folder / "media").iterdir()) == files

    dialog = opened(studio)
    with qtbot.waitSignal(studio.desk.converting.landed, timeout=WAIT_MS):
        dialog.go.click()
    assert not dialog.isVisible()
    idle(qtbot, studio)
    source, sung = studio.document.project.tracks
    assert source.muted
    assert sung.name == "Voice, Otto"
    assert (sung.clips[0].start, sung.clips[0].length) == (source.clips[0].start, source.clips[0].length)
    lineage = studio.document.project.medium(sung.clips[0].media).lineage
    assert lineage is not None
    assert (lineage.settings["voice"], lineage.settings["transpose"]) == (otto.id, -7.0)

    studio.selection.set_clips([sung.clips[0].id], studio.document.project)
    with qtbot.waitSignal(studio.desk.converting.landed, timeout=WAIT_MS):
        assert desktop.run(studio, "clip.make_again")
    idle(qtbot, studio)
    again = studio.document.project.tracks[1]
    assert again.clips[0].media == sung.clips[0].media  # the same wish gives the same samples

    studio.document.undo()
    studio.document.undo()
    assert [track.muted for track in studio.document.project.tracks] == [False]


def test_of_a_song_the_own_vocals_stay_silent_beside_the_sung_ones(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    people.learn_roughly(tmp_path)
    dialog = opened(studio)
    dialog.sound.show_value("song")
    dialog.sound.chosen.emit("song")
    assert dialog.wish.separator == "builtin"
    assert "transpose" not in dialog.wish.settings

    with qtbot.waitSignal(studio.desk.converting.landed, timeout=WAIT_MS):
        dialog.go.click()
    idle(qtbot, studio)

    tracks = studio.document.project.tracks
    assert [track.name for track in tracks[1:]] == [
        "Vocals, built-in (basic)",
        "Vocals, Otto",
        "Accompaniment, built-in (basic)",
    ]
    assert [track.muted for track in tracks] == [True, True, False, False]
    studio.selection.set_clips([tracks[2].clips[0].id], studio.document.project)
    assert desktop.run(studio, "clip.hear_stems")
    assert [track.muted for track in studio.document.project.tracks] == [False, True, True, True]


def test_a_conversion_can_be_called_off(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    people.learn_roughly(tmp_path)
    before = studio.document.project
    dialog = opened(studio)
    dialog.go.click()
    (row,) = [row for row in studio.jobs.rows if not row.is_over]
    assert row.title == "Singing said in another voice"

    studio.jobs.cancel(row.id)
    idle(qtbot, studio)

    ended = studio.jobs.row(row.id)
    assert ended is not None
    assert ended.state == "stopped"
    assert studio.document.project is before


def test_everything_in_the_dialog_says_its_name(studio: Studio) -> None:
    dialog = opened(studio)
    fields = [one for one in dialog.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert fields
    for field in (one for one in fields if not one.objectName().startswith("qt_")):
        assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name).strip(), field
    dialog.close()
