"""Singing: the live pitch, and what sounds along: speed, metronome, a held note, the tuning."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from studio.commands.base import Command
from studio.commands.reasons import chosen_clips, first_of, no_clip, read_only
from studio.model.edits.project import HIGHEST_A4_HZ, LOWEST_A4_HZ
from studio.session.desk import Desk
from studio.session.looping import Loop

if TYPE_CHECKING:
    from studio.session.singing import Accompaniment

_SPEEDS: Final = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
_FIRST_DRONE_MIDI: Final = 57.0  # A3
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 300.0


def track_pitch(desk: Desk) -> None:
    """Show what is sung into the microphone, or end it."""
    if desk.singing.running:
        desk.singing.stop()
    else:
        desk.view.set_workspace("sing")
        desk.singing.start()


def click(desk: Desk) -> None:
    """Start or stop the metronome."""
    desk.singing.set_metronome(not desk.singing.accompaniment.metronome)


def tempo(desk: Desk) -> None:
    """Ask for the tempo, and click."""
    now = desk.singing.accompaniment.bpm
    bpm = desk.asks.number("Metronome", "Beats a minute", now, _SLOWEST_BPM, _FASTEST_BPM, "bpm")
    if bpm is not None:
        desk.singing.set_metronome(True, bpm=bpm)


def count_in(desk: Desk) -> None:
    """Count a bar before a take, or none."""
    now = desk.singing.accompaniment
    desk.singing.set_metronome(now.metronome, count_in_bars=0 if now.count_in_bars else 1)


def hold_note(desk: Desk) -> None:
    """Hold a note, or let go of it; at first an A."""
    held = desk.singing.accompaniment.drone_midi
    desk.singing.set_drone(_FIRST_DRONE_MIDI if held is None else None)


def move_note(by: float) -> Callable[[Desk], None]:
    """A command that moves the note that is held."""

    def run(desk: Desk) -> None:
        held = desk.singing.accompaniment.drone_midi
        desk.singing.set_drone((_FIRST_DRONE_MIDI if held is None else held) + by)

    return run


def sing_against(desk: Desk) -> None:
    """Sing against the melody of the selected clip, which is looked for where it is not known; or no more."""
    (clip, *_) = chosen_clips(desk)
    if desk.singing.reference == clip.id:
        desk.singing.set_reference(None)
        return
    if not desk.document.project.melody_in(clip):
        desk.importing.find_pitch([clip.id])
    desk.singing.set_reference(clip.id)
    desk.view.set_workspace("sing")


def record_loop(desk: Desk) -> None:
    """Record the loop, or the selected stretch, again and again; or stop that."""
    if desk.transport.loops_takes:
        desk.transport.stop()
    else:
        desk.transport.record_loop(_stretch(desk))


def _stretch(desk: Desk) -> Loop:
    """What would be recorded: the loop, else the selected stretch; empty without either."""
    loop, selection = desk.transport.loop, desk.selection
    return loop if loop.stop > loop.start else Loop(selection.start, selection.stop)


def _no_loop(desk: Desk) -> str:
    loop = _stretch(desk)
    return (
        "" if loop.stop > loop.start or desk.transport.loops_takes else "Set a loop, or select a stretch of time, first"
    )


def _records_once(desk: Desk) -> str:
    return "A take is being recorded already" if desk.transport.recording and not desk.transport.loops_takes else ""


def tune(desk: Desk) -> None:
    """Ask what A4 is tuned to."""
    hz = desk.asks.number("Tuning", "A4", desk.singing.a4_hz, LOWEST_A4_HZ, HIGHEST_A4_HZ, "Hz")
    if hz is not None:
        desk.singing.set_a4(hz)


def slower(desk: Desk) -> None:
    """Play at the next lower speed."""
    now = desk.singing.accompaniment.speed
    desk.singing.set_speed(max((speed for speed in _SPEEDS if speed < now), default=now))


def faster(desk: Desk) -> None:
    """Play at the next higher speed."""
    now = desk.singing.accompaniment.speed
    desk.singing.set_speed(min((speed for speed in _SPEEDS if speed > now), default=now))


def _along(desk: Desk) -> "Accompaniment | None":
    """What sounds along; None while nobody has sung yet, so that looking at a menu begins nothing."""
    return desk.singing.accompaniment if desk.has_sung else None


def _clicks(desk: Desk) -> bool:
    along = _along(desk)
    return along is not None and along.metronome


def _counts_in(desk: Desk) -> bool:
    along = _along(desk)
    return along is None or along.count_in_bars > 0


def _holds(desk: Desk) -> bool:
    along = _along(desk)
    return along is not None and along.drone_midi is not None


def _slowest(desk: Desk) -> str:
    along = _along(desk)
    return "It is at its slowest" if along is not None and along.speed <= _SPEEDS[0] else ""


def _fastest(desk: Desk) -> str:
    along = _along(desk)
    return "It is at its fastest" if along is not None and along.speed >= _SPEEDS[-1] else ""


def _full_speed(desk: Desk) -> str:
    along = _along(desk)
    return "It plays at full speed" if along is None or along.speed == 1.0 else ""


def _is_reference(desk: Desk) -> bool:
    chosen = desk.singing.reference if desk.has_sung else None
    return chosen is not None and any(clip.id == chosen for clip in chosen_clips(desk))


SING: tuple[Command, ...] = (
    Command(
        id="sing.pitch",
        title="Show my pitch",
        group="Sing",
        keys="Shift+F9",
        run=track_pitch,
        checked=lambda desk: desk.has_sung and desk.singing.running,
        icon="pitch",
        about="Opens the microphone and draws what is sung.",
    ),
    Command(
        id="sing.slower",
        title="Play slower",
        group="Sing",
        keys="Ctrl+Shift+Down",
        run=slower,
        unavailable=_slowest,
        about="The pitch stays as it is.",
    ),
    Command(
        id="sing.faster",
        title="Play faster",
        group="Sing",
        keys="Ctrl+Shift+Up",
        run=faster,
        unavailable=_fastest,
        about="The pitch stays as it is.",
    ),
    Command(
        id="sing.full_speed",
        title="Play at full speed",
        group="Sing",
        run=lambda desk: desk.singing.set_speed(1.0),
        unavailable=_full_speed,
    ),
    Command(id="sing.metronome", title="Metronome", group="Sing", keys="Ctrl+Shift+M", run=click, checked=_clicks),
    Command(id="sing.tempo", title="Tempo…", group="Sing", run=tempo),
    Command(
        id="sing.count_in",
        title="Count in",
        group="Sing",
        run=count_in,
        checked=_counts_in,
        about="While the metronome is on, a bar is counted before each take.",
    ),
    Command(id="sing.drone", title="Hold a note", group="Sing", run=hold_note, checked=_holds, icon="note"),
    Command(id="sing.drone_up", title="Held note up a semitone", group="Sing", run=move_note(1.0)),
    Command(id="sing.drone_down", title="Held note down a semitone", group="Sing", run=move_note(-1.0)),
    Command(
        id="sing.record_loop",
        title="Record in a loop",
        group="Sing",
        keys="Alt+Shift+R",
        run=record_loop,
        unavailable=first_of(read_only, _no_loop, _records_once),
        checked=lambda desk: desk.transport.loops_takes,
        icon="loop-record",
        about="It goes round without a pause, and each pass is a take of its own. The last is heard, and none is lost.",
    ),
    Command(
        id="sing.against",
        title="Sing against this clip",
        group="Sing",
        run=sing_against,
        unavailable=first_of(read_only, no_clip),
        checked=_is_reference,
        about="Its melody lies behind yours while the project plays, and cents are counted from it.",
    ),
    Command(id="sing.tuning", title="Tuning…", group="Sing", run=tune, unavailable=read_only),
)
