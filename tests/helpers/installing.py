"""Putting a model of a test's own making where installed ones lie, through the door for models from disk."""

import shutil
from pathlib import Path

from studio.catalogue import store
from studio.catalogue.store import Installed, InstalledFile


def install(engine: str, source: Path, id: str = "own", languages: tuple[str, ...] = ("en",)) -> Installed:
    """Install every file of a folder as a model of an engine."""
    files = tuple(
        InstalledFile(
            name=path.name, size_bytes=path.stat().st_size, sha256=store.sha256_of(path), checked_by="nothing"
        )
        for path in sorted(source.iterdir())
    )
    made = Installed(
        id=id,
        name=id,
        engine=engine,
        publisher="a test",
        licence="MIT",
        page="",
        languages=languages,
        about="",
        memory_mb=10,
        files=files,
        source="import",
    )

    def fill(folder: Path) -> None:
        for file in files:
            shutil.copyfile(source / file.name, folder / file.name)

    store.adopt(made, fill)
    return made
