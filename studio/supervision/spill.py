"""The file that takes a worker's stderr, kept from growing without end."""

from pathlib import Path
from typing import Final

_ROTATE_BYTES: Final = 4 * 2**20
_FULL_BYTES: Final = 32 * 2**20
_TAIL_BYTES: Final = 64 * 2**10


class Spill:
    """A file that a process appends to by itself, so that what it prints never passes through the desktop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._older = path.with_name(f"{path.name}.1")

    def rotate(self) -> None:
        """Begin a new file when the old one is long; for a moment at which nobody writes to it."""
        if self._size_bytes() > _ROTATE_BYTES:
            self.path.replace(self._older)

    def look(self) -> None:
        """Empty a file that a flood has filled, keeping its end. The writer appends, so it goes on at the start."""
        size_bytes = self._size_bytes()
        if size_bytes <= _FULL_BYTES:
            return
        with self.path.open("r+b") as file:
            file.seek(size_bytes - _TAIL_BYTES)
            self._older.write_bytes(file.read(_TAIL_BYTES))
            file.truncate(0)

    def _size_bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0
