"""Commands as data: each explains itself, its keys collide with no other's, and it does what its title says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from studio.commands import ALL, BY_ID, GROUPS, keys, run
from studio.commands.base import Command
from studio.model.edits import AddMedia, AddTrack
from studio.model.project import Clip, ClipId, Project, TrackId
from studio.session.recovery import read_project
from studio.settings.schema import KeySettings
from tests.helpers import sounds
from tests.helpers.projects import two_tracks
from tests.helpers.session import WAIT_MS, Session

MAPS = ("audacity", "daw")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session without workers, with the two tracks of `two_tracks` in its project."""
    session = Session()
    for media in two_tracks().media:
        session.document.do(AddMedia(media=media))
    for track in two_tracks().tracks:
        session.document.do(AddTrack(track=track))
    yield session
    session.close()


def do(session: Session, command: str) -> bool:
    return run(BY_ID[command], session.desk)


def spans(project: Project, track: str) -> list[tuple[int, int]]:
    return [(clip.start, clip.end) for clip in project.track(TrackId(track)).clips]


def test_no_two_commands_have_the_same_id() -> None:
    assert len(BY_ID) == len(ALL)


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.id)
def test_every_command_has_a_place_and_keys_that_qt_understands(command: Command) -> None:
    assert command.group in GROUPS
    assert command.title[0].isupper()
    for part in keys.split(command.keys):
        assert QKeySequence(part).toString(QKeySequence.SequenceFormat.PortableText), part


@pytest.mark.parametrize("name", MAPS)
def test_a_key_map_names_only_commands_that_there_are(name: str) -> None:
    from studio import paths

    changed = keys.differences(paths.resources() / "keymaps" / f"{name}.toml")

    assert changed.keys() <= BY_ID.keys()


@pytest.mark.parametrize("name", MAPS)
def test_no_key_does_two_things(name: str) -> None:
    keymap = keys.effective(ALL, KeySettings(map=name))  # type: ignore[arg-type]  # the parameters are literals

    assert keys.conflicts(keymap) == ()


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("transport.play", "Space"),
        ("transport.record", "R"),
        ("edit.undo", "Ctrl+Z"),
        ("edit.redo", "Ctrl+Shift+Z"),
        ("edit.split", "Ctrl+I"),
        ("edit.join", "Ctrl+J"),
        ("edit.silence", "Ctrl+L"),
        ("edit.trim", "Ctrl+T"),
        ("edit.delete", "Del"),
        ("marker.add", "Ctrl+B"),
        ("view.zoom_in", "Ctrl+1"),
        ("view.zoom_normal", "Ctrl+2"),
        ("view.zoom_out", "Ctrl+3"),
        ("view.zoom_fit", "Ctrl+F"),
        ("view.zoom_selection", "Ctrl+E"),
        ("file.export", "Ctrl+Shift+E"),
        ("file.import", "Ctrl+Shift+I"),
        ("track.mute", "Shift+U"),
        ("track.solo", "Shift+S"),
    ],
)
def test_the_default_keys_are_those_of_audacity(command: str, wanted: str) -> None:
    assert wanted in keys.effective(ALL, KeySettings())[command]


def test_own_keys_win_over_the_map() -> None:
    own = KeySettings(custom={"edit.split": "Ctrl+9", "no.such": "Ctrl+8"})

    keymap = keys.effective(ALL, own)

    assert keymap["edit.split"] == ("Ctrl+9",)
    assert "no.such" not in keymap


def test_a_conflict_is_seen_however_the_keys_are_written() -> None:
    found = keys.conflicts({"a": ("Ctrl+Shift+Z",), "b": ("shift+ctrl+z",), "c": ("Ctrl++",), "d": ("Ctrl+Plus",)})

    assert found == (keys.Conflict("ctrl+shift+z", ("a", "b")),)


@given(data=st.data())
def test_rebinding_takes_the_keys_from_whoever_had_them(data: st.DataObject) -> None:
    chosen = KeySettings()
    for _ in range(data.draw(st.integers(1, 4))):
        keymap = keys.effective(ALL, chosen)
        command = data.draw(st.sampled_from(sorted(BY_ID)))
        taken = data.draw(st.sampled_from([key for have in keymap.values() for key in have]))
        chosen = keys.rebound(chosen, keymap, command, taken)

    after = keys.effective(ALL, chosen)
    assert keys.conflicts(after) == ()
    assert after[command] == (taken,)


def test_who_has_a_key_can_be_asked_before_it_is_taken() -> None:
    keymap = keys.effective(ALL, KeySettings())

    assert keys.taken_by(keymap, "Shift+Ctrl+Z", but="edit.split") == "edit.redo"
    assert keys.taken_by(keymap, "Ctrl+Z", but="edit.undo") == ""
    assert keys.taken_by(keymap, "Ctrl+Alt+F12", but="edit.undo") == ""


