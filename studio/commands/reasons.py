"""Why a command cannot run now, each reason in one place."""

from collections.abc import Callable

from studio.model.project import Clip, Track
from studio.model.video import has_pictures
from studio.session.desk import Desk

Reason = Callable[[Desk], str]


def first_of(*reasons: Reason) -> Reason:
    """The first reason that applies."""

    def reason(desk: Desk) -> str:
        return next((text for text in (one(desk) for one in reasons) if text), "")

    return reason


def read_only(desk: Desk) -> str:
    """Nothing can be changed in a project that only can be read."""
    return "" if desk.document.read_only is None else "This project can only be read"


def nothing_to_see(desk: Desk) -> str:
    """No clip comes from a video."""
    return "" if has_pictures(desk.document.project) else "Nothing in the project comes from a video"


def empty(desk: Desk) -> str:
    """There is nothing on the timeline."""
    return "" if desk.document.project.length else "The project is empty"


def recording(desk: Desk) -> str:
    """A take is being recorded."""
    return "A take is being recorded" if desk.transport.recording else ""


def busy(desk: Desk) -> str:
    """Jobs write into the project's folder."""
    return "A job is still running" if desk.jobs.busy else ""


def no_range(desk: Desk) -> str:
    """No stretch of time is selected."""
    return "" if desk.selection.is_range else "Select a stretch of time first"


def nothing_selected(desk: Desk) -> str:
    """Neither a stretch of time nor clips are selected."""
    return "" if desk.selection.is_range or desk.selection.clips else "Select something first"


def no_clip(desk: Desk) -> str:
    """No clip is selected and none lies under the cursor."""
    return "" if chosen_clips(desk) else "Select a clip first"


def no_tracks(desk: Desk) -> str:
    """There are no tracks."""
    return "" if desk.document.project.tracks else "There are no tracks yet"


def no_track(desk: Desk) -> str:
    """No track is selected and there is more than one."""
    return "" if chosen_tracks(desk) else "Select a track first"


def chosen_tracks(desk: Desk) -> tuple[Track, ...]:
    """The selected tracks; the only track where there is one."""
    project = desk.document.project
    chosen = set(desk.selection.tracks)
    if not chosen and len(project.tracks) == 1:
        return project.tracks
    return tuple(track for track in project.tracks if track.id in chosen)


def tracks_in_range(desk: Desk) -> tuple[Track, ...]:
    """The tracks that a selected stretch of time covers: the selected ones, or all."""
    chosen = set(desk.selection.tracks)
    return tuple(track for track in desk.document.project.tracks if not chosen or track.id in chosen)


def chosen_clips(desk: Desk) -> tuple[Clip, ...]:
    """The selected clips; else those that the selected stretch, or the cursor, touches."""
    selection = desk.selection
    if selection.clips:
        chosen = set(selection.clips)
        return tuple(clip for clip in desk.document.project.clips if clip.id in chosen)
    start, stop = selection.start, max(selection.stop, selection.start + 1)
    return tuple(
        clip for track in tracks_in_range(desk) for clip in track.clips if clip.start < stop and start < clip.end
    )
