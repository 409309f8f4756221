"""What every worker is told, and what every worker says of itself and of its jobs."""

from typing import Literal, NewType

from msgspec import Struct

from studio.errors import Explanation

JobId = NewType("JobId", int)
Role = Literal["live", "compute", "capture", "models", "video"]


class Message(Struct, frozen=True, kw_only=True, tag=True):
    """Tagged with its class name, so that one decoder tells them apart and rejects anything else."""


class Cancel(Message, frozen=True, kw_only=True):
    """Stop a job. Answered by `Stopped`, or by its result if that was already on the way."""

    job: JobId


class Shutdown(Message, frozen=True, kw_only=True):
    """Finish takes, free memory and exit with status 0."""


class InjectFault(Message, frozen=True, kw_only=True):
    """Break on purpose, as tests and the hidden menu ask: obeyed only when STUDIO_FAULTS=1 is set."""

    kind: Literal["crash", "segfault", "hang", "hold_gil", "print", "flood_stderr", "garbage", "exhaust_memory"]


class ControlCard(Struct, frozen=True, kw_only=True):
    """Something about an engine that a person can turn: its key in the settings, and its limits, both inclusive."""

    id: str
    title: str
    low: float
    high: float
    default: float
    unit: str = ""
    about: str = ""


class VoiceCard(Struct, frozen=True, kw_only=True):
    """A voice that an engine brings: the id that it is asked for by, what a person calls it, and what it speaks."""

    id: str
    name: str
    language: str = ""


class EngineCard(Struct, frozen=True, kw_only=True):
    """What the desktop knows of an engine. `missing` says why it cannot run here, "" that it can.

    `voices` are those that it brings itself and that are installed.
    """

    id: str
    task: Literal["pitch", "separate", "denoise", "dereverb", "learn", "speak", "convert", "recognise", "detect"]
    name: str
    licence: str
    languages: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    missing: str = ""
    about: str = ""
    stems: tuple[int, ...] = ()
    controls: tuple[ControlCard, ...] = ()
    voices: tuple[VoiceCard, ...] = ()


class Ready(Message, frozen=True, kw_only=True):
    """The first word of every worker. `device` is what heavy work runs on and `device_reason` says why."""

    protocol: int
    role: Role
    pid: int
    device: str = "CPU"
    device_reason: str = ""
    engines: tuple[EngineCard, ...] = ()


class Heartbeat(Message, frozen=True, kw_only=True):
    """Still alive: said once a second by a thread that does nothing else.

    Silence longer than `patience_s` after it means that the worker hangs.
    """

    rss_bytes: int
    patience_s: float = 5.0


class Progress(Message, frozen=True, kw_only=True):
    """How far a job is, 0 to 1, and what it is doing now ("Decoding", "Finding the pitch")."""

    job: JobId
    fraction: float
    stage: str = ""


class Failed(Message, frozen=True, kw_only=True):
    """The job ended without a result, and this is what the person is told."""

    job: JobId
    why: Explanation


class Stopped(Message, frozen=True, kw_only=True):
    """The job was called off."""

    job: JobId


class Refused(Message, frozen=True, kw_only=True):
    """A request that is not a job could not be done; `request` is its class name, `serial` its number if it has one."""

    request: str
    why: Explanation
    serial: int = 0