def test_what_cannot_be_done_now_says_why_instead(session: Session) -> None:
    assert not do(session, "edit.redo")

    assert session.person.toasts == ["Redo: there is nothing to redo."]


def test_deleting_a_stretch_closes_the_gap_and_undo_brings_it_back(session: Session) -> None:
    before = session.document.project
    session.selection.set_range(500, 2000, [TrackId("a")])

    assert do(session, "edit.delete")
    assert spans(session.document.project, "a") == [(0, 500), (500, 1500)]
    assert spans(session.document.project, "b") == [(500, 1500)]

    assert do(session, "edit.undo")
    assert session.document.project == before


def test_deleting_can_leave_the_gap(session: Session) -> None:
    session.selection.set_range(500, 2000, [TrackId("a")])

    do(session, "edit.delete_leave_gap")

    assert spans(session.document.project, "a") == [(0, 500), (2000, 3000)]


def test_silence_is_a_step_of_its_own_name(session: Session) -> None:
    session.selection.set_range(100, 200, [TrackId("a")])

    do(session, "edit.silence")

    assert session.document.undo_label == "Silence"
    assert spans(session.document.project, "a") == [(0, 100), (200, 1000), (2000, 3000)]


def test_what_was_cut_can_be_put_down_elsewhere(session: Session) -> None:
    session.selection.set_range(0, 1000, [TrackId("a")])
    do(session, "edit.cut_leave_gap")
    assert spans(session.document.project, "a") == [(2000, 3000)]

    session.selection.set_range(1700, 1700, [TrackId("b")])
    do(session, "edit.paste")

    assert spans(session.document.project, "b") == [(500, 1500), (1700, 2700)]
    assert (session.selection.start, session.selection.stop) == (1700, 2700)


def test_a_split_cuts_every_selected_track_at_the_cursor(session: Session) -> None:
    session.selection.set_cursor(700)

    do(session, "edit.split")

    assert spans(session.document.project, "a") == [(0, 700), (700, 1000), (2000, 3000)]
    assert spans(session.document.project, "b") == [(500, 700), (700, 1500)]


def test_what_was_split_can_be_joined_again(session: Session) -> None:
    before = spans(session.document.project, "a")
    session.selection.set_range(700, 700, [TrackId("a")])
    do(session, "edit.split")
    session.selection.set_range(0, 1000, [TrackId("a")])

    do(session, "edit.join")

    assert spans(session.document.project, "a") == before


def test_a_duplicate_stands_behind_its_original(session: Session) -> None:
    session.selection.set_clips([ClipId("c3")], session.document.project)

    do(session, "edit.duplicate")

    assert spans(session.document.project, "b") == [(500, 1500), (1500, 2500)]
    assert session.document.undo_label == "Duplicate"


def test_mute_goes_on_and_off(session: Session) -> None:
    session.selection.set_tracks([TrackId("a"), TrackId("b")])
    do(session, "track.mute")
    assert all(track.muted for track in session.document.project.tracks)

    do(session, "track.mute")
    assert not any(track.muted for track in session.document.project.tracks)


def test_a_track_moves_and_the_first_stays_first(session: Session) -> None:
    session.selection.set_tracks([TrackId("b")])
    do(session, "track.up")
    assert [track.id for track in session.document.project.tracks] == ["b", "a"]

    do(session, "track.up")
    assert [track.id for track in session.document.project.tracks] == ["b", "a"]


def test_a_new_track_has_the_colour_that_is_used_least(session: Session) -> None:
    do(session, "track.add")

    assert [track.colour for track in session.document.project.tracks] == [0, 1, 2]
    assert session.selection.tracks == (session.document.project.tracks[-1].id,)


def test_a_track_gets_the_name_that_was_typed(session: Session) -> None:
    session.selection.set_tracks([TrackId("a")])
    session.person.words = "Lead vocal"

    do(session, "track.rename")

    assert session.document.project.tracks[0].name == "Lead vocal"


def test_fades_reach_to_the_cursor(session: Session) -> None:
    session.selection.set_range(200, 200, [TrackId("a")])

    do(session, "clip.fade_in")
    do(session, "clip.fade_out")

    clip: Clip = session.document.project.clip(ClipId("c1"))
    assert (clip.fade_in.length, clip.fade_out.length) == (200, 800)


def test_volume_stays_within_its_limits(session: Session) -> None:
    session.selection.set_clips([ClipId("c1")], session.document.project)
    for _ in range(40):
        do(session, "clip.louder")

    assert session.document.project.clip(ClipId("c1")).gain_db == 24.0


def test_a_nudge_never_leaves_the_timeline(session: Session) -> None:
    session.selection.set_clips([ClipId("c1")], session.document.project)

    do(session, "clip.nudge_right")
    assert session.document.project.clip(ClipId("c1")).start == 480
    do(session, "clip.nudge_left")
    do(session, "clip.nudge_left")

    assert session.document.project.clip(ClipId("c1")).start == 0


