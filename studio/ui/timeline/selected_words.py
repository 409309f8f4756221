"""What is selected, in words for a screen reader."""

from collections.abc import Callable

from studio.model.project import Clip, Project
from studio.model.time import format_clock
from studio.session.selection import Selection


def selected_words(project: Project, selection: Selection, name_of: Callable[[Clip], str]) -> str:
    """The selected clips, or the stretch, or the place of the cursor, with the tracks that it is on."""
    names = [track.name for track in project.tracks if track.id in selection.tracks]
    on = f" on {', '.join(names)}" if names else ""
    if selection.clips:
        known = {clip.id: clip for clip in project.clips}
        clips = [name_of(known[clip]) for clip in selection.clips if clip in known]
        return f"Selected clips: {', '.join(clips)}{on}"
    start = format_clock(selection.start, project.rate_hz)
    if selection.is_range:
        return f"Selected from {start} to {format_clock(selection.stop, project.rate_hz)}{on}"
    return f"Cursor at {start}{on}"
