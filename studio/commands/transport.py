"""Playing, recording, going to places."""

from collections.abc import Callable

from studio.commands.base import Command
from studio.commands.reasons import empty, first_of, no_range, read_only
from studio.session.desk import Desk


def play_selection(desk: Desk) -> None:
    """Play the selected stretch once."""
    desk.transport.play(desk.selection.start, desk.selection.stop)


def record_new_track(desk: Desk) -> None:
    """Record on a new track."""
    desk.selection.set_tracks(())
    desk.transport.record()


def loop_selection(desk: Desk) -> None:
    """Make the selected stretch the loop, and loop."""
    desk.transport.set_loop(desk.selection.start, desk.selection.stop)
    desk.transport.set_loop_on(True)


def go_to(sample: Callable[[Desk], int]) -> Callable[[Desk], None]:
    """A command that moves the playhead, and the view with it."""

    def run(desk: Desk) -> None:
        target = sample(desk)
        desk.transport.seek(target)
        desk.view.show_sample(target)

    return run


def jump(direction: int, *, long: bool) -> Callable[[Desk], None]:
    """A command that moves the playhead by the jump of the settings."""

    def target(desk: Desk) -> int:
        playback = desk.settings.value.playback
        step_s = playback.jump_long_s if long else playback.jump_short_s
        moved = int(desk.transport.position() + direction * step_s * desk.document.project.rate_hz)
        return min(max(0, moved), desk.document.project.length)

    return go_to(target)


def clip_edge(direction: int) -> Callable[[Desk], None]:
    """A command that moves the playhead to the next place where a clip begins or ends."""

    def target(desk: Desk) -> int:
        here = int(desk.transport.position())
        edges = sorted({edge for clip in desk.document.project.clips for edge in (clip.start, clip.end)} | {0})
        if direction > 0:
            return next((edge for edge in edges if edge > here), here)
        return next((edge for edge in reversed(edges) if edge < here), here)

    return go_to(target)


def _nothing_to_compare(desk: Desk) -> str:
    return desk.compare.why_not()


def _recording_already(desk: Desk) -> str:
    return "A take is being recorded already" if desk.transport.recording else ""


TRANSPORT: tuple[Command, ...] = (
    Command(
        id="transport.play",
        title="Play or stop",
        group="Transport",
        keys="Space",
        run=lambda desk: desk.transport.toggle(),
        checked=lambda desk: desk.transport.playing,
        icon="play",
    ),
    Command(
        id="transport.stop_here",
        title="Stop and stay",
        group="Transport",
        keys="X",
        run=lambda desk: desk.transport.stop_here() if desk.transport.playing else desk.transport.play(),
        about="Plays, or stops and puts the cursor there.",
    ),
    Command(id="transport.pause", title="Pause", group="Transport", keys="P", run=lambda desk: desk.transport.pause()),
    Command(
        id="transport.play_selection",
        title="Play selection",
        group="Transport",
        keys="Shift+Space",
        run=play_selection,
        unavailable=no_range,
    ),
    Command(
        id="transport.record",
        title="Record",
        group="Transport",
        keys="R",
        run=lambda desk: desk.transport.stop_recording() if desk.transport.recording else desk.transport.record(),
        unavailable=read_only,
        checked=lambda desk: desk.transport.recording,
        icon="record",
    ),
    Command(
        id="transport.record_new_track",
        title="Record on a new track",
        group="Transport",
        keys="Shift+R",
        run=record_new_track,
        unavailable=first_of(read_only, _recording_already),
    ),
    Command(
        id="transport.loop",
        title="Loop",
        group="Transport",
        keys="L",
        run=lambda desk: desk.transport.set_loop_on(not desk.transport.loop_on),
        checked=lambda desk: desk.transport.loop_on,
        icon="loop",
    ),
    Command(
        id="transport.loop_selection",
        title="Loop the selection",
        group="Transport",
        keys="Shift+L",
        run=loop_selection,
        unavailable=no_range,
    ),
    Command(
        id="transport.monitor",
        title="Hear yourself",
        group="Transport",
        run=lambda desk: desk.settings.change("recording", monitor=not desk.transport.microphone.monitoring),
        checked=lambda desk: desk.transport.microphone.monitoring,
        icon="monitor",
    ),
    Command(
        id="transport.meter",
        title="Microphone level",
        group="Transport",
        run=lambda desk: desk.transport.microphone.meter(not desk.transport.microphone.metering),
        checked=lambda desk: desk.transport.microphone.metering,
        icon="microphone",
    ),
    Command(
        id="transport.compare",
        title="Compare with the source",
        group="Transport",
        keys="A",
        run=lambda desk: desk.compare.toggle(),
        unavailable=_nothing_to_compare,
        checked=lambda desk: desk.compare.on_source,
        icon="compare",
        about="Switches between the sound as it came in and as it is now, equally loud, without a gap.",
    ),
    Command(
        id="transport.start",
        title="Go to the start",
        group="Transport",
        keys="Home",
        run=go_to(lambda _desk: 0),
        icon="to-start",
    ),
    Command(
        id="transport.end",
        title="Go to the end",
        group="Transport",
        keys="End",
        run=go_to(lambda desk: desk.document.project.length),
        unavailable=empty,
    ),
    Command(id="transport.back", title="A little back", group="Transport", keys="Left; ,", run=jump(-1, long=False)),
    Command(id="transport.on", title="A little on", group="Transport", keys="Right; .", run=jump(1, long=False)),
    Command(
        id="transport.far_back",
        title="Far back",
        group="Transport",
        keys="Shift+Left; Shift+,",
        run=jump(-1, long=True),
    ),
    Command(
        id="transport.far_on", title="Far on", group="Transport", keys="Shift+Right; Shift+.", run=jump(1, long=True)
    ),
    Command(
        id="transport.previous_edge", title="Previous clip edge", group="Transport", keys="Alt+,", run=clip_edge(-1)
    ),
    Command(id="transport.next_edge", title="Next clip edge", group="Transport", keys="Alt+.", run=clip_edge(1)),
)
