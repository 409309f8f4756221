"""Finding melodies."""

from collections.abc import Callable

from studio.commands.base import Command
from studio.commands.measures import IN_PITCH
from studio.commands.notes import NOTES
from studio.commands.reasons import Reason, chosen_clips, first_of, no_clip, read_only
from studio.session.desk import Desk


def find(desk: Desk, engine: str = "") -> None:
    """Find the melody of the selected clips; of a selected stretch, only what lies in it."""
    selection = desk.selection
    span = (selection.start, selection.stop) if selection.is_range and not selection.clips else None
    desk.importing.find_pitch([clip.id for clip in chosen_clips(desk)], engine, span)


def find_with(engine: str) -> Callable[[Desk], None]:
    """A command that finds the melody with one engine."""
    return lambda desk: find(desk, engine)


def _cannot_use(engine: str) -> Reason:
    return lambda desk: desk.engines.why_not(engine or desk.settings.value.pitch.engine)


def _with_engine(id: str, name: str) -> Command:
    return Command(
        id=f"pitch.find_{id.replace('-', '_')}",
        title=f"Find pitch with {name}",
        group="Pitch",
        run=find_with(id),
        unavailable=first_of(read_only, no_clip, _cannot_use(id)),
    )


def _nothing_picked(desk: Desk) -> str:
    return "" if desk.picks_pitch else "Draw a lasso around a part of the melody first"


_ABOUT_LASSO = (
    "Mends what an engine took for another octave. Draw a lasso around it in the pitch lane; with Shift, another."
)

PITCH: tuple[Command, ...] = (
    Command(
        id="pitch.find",
        title="Find pitch",
        group="Pitch",
        keys="Ctrl+Alt+P",
        run=find,
        unavailable=first_of(read_only, no_clip, _cannot_use("")),
        icon="pitch",
        about="The melody of the selected clip or stretch, with the engine chosen in the settings.",
    ),
    _with_engine("praat", "Praat"),
    _with_engine("crepe-tiny", "CREPE tiny"),
    _with_engine("crepe-full", "CREPE"),
    _with_engine("swift-f0", "SwiftF0"),
    *IN_PITCH,
    Command(
        id="pitch.octave_up",
        title="Move pitch up an octave",
        group="Pitch",
        keys="Ctrl+PgUp",
        run=lambda desk: desk.repair.shift(12),
        unavailable=first_of(read_only, _nothing_picked),
        about=_ABOUT_LASSO,
    ),
    Command(
        id="pitch.octave_down",
        title="Move pitch down an octave",
        group="Pitch",
        keys="Ctrl+PgDown",
        run=lambda desk: desk.repair.shift(-12),
        unavailable=first_of(read_only, _nothing_picked),
        about=_ABOUT_LASSO,
    ),
    Command(
        id="pitch.candidate_up",
        title="Next pitch up",
        group="Pitch",
        keys="Ctrl+Up",
        run=lambda desk: desk.repair.next_candidate(1),
        unavailable=first_of(read_only, _nothing_picked, _cannot_use("")),
        about="Looks again in the lasso, only above what was found there.",
    ),
    Command(
        id="pitch.candidate_down",
        title="Next pitch down",
        group="Pitch",
        keys="Ctrl+Down",
        run=lambda desk: desk.repair.next_candidate(-1),
        unavailable=first_of(read_only, _nothing_picked, _cannot_use("")),
        about="Looks again in the lasso, only below what was found there.",
    ),
    Command(
        id="pitch.remove",
        title="Remove pitch",
        group="Pitch",
        keys="Ctrl+Backspace",
        run=lambda desk: desk.repair.silence(),
        unavailable=first_of(read_only, _nothing_picked),
        about="Nobody sings in the lasso: frames that an engine took for singing become unvoiced.",
    ),
    *NOTES,
)
