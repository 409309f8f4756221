"""Our SVG pictures with `currentColor` replaced by a colour: bytes for a renderer, files for the style sheet."""

from functools import lru_cache
from pathlib import Path

from studio import paths


@lru_cache(maxsize=128)
def source(name: str) -> str:
    """The text of `resources/icons/<name>.svg`; FileNotFoundError names an icon that nobody has drawn."""
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, colour: str) -> bytes:
    """An icon in one colour, `#rrggbb`."""
    return source(name).replace("currentColor", colour).encode()


def tinted_file(name: str, colour: str) -> str:
    """The path of an icon in one colour, written to the cache: a style sheet takes pictures only from files."""
    folder = paths.cache() / "icons"
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-{colour.removeprefix('#')}.svg"
    wanted = tinted(name, colour)
    if not file.exists() or file.read_bytes() != wanted:
        _replace(file, wanted)
    return file.as_posix()


def _replace(file: Path, content: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)


@lru_cache(maxsize=128)
def exists(name: str) -> bool:
    """Whether somebody has drawn this icon."""
    return bool(name) and (paths.resources() / "icons" / f"{name}.svg").exists()
