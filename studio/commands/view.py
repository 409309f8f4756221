"""What is shown, and how near."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from studio.commands.base import Command
from studio.commands.reasons import empty, no_range, nothing_to_see
from studio.session.desk import Desk, Panel, Workspace
from studio.settings.schema import Follow, ThemeName

_NEXT_FOLLOW: Final[dict[Follow, Follow]] = {"page": "scroll", "scroll": "off", "off": "page"}


def show_workspace(workspace: Workspace) -> Callable[[Desk], None]:
    """A command that shows a workspace."""
    return lambda desk: desk.view.set_workspace(workspace)


def toggle_panel(panel: Panel) -> Callable[[Desk], None]:
    """A command that shows or hides a panel."""
    return lambda desk: desk.view.toggle_panel(panel)


def set_theme(theme: ThemeName) -> Callable[[Desk], None]:
    """A command that changes the theme."""
    return lambda desk: desk.settings.change("appearance", theme=theme)


def is_theme(theme: ThemeName) -> Callable[[Desk], bool]:
    """Whether a theme is the one chosen."""
    return lambda desk: desk.settings.value.appearance.theme == theme


def next_follow(desk: Desk) -> None:
    """Turn the page, scroll along, stay: the next of the three."""
    desk.settings.change("playback", follow=_NEXT_FOLLOW[desk.settings.value.playback.follow])


def export_picture(desk: Desk) -> None:
    """Ask where, and write the timeline as it is seen: PNG, or SVG where the person writes that suffix."""
    _export(desk, "Save the picture as PNG or SVG", ".png", desk.view.save_picture)


def export_data(desk: Desk) -> None:
    """Ask where, and write the numbers behind what is seen."""
    _export(desk, "Save the data in view", ".csv", desk.view.save_data)


def _export(desk: Desk, title: str, suffix: str, save: Callable[[Path], None]) -> None:
    path = desk.asks.save_path(title, f"{desk.document.project.name or 'Untitled'} timeline{suffix}")
    if path is not None:
        save(path if path.suffix else path.with_name(path.name + suffix))


VIEW: tuple[Command, ...] = (
    Command(
        id="view.palette",
        title="Find any action",
        group="View",
        keys="Ctrl+K; Ctrl+Shift+P; F2",
        run=lambda desk: desk.asks.palette(),
        icon="search",
    ),
    Command(
        id="view.zoom_in",
        title="Zoom in",
        group="View",
        keys="Ctrl+1; Ctrl++; Ctrl+=",
        run=lambda desk: desk.view.zoom_in(),
        icon="zoom-in",
    ),
    Command(
        id="view.zoom_normal",
        title="Normal zoom",
        group="View",
        keys="Ctrl+2",
        run=lambda desk: desk.view.zoom_normal(),
    ),
    Command(
        id="view.zoom_out",
        title="Zoom out",
        group="View",
        keys="Ctrl+3; Ctrl+-",
        run=lambda desk: desk.view.zoom_out(),
        icon="zoom-out",
    ),
    Command(
        id="view.zoom_selection",
        title="Zoom to selection",
        group="View",
        keys="Ctrl+E",
        run=lambda desk: desk.view.zoom_selection(),
        unavailable=no_range,
    ),
    Command(
        id="view.zoom_fit",
        title="Fit the project",
        group="View",
        keys="Ctrl+F",
        run=lambda desk: desk.view.zoom_fit(),
        unavailable=empty,
        icon="zoom-fit",
    ),
    Command(
        id="view.follow",
        title="Follow the playhead: page, scroll or stay",
        group="View",
        keys="F9",
        run=next_follow,
        checked=lambda desk: desk.settings.value.playback.follow != "off",
    ),
    Command(id="view.library", title="Library", group="View", keys="Ctrl+Alt+1", run=toggle_panel("library")),
    Command(id="view.inspector", title="Inspector", group="View", keys="Ctrl+Alt+2", run=toggle_panel("inspector")),
    Command(id="view.pitch", title="Pitch lane", group="View", keys="Ctrl+Alt+3", run=toggle_panel("pitch")),
    Command(
        id="view.spectrogram", title="Spectrogram", group="View", keys="Ctrl+Alt+4", run=toggle_panel("spectrogram")
    ),
    Command(
        id="view.wide_band",
        title="Wide-band spectrogram",
        group="View",
        run=lambda desk: desk.settings.change("pitch", wide_band=not desk.settings.value.pitch.wide_band),
        checked=lambda desk: desk.settings.value.pitch.wide_band,
        about="Shows formants and pulses; a narrow band shows overtones.",
    ),
    Command(
        id="view.video",
        title="Video",
        group="View",
        keys="Ctrl+Alt+6",
        run=toggle_panel("video"),
        unavailable=nothing_to_see,
        about="The picture under the playhead",
    ),
    Command(
        id="view.export_picture",
        title="Export picture…",
        group="View",
        run=export_picture,
        unavailable=empty,
        about="The timeline exactly as it is seen, as PNG or SVG",
    ),
    Command(
        id="view.export_data",
        title="Export data in view…",
        group="View",
        run=export_data,
        unavailable=empty,
        about="The waveforms and spectrograms in view, as numbers in a CSV",
    ),
    Command(id="view.jobs", title="Jobs", group="View", keys="Ctrl+Alt+5", run=toggle_panel("jobs")),
    Command(
        id="view.next_panel", title="Next panel", group="View", keys="F6", run=lambda desk: desk.view.focus_panel(1)
    ),
    Command(
        id="view.previous_panel",
        title="Previous panel",
        group="View",
        keys="Shift+F6",
        run=lambda desk: desk.view.focus_panel(-1),
    ),
    Command(id="view.edit", title="Edit workspace", group="View", keys="Alt+1", run=show_workspace("edit")),
    Command(id="view.sing", title="Sing workspace", group="View", keys="Alt+2", run=show_workspace("sing")),
    Command(id="view.speak", title="Speak workspace", group="View", keys="Alt+3", run=show_workspace("speak")),
    Command(id="view.live", title="Live workspace", group="View", keys="Alt+4", run=show_workspace("live")),
    Command(id="view.dark", title="Dark theme", group="View", run=set_theme("dark"), checked=is_theme("dark")),
    Command(id="view.light", title="Light theme", group="View", run=set_theme("light"), checked=is_theme("light")),
    Command(
        id="view.contrast",
        title="High contrast theme",
        group="View",
        run=set_theme("contrast"),
        checked=is_theme("contrast"),
    ),
    Command(
        id="view.system_theme",
        title="Theme of the system",
        group="View",
        run=set_theme("system"),
        checked=is_theme("system"),
    ),
)
