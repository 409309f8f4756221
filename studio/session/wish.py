"""What a person wants of a voice for something that was said or sung: whose, and how."""

from typing import Final

from msgspec import Struct, field

from studio.protocol.jobs import EngineSettings

ENGINE: Final = "basic-convert"


class Wish(Struct, frozen=True, kw_only=True):
    """In which voice, by its id, and how. With `separator` it is a song, of which only the vocals are sung again."""

    voice: str
    engine: str = ENGINE
    settings: EngineSettings = field(default_factory=dict)
    separator: str = ""
