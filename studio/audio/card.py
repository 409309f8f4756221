"""A sound device as a value."""

from typing import Literal, NamedTuple

Direction = Literal["input", "output"]


class Card(NamedTuple):
    """A device: its name, what it can do, and how it is reached."""

    name: str
    inputs: int
    outputs: int
    rate_hz: float
    is_default_input: bool
    is_default_output: bool
    number: int
    route: str = ""

    @property
    def monitors(self) -> bool:
        """Whether it hears what an output plays instead of the room."""
        return self.route.endswith(".monitor")
