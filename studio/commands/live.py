"""Recording the screen: start, pause, mark, keep the last moments."""

from studio.commands.base import Command
from studio.commands.reasons import first_of
from studio.session import captured
from studio.session.desk import Desk


def record_or_stop(desk: Desk) -> None:
    """Record the screen as it is chosen in the Live workspace, or end the recording."""
    capturing = desk.capturing
    if capturing.recording:
        capturing.stop()
    else:
        desk.view.set_workspace("live")
        capturing.start()


def pause_or_go_on(desk: Desk) -> None:
    """Leave out what happens now, or go on."""
    desk.capturing.pause(desk.capturing.phase != "paused")


def keep_or_drop_replay(desk: Desk) -> None:
    """Keep the last moments without a recording, or stop that."""
    if desk.capturing.replay_only:
        desk.capturing.stop()
    else:
        desk.capturing.start(replay_only=True)


def show_folder(desk: Desk) -> None:
    """Show where the recordings are."""
    folder = captured.folder(desk.settings.value.capture)
    folder.mkdir(parents=True, exist_ok=True)
    desk.asks.reveal(folder)


def lay_over_screen(desk: Desk) -> None:
    """Lay the overlays over the screen, or take them away; the Live workspace says how it goes."""
    if not desk.lays_over_screen:
        desk.view.set_workspace("live")
    desk.overlay_window.switch(not desk.overlay_window.on)


def between(desk: Desk) -> str:
    """A recording is about to begin, or to end."""
    return "The recording is not ready yet" if desk.capturing.phase in ("starting", "stopping") else ""


def not_recording(desk: Desk) -> str:
    """No file of the screen is being written."""
    return "" if desk.capturing.recording else "The screen is not being recorded"


def recording_to_file(desk: Desk) -> str:
    """A file of the screen is being written."""
    return "The screen is being recorded" if desk.capturing.recording else ""


def no_replay(desk: Desk) -> str:
    """Nothing is kept of the last moments."""
    if not desk.capturing.running:
        return "Record, or keep a replay first"
    return "" if desk.settings.value.capture.replay_s else "The replay is switched off in Preferences"


def replay_off(desk: Desk) -> str:
    """The person wants no replay."""
    return "" if desk.settings.value.capture.replay_s else "The replay is switched off in Preferences"


LIVE: tuple[Command, ...] = (
    Command(
        id="live.record",
        title="Record screen",
        group="Live",
        keys="F8",
        run=record_or_stop,
        unavailable=between,
        checked=lambda desk: desk.capturing.recording,
        icon="record",
        about="Starts and ends the recording of the screen.",
    ),
    Command(
        id="live.pause",
        title="Pause recording",
        group="Live",
        keys="Shift+F8",
        run=pause_or_go_on,
        unavailable=first_of(between, not_recording),
        checked=lambda desk: desk.capturing.phase == "paused",
        icon="pause",
    ),
    Command(
        id="live.chapter",
        title="Mark chapter",
        group="Live",
        keys="F7",
        run=lambda desk: desk.capturing.chapter(),
        unavailable=first_of(between, not_recording),
        icon="marker",
        about="A chapter of the recording begins now.",
    ),
    Command(
        id="live.keep_replay",
        title="Keep replay",
        group="Live",
        keys="Shift+F10",
        run=keep_or_drop_replay,
        unavailable=first_of(between, recording_to_file, replay_off),
        checked=lambda desk: desk.capturing.replay_only,
        about="Keeps the last moments in memory without recording.",
    ),
    Command(
        id="live.save_replay",
        title="Save replay",
        group="Live",
        keys="F10",
        run=lambda desk: desk.capturing.save_replay(),
        unavailable=first_of(between, no_replay),
        icon="history",
        about="Writes the last moments into a file; the recording goes on.",
    ),
    Command(
        id="live.overlay_window",
        title="Overlays over the screen",
        group="Live",
        keys="Ctrl+Shift+O",
        run=lay_over_screen,
        checked=lambda desk: desk.lays_over_screen,
        about="Shows them in a window that is seen and clicked through, for when another program records.",
    ),
    Command(id="live.folder", title="Show recordings", group="Live", run=show_folder, icon="folder"),
)
