"""What the system check says: facts in, a list of checks out. Pure, so that window and terminal say the same.

To add a check: a fact in `Facts`, a function here that turns it into `Check`s, and its place in `checks`.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from studio.errors import Explanation
from studio.protocol.common import Ready
from studio.protocol.jobs import Codecs
from studio.protocol.live import Devices

State = Literal["ok", "warn", "fail"]

_GIB: Final = 1 << 30
_LITTLE_ROOM: Final = 2 * _GIB
_NO_ROOM: Final = _GIB // 4
_LITTLE_SHARED: Final = 64 << 20
_NEEDED: Final = ("PySide6_Essentials", "pyqtgraph", "msgspec", "numpy", "av", "sounddevice", "soxr")
_PLAIN_CPU: Final = ("no CUDA device was found", "chosen in the settings")


class Check(Struct, frozen=True, kw_only=True):
    """One line of the system check: what was looked at, how it is, what was found, and what to do about it."""

    id: str
    title: str
    state: State
    found: str
    remedy: str = ""


class Folder(Struct, frozen=True, kw_only=True):
    """A folder of the studio: how much room it has, and why a file could not be put there safely, if so."""

    title: str
    path: str
    free_bytes: int
    trouble: str = ""


class Display(Struct, frozen=True, kw_only=True):
    """Where windows appear. `missing` are system libraries that Qt needs for it.

    `shows_itself` says whether programs may look at what is on it.
    """

    kind: Literal["X11", "Wayland", "offscreen", "native", "none"]
    name: str = ""
    reachable: bool = True
    scale: float = 0.0
    missing: tuple[str, ...] = ()
    shows_itself: bool = True


class Leftovers(Struct, frozen=True, kw_only=True):
    """What earlier runs left: shared memory (removed by now), untitled projects, takes, locks of dead processes."""

    segments: tuple[str, ...] = ()
    untitled: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    stale_locks: tuple[str, ...] = ()


class Facts(Struct, frozen=True, kw_only=True):
    """All that the checks look at. A worker that could not answer is represented by the reason."""

    python: str
    studio: str
    versions: dict[str, str]
    display: Display
    folders: tuple[Folder, ...]
    shared_memory_bytes: int | None
    leftovers: Leftovers
    logs: str
    compute: Ready | Explanation
    codecs: Codecs | Explanation
    devices: Devices | Explanation


def checks(facts: Facts) -> tuple[Check, ...]:
    """Every check, in the order in which a person would go about it."""
    return (
        *_programs(facts),
        _display(facts.display),
        *_sound(facts.devices),
        *_folders(facts.folders),
        _shared_memory(facts.shared_memory_bytes),
        _device(facts.compute),
        _torch(facts.versions),
        _codecs(facts.codecs),
        *_engines(facts.compute),
        *_leftovers(facts.leftovers),
        Check(id="logs", title="Logs", state="ok", found=facts.logs),
    )


def worst(found: Iterable[Check]) -> State:
    """The state of the whole: that of its worst check."""
    states = {check.state for check in found}
    return "fail" if "fail" in states else "warn" if "warn" in states else "ok"


def report(found: Iterable[Check]) -> str:
    """The checks as text, a line each, with the remedy below where there is one."""
    signs = {"ok": "✓", "warn": "!", "fail": "✗"}
    lines = []
    for check in found:
        lines.append(f"{signs[check.state]} {check.title}: {check.found}")
        if check.remedy:
            lines.append(f"    {check.remedy}")
    return "\n".join(lines)


def _programs(facts: Facts) -> tuple[Check, ...]:
    absent = [name for name in _NEEDED if name not in facts.versions]
    shown = ", ".join(f"{name} {facts.versions[name]}" for name in _NEEDED if name in facts.versions)
    return (
        Check(id="python", title="Python", state="ok", found=f"{facts.python}, Melisma Studio {facts.studio}"),
        Check(
            id="packages",
            title="Packages",
            state="fail" if absent else "ok",
            found=f"missing: {', '.join(absent)}" if absent else shown,
            remedy="Run packaging/run --setup, which installs them." if absent else "",
        ),
    )


def _display(display: Display) -> Check:
    if display.kind == "none":
        state, found = "warn", "there is none"
        remedy = "The window needs a display. Verbs such as studio pitch and studio demo work without."
    elif not display.reachable:
        state, found = "fail", f"{display.kind} {display.name} does not answer"
        remedy = (
            "Start the studio from a session with a screen, or set DISPLAY or WAYLAND_DISPLAY to one that is there."
        )
    elif display.missing:
        state, found = "fail", f"{display.kind} {display.name}, but without {', '.join(display.missing)}"
        remedy = "Run packaging/run --setup, or install these with the package manager of your system."
    else:
        scale = f", scaled to {display.scale:.0%}" if display.scale else ""
        state, found, remedy = "ok", f"{display.kind} {display.name}".strip() + scale, ""
        if not display.shows_itself:
            state, found = "warn", f"{found}; in a Wayland session the screen cannot be recorded"
            remedy = "Log in to an X11 (Xorg) session to record the screen. Everything else works here."
    return Check(id="display", title="Display", state=_state(state), found=found, remedy=remedy)


def _sound(devices: Devices | Explanation) -> tuple[Check, ...]:
    if isinstance(devices, Explanation):
        return (_unanswered("audio", "Sound", devices),)
    outputs = [device for device in devices.devices if device.outputs]
    inputs = [device for device in devices.devices if device.inputs]
    return (
        Check(
            id="audio.output",
            title="Sound output",
            state="ok" if outputs else "warn",
            found=_named([device.name for device in outputs]) if outputs else "no device can play",
            remedy="" if outputs else "Connect loudspeakers or headphones. Editing and export work without.",
        ),
        Check(
            id="audio.input",
            title="Sound input",
            state="ok" if inputs else "warn",
            found=_named([device.name for device in inputs]) if inputs else "no device can record",
            remedy="" if inputs else "Connect a microphone, and allow the studio to use it.",
        ),
    )


def _folders(folders: Iterable[Folder]) -> Iterable[Check]:
    for folder in folders:
        free = f"{folder.path}, {folder.free_bytes / _GIB:.1f} GB free"
        if folder.trouble:
            state, found, remedy = (
                "fail",
                folder.trouble,
                "Make the folder writable, or choose another with STUDIO_DATA.",
            )
        elif folder.free_bytes < _NO_ROOM:
            state, found, remedy = "fail", free, "Make room: a take needs 0.7 GB an hour, a project much the same."
        elif folder.free_bytes < _LITTLE_ROOM:
            state, found, remedy = "warn", free, "Make room before a long recording."
        else:
            state, found, remedy = "ok", f"{free}; writing, renaming and syncing work", ""
        yield Check(
            id=f"folder {folder.title.lower()}",
            title=f"{folder.title} folder",
            state=_state(state),
            found=found,
            remedy=remedy,
        )


def _shared_memory(size_bytes: int | None) -> Check:
    little = size_bytes is not None and size_bytes < _LITTLE_SHARED
    found = "kept in ordinary files" if size_bytes is None else f"{size_bytes / (1 << 20):,.0f} MB free"
    remedy = "In a container, give it more with --shm-size=256m." if little else ""
    return Check(id="shm", title="Shared memory", state="warn" if little else "ok", found=found, remedy=remedy)


def _device(compute: Ready | Explanation) -> Check:
    if isinstance(compute, Explanation):
        return _unanswered("device", "Heavy work", compute)
    odd = compute.device == "CPU" and compute.device_reason not in _PLAIN_CPU
    return Check(
        id="device",
        title="Heavy work",
        state="warn" if odd else "ok",
        found=f"{compute.device}: {compute.device_reason}" if compute.device_reason else compute.device,
        remedy="Bring driver and torch together, or leave it: the CPU does the same work more slowly." if odd else "",
    )


def _torch(versions: dict[str, str]) -> Check:
    torch, torchaudio = (versions.get(name, "").partition("+")[0] for name in ("torch", "torchaudio"))
    if not torch:
        state, found = "warn", "not installed"
        remedy = "CREPE, separation and cloning need it: packaging/run --setup with the extra engines."
    elif torchaudio and torchaudio != torch:
        state, found = "fail", f"torch {torch} and torchaudio {torchaudio} do not belong together"
        remedy = f'Install the same release of both: pip install "torchaudio=={torch}".'
    else:
        state, found, remedy = "ok", f"{torch}" + (f", torchaudio {torchaudio}" if torchaudio else ""), ""
    return Check(id="torch", title="torch", state=_state(state), found=found, remedy=remedy)


def _codecs(codecs: Codecs | Explanation) -> Check:
    if isinstance(codecs, Explanation):
        return _unanswered("codecs", "File formats", codecs)
    if codecs.missing:
        return Check(
            id="codecs",
            title="File formats",
            state="warn",
            found=f"{codecs.library} writes {', '.join(codecs.can_write)}, but not {', '.join(codecs.missing)}",
            remedy="Install PyAV from its wheel: pip install --force-reinstall --only-binary av av",
        )
    return Check(
        id="codecs", title="File formats", state="ok", found=f"{codecs.library} writes {', '.join(codecs.can_write)}"
    )


def _engines(compute: Ready | Explanation) -> Iterable[Check]:
    if isinstance(compute, Explanation):
        yield _unanswered("engines", "Engines", compute)
        return
    for card in compute.engines:
        yield Check(
            id=f"engine {card.id}",
            title=f"{card.name} ({card.task})",
            state="warn" if card.missing else "ok",
            found=card.missing or "ready",
            remedy="Install it if you want this engine; the others work without." if card.missing else "",
        )


def _leftovers(left: Leftovers) -> Iterable[Check]:
    yield Check(
        id="segments",
        title="Shared memory left by crashes",
        state="ok",
        found=f"{len(left.segments)} removed" if left.segments else "none",
    )
    yield _left("takes", "Interrupted recordings", left.takes, "Open the studio: it offers to keep them.")
    yield _left("untitled", "Projects without a name", left.untitled, "Open the studio and save them, or leave them.")
    yield Check(
        id="locks",
        title="Locks of programs that are gone",
        state="ok",
        found=f"{len(left.stale_locks)}, which opening the project removes" if left.stale_locks else "none",
    )


def _left(id: str, title: str, names: tuple[str, ...], remedy: str) -> Check:
    if not names:
        return Check(id=id, title=title, state="ok", found="none")
    return Check(id=id, title=title, state="warn", found=_named(names), remedy=remedy)


def _unanswered(id: str, title: str, why: Explanation) -> Check:
    return Check(id=id, title=title, state="fail", found=f"{why.title} {why.cause}".strip(), remedy=why.remedy)


def _named(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:4]) + (f" and {len(shown) - 4} more" if len(shown) > 4 else "")


def _state(word: str) -> State:
    return "fail" if word == "fail" else "warn" if word == "warn" else "ok"
