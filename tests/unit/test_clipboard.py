"""What was cut or copied."""

from studio.model.edits import copy_range
from studio.model.project import ClipId, Project, TrackId
from studio.session.clipboard import Clipboard, piece_of_clips
from tests.helpers.projects import two_tracks


def test_an_empty_clipboard_says_so() -> None:
    assert Clipboard().why_not(Project()) == "Nothing was copied yet"


def test_a_piece_fits_the_project_it_came_from_and_no_other() -> None:
    project = two_tracks()
    clipboard = Clipboard()
    clipboard.put(copy_range(project, (TrackId("a"),), 0, 500))

    assert clipboard.why_not(project) == ""
    assert "another project" in clipboard.why_not(Project())


def test_whole_clips_keep_their_distance_and_their_tracks() -> None:
    piece = piece_of_clips(two_tracks(), [ClipId("c2"), ClipId("c3")])

    assert piece.length == 2500
    assert [[(clip.start, clip.length) for clip in lane] for lane in piece.lanes] == [[(1500, 1000)], [(0, 1000)]]
