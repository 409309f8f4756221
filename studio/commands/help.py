"""Help: what works here, which keys there are, what to send when something does not work."""

import platform

from studio import __version__, paths
from studio.commands.base import Command
from studio.commands.reasons import recording
from studio.session import opening
from studio.session.desk import Desk


def open_sample(desk: Desk) -> None:
    """Open the sample project, made on the spot when it is not there."""
    opening.open_sample(desk)


def copy_report(desk: Desk) -> None:
    """Put on the clipboard what somebody who helps needs to know. No sound and no names of files."""
    desk.asks.copy_text(report(desk))
    desk.asks.toast("The report was copied")


def report(desk: Desk) -> str:
    """Versions, devices, engines, and what went wrong lately."""
    project, state = desk.document.project, desk.transport.state
    lines = [
        f"Melisma Studio {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"Heavy work: {desk.engines.device or 'not started'} {desk.engines.device_reason}".strip(),
        "Engines: "
        + (", ".join(f"{card.id} ({card.missing or 'ready'})" for card in desk.engines.cards) or "not started"),
        f"Project: {len(project.tracks)} tracks, {len(list(project.clips))} clips, {project.rate_hz} Hz,"
        f" {project.length / project.rate_hz:.1f} s",
    ]
    if state is not None:
        lines.append(
            f"Audio: {state.rate_hz} Hz, device {state.device_rate_hz} Hz, block {state.block},"
            f" latency out {state.output_latency_s * 1000:.0f} ms, in {state.input_latency_s * 1000:.0f} ms"
        )
    lines += [f"Trouble: {trouble.why.code}: {trouble.why.sentence}" for trouble in desk.transport.equipment.troubles]
    lines += [f"Job: {row.why.code}: {row.why.sentence}" for row in desk.jobs.rows if row.why is not None]
    return "\n".join(lines)


HELP: tuple[Command, ...] = (
    Command(
        id="help.system_check",
        title="System check",
        group="Help",
        run=lambda desk: desk.asks.system_check(),
        icon="check",
    ),
    Command(id="help.shortcuts", title="Keys", group="Help", keys="F1; ?", run=lambda desk: desk.asks.shortcuts()),
    Command(id="help.sample", title="Open the sample project", group="Help", run=open_sample, unavailable=recording),
    Command(id="help.logs", title="Show the logs", group="Help", run=lambda desk: desk.asks.reveal(paths.logs())),
    Command(id="help.report", title="Copy report", group="Help", run=copy_report),
    Command(id="help.about", title="About Melisma Studio", group="Help", run=lambda desk: desk.asks.about()),
)
