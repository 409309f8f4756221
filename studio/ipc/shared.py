"""What every kind of shared memory between two parts of the studio has in common: a mark, a name, a way in and out."""

from types import TracebackType
from typing import ClassVar, Self

from studio.errors import StudioError
from studio.ipc.segment import Segment


class Shared:
    """A segment whose first 8-byte word says what it holds; the kinds derive from this and fill the rest.

    Used in a `with` block it is closed at the end. StudioError when the segment holds something else.
    """

    magic: ClassVar[int]
    header_bytes: ClassVar[int]
    holds: ClassVar[str]
    """What is in it, as the end of a sentence."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._words = memoryview(segment.memory)[: self.header_bytes].cast("q")
        if self._words[0] != self.magic:
            raise StudioError(
                "memory.kind",
                "Part of the studio could not understand another part.",
                cause=f"The shared memory {segment.name} does not hold {self.holds}.",
                remedy="Close the studio and start it again.",
            )

    @classmethod
    def _made(cls, data_bytes: int, words: dict[int, int], names: tuple[int, bytes] = (0, b"")) -> Self:
        """Make one of zeros after its header; what it is by words of the header, and text of it by its place.

        StudioError when there is no shared memory for it. The mark is written last: nobody attaches to a half.
        """
        segment = Segment.create(cls.header_bytes + data_bytes)
        at, text = names
        with memoryview(segment.memory)[: cls.header_bytes] as header:
            header[at : at + len(text)] = text
            with header.cast("q") as places:
                for place, value in words.items():
                    places[place] = value
                places[0] = cls.magic
        return cls(segment)

    @classmethod
    def attach(cls, name: str) -> Self:
        """Open what another process made; StudioError when it is gone."""
        return cls(Segment.attach(name))

    @property
    def name(self) -> str:
        """What the other side attaches to."""
        return self._segment.name

    def close(self) -> None:
        """Let go of the memory; the creator also removes the name. It cannot be used afterwards."""
        self._words.release()
        self._segment.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
