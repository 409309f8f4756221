"""What the cleaners here have in common: no model to load or choose, and one way to run."""

from typing import ClassVar

from studio.engines.base import Chunking, Effort, Settings


class WithoutModel:
    """Answers what the runner asks of every cleaner, for one whose `pieces` never change."""

    pieces: ClassVar[Chunking]

    def chunking(self, settings: Settings) -> Chunking:
        """How the sound is cut for this cleaner."""
        del settings
        return self.pieces

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        """None cheaper than the usual one."""
        del settings
        return ()

    def model_hash(self, settings: Settings) -> str:
        """Empty: nothing was learned."""
        del settings
        return ""