def test_normalising_a_clip_whose_picture_is_not_there_yet_says_so(session: Session) -> None:
    session.selection.set_clips([ClipId("c1")], session.document.project)

    assert not do(session, "clip.normalise")

    assert session.person.shown[0].code == "clip.no_peaks"


def test_markers_are_set_walked_and_removed(session: Session) -> None:
    session.selection.set_range(100, 300)
    do(session, "marker.add")
    session.selection.set_cursor(2000)
    do(session, "marker.add_playing")
    first, second = session.document.project.markers
    assert (first.start, first.length, second.start) == (100, 200, 2000)

    do(session, "marker.previous")
    assert session.selection.marker == first.id
    session.person.words = "Verse"
    do(session, "marker.rename")
    do(session, "marker.remove")

    assert session.document.project.markers == (second,)


def test_markers_are_found_by_their_words_one_after_the_other(session: Session) -> None:
    for at, text in ((100, "Verse 1"), (900, "Chorus"), (1800, "VERSE 2")):
        session.selection.set_cursor(at)
        do(session, "marker.add")
        session.person.words = text
        do(session, "marker.rename")
    session.selection.set_cursor(0)

    session.person.words = "verse"
    places = []
    for _ in range(3):
        do(session, "marker.find")
        places.append(session.selection.start)
    assert places == [100, 1800, 100]

    session.person.words = "bridge"
    do(session, "marker.find")
    assert session.selection.start == 100
    assert session.person.toasts[-1] == "No marker says “bridge”"


def test_jumps_stay_between_the_ends(session: Session) -> None:
    do(session, "transport.back")
    assert session.selection.start == 0

    do(session, "transport.far_on")
    assert session.selection.start == 3000

    do(session, "transport.previous_edge")
    assert session.selection.start == 2000


def test_the_theme_is_a_setting(session: Session) -> None:
    do(session, "view.light")

    assert session.settings.value.appearance.theme == "light"
    checked = BY_ID["view.light"].checked
    assert checked is not None
    assert checked(session.desk)


def test_the_report_names_versions_and_no_files(session: Session) -> None:
    do(session, "help.report")

    assert "Melisma Studio" in session.person.copied
    assert "m1.wav" not in session.person.copied
    assert str(session.document.folder) not in session.person.copied


def test_saving_gives_the_project_its_name_and_place(session: Session, tmp_path: Path) -> None:
    session.person.path = tmp_path / "My song"

    do(session, "file.save_as")

    assert session.document.folder == tmp_path / "My song"
    assert session.document.project.name == "My song"
    assert session.desk.library.recent[0].name == "My song"


def test_a_place_that_is_taken_is_refused_in_words(session: Session, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    session.person.path = tmp_path / "full"

    do(session, "file.save_as")

    assert session.person.shown[0].code == "save_as.taken"
    assert (tmp_path / "full" / "letter.txt").read_text() == "dear"
    assert session.document.is_untitled


def test_a_collected_project_opens_elsewhere_with_its_undo(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.person.path = tmp_path / "for a friend"
    session.desk.background.failed.connect(session.person.show)

    with qtbot.waitSignal(session.desk.background.changed, timeout=WAIT_MS):
        do(session, "file.collect")
    qtbot.waitUntil(lambda: not session.desk.background.busy, timeout=WAIT_MS)

    collected = read_project(tmp_path / "for a friend")
    assert collected.tracks == session.document.project.tracks
    assert "m1.wav" in session.person.toasts[-1]  # whose file this project never had


def test_sound_that_was_moved_is_found_again(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    sounds.write_medium(elsewhere, "m1", sounds.buzz(10 * 48000))
    session.person.folder = elsewhere

    do(session, "file.relink")
    qtbot.waitUntil(lambda: bool(session.person.toasts), timeout=WAIT_MS)

    assert session.person.toasts == ["Found 1 sound"]
    assert not session.desk.library.media[0].is_missing
    do(session, "file.relink")
    qtbot.waitUntil(lambda: len(session.person.toasts) == 2, timeout=WAIT_MS)
    assert session.person.toasts[-1] == "No sound is missing"


def test_finding_the_pitch_waits_for_the_engines(session: Session) -> None:
    session.selection.set_clips([ClipId("c1")], session.document.project)

    assert BY_ID["pitch.find"].unavailable(session.desk) == "The engines are still starting"


def test_there_is_nothing_to_compare_right_after_sound_came_in(qtbot: QtBot) -> None:
    session = Session()
    session.document.do(AddMedia(media=two_tracks().media[0]))
    compare = BY_ID["transport.compare"]
    assert compare.unavailable(session.desk) == "Nothing was changed since the sound came in"

    session.document.do(AddTrack(track=two_tracks().tracks[0]))

    assert compare.unavailable(session.desk) == ""
    session.close()


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.id)
def test_every_command_can_say_whether_it_can_run(session: Session, command: Command) -> None:
    assert isinstance(command.unavailable(session.desk), str)
    if command.checked is not None:
        assert isinstance(command.checked(session.desk), bool)
