"""A person's voice as the library keeps it: who it is, what was recorded, what was agreed, what was learnt."""

from typing import Final, Literal

from msgspec import Struct

Treatment = Literal["denoise", "separate", "trim", "leave_clipped", "leave_others"]
"""What the program can do about a finding: take the noise, or the music, out; leave stretches out of the recordings."""

LEARNT_BY: Final = {"basic-convert": "basic"}
"""Which engine learns the voices that a converter uses, where it is another one."""

VOICE_FORM = 1
"""The form of `profile.json`; a newer one is read by a newer studio."""


class Consent(Struct, frozen=True, kw_only=True):
    """What the person whose voice it is agreed to, in the words given, and when it was written down (ISO 8601)."""

    text: str
    given: str


class Sample(Struct, frozen=True, kw_only=True):
    """A recording that a voice was learnt from: its file within the voice's folder, and what is said in it.

    `heard_by` names the recogniser that wrote the text, "" where a person did.
    """

    file: str
    text: str
    length_s: float
    original: str = ""
    heard_by: str = ""


class Finding(Struct, frozen=True, kw_only=True):
    """Something the sample doctor found: what, its number with its unit, whether it is grave, and what to do.

    `treatment` is what the program itself can do about it, "" where only the person can.
    """

    kind: str
    value: float
    unit: str
    grave: bool
    sentence: str
    remedy: str
    treatment: Treatment | Literal[""] = ""


class Learnt(Struct, frozen=True, kw_only=True):
    """What one engine learnt, in the folder of that name within the voice's."""

    engine: str
    engine_version: str
    seed: int
    wall_s: float
    cpu_s: float
    facts: dict[str, str | float] = {}
    fallback: bool = False
    """Learnt without a text: the rough way."""


class Voice(Struct, frozen=True, kw_only=True):
    """A voice of the library."""

    form: int = VOICE_FORM
    id: str
    name: str
    language: str
    created: str
    consent: Consent
    samples: tuple[Sample, ...]
    learnt: tuple[Learnt, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def length_s(self) -> float:
        """How much was recorded."""
        return sum(sample.length_s for sample in self.samples)

    def by(self, engine: str) -> Learnt | None:
        """What that engine learnt of it, or None."""
        return next((learnt for learnt in self.learnt if learnt.engine == engine), None)
