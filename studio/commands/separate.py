"""Taking clips apart, cleaning them, comparing who does it better."""

from collections.abc import Callable

from studio.commands.base import Command
from studio.commands.reasons import Reason, chosen_clips, chosen_tracks, first_of, no_clip, read_only
from studio.errors import StudioError
from studio.model.project import Track
from studio.session import stems
from studio.session.desk import Desk, Separation


def open_page(page: Separation) -> Callable[[Desk], None]:
    """A command that opens one of the windows beside the window."""
    return lambda desk: desk.asks.separation(page)


def hear_other(desk: Desk) -> None:
    """Switch between the source of the selected stems and the stems themselves."""
    project = desk.document.project
    group = _group(desk)
    if group is None:
        return
    on_stems = not all(project.track(track).muted for track in group.tracks)
    desk.document.end_gesture()
    desk.document.do(stems.heard_from(project, group, source=on_stems))


def make_again(desk: Desk) -> None:
    """Take the source of the selected stems apart, or have it sung, once more with the same engine and settings."""
    group = _group(desk)
    if group is None:
        raise StudioError(
            "separate.no_stems",
            "Nothing was made again.",
            cause="The selected clip is no stem.",
            remedy="Select a stem and try again.",
        )
    if stems.is_sung_again(group):
        desk.converting.make_again(group)
    else:
        desk.separating.make_again(group, stems.recipe_of(group))


def _group(desk: Desk) -> stems.Group | None:
    """The stems of the selected track, or those that were made from the selected clip."""
    project = desk.document.project
    for clip in chosen_clips(desk):
        group = stems.group_of(project, project.track_of(clip.id).id)
        if group is not None:
            return group
        made = stems.groups_from(project, clip.media)
        if made:
            return made[-1]
    return _group_of_tracks(desk, chosen_tracks(desk))


def _group_of_tracks(desk: Desk, tracks: tuple[Track, ...]) -> stems.Group | None:
    found = (stems.group_of(desk.document.project, track.id) for track in tracks)
    return next((group for group in found if group is not None), None)


def _no_stems(desk: Desk) -> str:
    return "" if _group(desk) is not None else "Select a clip that was taken apart, or one of its stems"


def _no_engine(task: str, name: str) -> Reason:
    def reason(desk: Desk) -> str:
        cards = [card for card in desk.engines.cards if card.task == task]
        if not desk.engines.cards:
            return "The engines are still starting"
        return "" if cards else f"There is no engine here that {name}"

    return reason


_apart = _no_engine("separate", "takes sound apart")

SEPARATE: tuple[Command, ...] = (
    Command(
        id="clip.separate",
        title="Separate into stems…",
        group="Clip",
        keys="Ctrl+Alt+S",
        run=open_page("separate"),
        unavailable=first_of(read_only, no_clip, _apart),
        icon="split-stems",
        about="Voice, accompaniment, drums, bass: each on a track of its own, below the clip.",
    ),
    Command(
        id="clip.denoise",
        title="Remove noise…",
        group="Clip",
        keys="Ctrl+Alt+N",
        run=open_page("denoise"),
        unavailable=first_of(read_only, no_clip, _no_engine("denoise", "removes noise")),
        icon="sparkle",
    ),
    Command(
        id="clip.dereverb",
        title="Remove reverb…",
        group="Clip",
        keys="Ctrl+Alt+R",
        run=open_page("dereverb"),
        unavailable=first_of(read_only, no_clip, _no_engine("dereverb", "removes reverb")),
    ),
    Command(
        id="clip.convert",
        title="Sing in another voice…",
        group="Clip",
        keys="Ctrl+Alt+V",
        run=open_page("convert"),
        unavailable=first_of(read_only, no_clip, _no_engine("convert", "changes voices")),
        about="What is said or sung, again in a voice of your library; of a song only the vocals.",
    ),
    Command(
        id="clip.compare_engines",
        title="Compare engines by ear…",
        group="Clip",
        keys="Ctrl+Alt+C",
        run=open_page("compare"),
        unavailable=first_of(no_clip, _apart),
        about="The same clip through several engines, equally loud and without their names until you have chosen.",
    ),
    Command(
        id="clip.hear_stems",
        title="Hear the source or its stems",
        group="Clip",
        keys="Ctrl+Alt+H",
        run=hear_other,
        unavailable=first_of(read_only, _no_stems),
    ),
    Command(
        id="clip.make_again",
        title="Make the stems again",
        group="Clip",
        keys="Ctrl+Alt+M",
        run=make_again,
        unavailable=first_of(read_only, _no_stems, _apart),
    ),
    Command(
        id="file.batch",
        title="Separate or clean files…",
        group="File",
        keys="Ctrl+Alt+B",
        run=open_page("batch"),
        unavailable=_apart,
        about="Many files and folders, one after the other, without the timeline.",
    ),
)
