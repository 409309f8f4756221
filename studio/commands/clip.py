"""Clips: volume, fades, place, name."""

import math

from studio.commands.base import Command
from studio.commands.reasons import chosen_clips, first_of, no_clip, read_only
from studio.errors import StudioError
from studio.media.peaks import Peaks
from studio.model.edits import ClipMove, Edit, MoveClips, RenameClip, SetClipGain, SetFades, Several
from studio.model.project import Clip
from studio.session.desk import Desk
from studio.session.pictures import peaks_path

_NUDGE_S = 0.01
_STEP_DB = 1.0
_LOWEST_DB, _HIGHEST_DB = -60.0, 24.0
_NORMAL_PEAK_DB = -1.0


def gain(desk: Desk) -> None:
    """Ask for the volume of the selected clips."""
    clips = chosen_clips(desk)
    wanted = desk.asks.number("Clip volume", "Volume", clips[0].gain_db, _LOWEST_DB, _HIGHEST_DB, "dB")
    if wanted is not None:
        _do(desk, "Change clip volume", [SetClipGain(clip=clip.id, gain_db=wanted) for clip in clips])


def louder(desk: Desk, by_db: float) -> None:
    """Turn the selected clips up, or down."""
    edits: list[Edit] = [
        SetClipGain(clip=clip.id, gain_db=min(_HIGHEST_DB, max(_LOWEST_DB, clip.gain_db + by_db)))
        for clip in chosen_clips(desk)
    ]
    _do(desk, "Change clip volume", edits)


def normalise(desk: Desk) -> None:
    """Set the volume of the selected clips so that each one's loudest sample is at -1 dBFS."""
    edits: list[Edit] = []
    for clip in chosen_clips(desk):
        peak = loudest(clip)
        if peak > 0.0:
            gain_db = _NORMAL_PEAK_DB - 20 * math.log10(peak)
            edits.append(SetClipGain(clip=clip.id, gain_db=min(_HIGHEST_DB, max(_LOWEST_DB, gain_db))))
    _do(desk, "Normalise", edits)


def loudest(clip: Clip) -> float:
    """The largest absolute sample of a clip before its own volume, from its picture; StudioError without one."""
    path = peaks_path(clip.media)
    if not path.is_file():
        raise StudioError(
            "clip.no_peaks",
            "The clip was not normalised.",
            cause="Its waveform is still being drawn.",
            remedy="Try again in a moment.",
        )
    peaks = Peaks.open(path)
    columns = peaks.columns(float(clip.source_start), float(clip.length), 1, None)
    return float(max(abs(columns[0, 0]), abs(columns[0, 1])))


def fade_in(desk: Desk) -> None:
    """Let the clip rise from its beginning to the cursor, or to the end of the selected stretch."""
    selection = desk.selection
    at = selection.stop if selection.is_range and not selection.clips else int(desk.transport.position())
    edits: list[Edit] = [
        SetFades(
            clip=clip.id,
            fade_in=type(clip.fade_in)(length=min(at, clip.end) - clip.start, shape=clip.fade_in.shape),
            fade_out=clip.fade_out,
        )
        for clip in chosen_clips(desk)
        if clip.start < at
    ]
    _do(desk, "Fade in", edits)


def fade_out(desk: Desk) -> None:
    """Let the clip fall from the cursor, or the beginning of the selected stretch, to its end."""
    selection = desk.selection
    at = selection.start if selection.is_range and not selection.clips else int(desk.transport.position())
    edits: list[Edit] = [
        SetFades(
            clip=clip.id,
            fade_in=clip.fade_in,
            fade_out=type(clip.fade_out)(length=clip.end - max(at, clip.start), shape=clip.fade_out.shape),
        )
        for clip in chosen_clips(desk)
        if at < clip.end
    ]
    _do(desk, "Fade out", edits)


def nudge(desk: Desk, direction: int) -> None:
    """Move the selected clips by 10 ms, all by the same amount, not beyond the beginning."""
    project = desk.document.project
    clips = chosen_clips(desk)
    by = max(direction * round(_NUDGE_S * project.rate_hz), -min(clip.start for clip in clips))
    moves = tuple(ClipMove(clip=clip.id, track=project.track_of(clip.id).id, start=clip.start + by) for clip in clips)
    desk.document.do(MoveClips(moves=moves))


def rename(desk: Desk) -> None:
    """Ask for another name of the selected clip."""
    clip = chosen_clips(desk)[0]
    name = desk.asks.text("Rename clip", "Name", clip.name)
    if name:
        desk.document.do(RenameClip(clip=clip.id, name=name))


def _do(desk: Desk, label: str, edits: list[Edit]) -> None:
    if len(edits) == 1:
        desk.document.do(edits[0])
    elif edits:
        desk.document.do(Several(label_text=label, edits=tuple(edits)))


_editable = first_of(read_only, no_clip)

CLIP: tuple[Command, ...] = (
    Command(id="clip.gain", title="Volume…", group="Clip", keys="Shift+G", run=gain, unavailable=_editable),
    Command(
        id="clip.louder",
        title="Louder by 1 dB",
        group="Clip",
        keys="Alt+Shift+Up",
        run=lambda desk: louder(desk, _STEP_DB),
        unavailable=_editable,
    ),
    Command(
        id="clip.quieter",
        title="Quieter by 1 dB",
        group="Clip",
        keys="Alt+Shift+Down",
        run=lambda desk: louder(desk, -_STEP_DB),
        unavailable=_editable,
    ),
    Command(id="clip.normalise", title="Normalise", group="Clip", run=normalise, unavailable=_editable),
    Command(
        id="clip.fade_in", title="Fade in to here", group="Clip", keys="Ctrl+Alt+[", run=fade_in, unavailable=_editable
    ),
    Command(
        id="clip.fade_out",
        title="Fade out from here",
        group="Clip",
        keys="Ctrl+Alt+]",
        run=fade_out,
        unavailable=_editable,
    ),
    Command(
        id="clip.nudge_left",
        title="Nudge left",
        group="Clip",
        keys="Alt+Shift+Left",
        run=lambda desk: nudge(desk, -1),
        unavailable=_editable,
    ),
    Command(
        id="clip.nudge_right",
        title="Nudge right",
        group="Clip",
        keys="Alt+Shift+Right",
        run=lambda desk: nudge(desk, 1),
        unavailable=_editable,
    ),
    Command(id="clip.rename", title="Rename clip…", group="Clip", run=rename, unavailable=_editable),
)
