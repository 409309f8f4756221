"""Where the studio keeps things. Everything follows from three folders, each of which an environment variable moves."""

import hashlib
import os
from pathlib import Path

import platformdirs

_APP = "melisma-studio"


def _folder(variable: str, default: str) -> Path:
    path = Path(os.environ.get(variable) or default)
    path.mkdir(parents=True, exist_ok=True)
    return path


def data() -> Path:
    """What the person made and would miss: untitled projects, voices, recovered takes."""
    return _folder("STUDIO_DATA", platformdirs.user_data_dir(_APP))


def config() -> Path:
    """Settings, window layout, recent projects."""
    return _folder("STUDIO_CONFIG", platformdirs.user_config_dir(_APP))


def cache() -> Path:
    """What can be made again: peaks, compiled kernels. May be deleted at any time."""
    return _folder("STUDIO_CACHE", platformdirs.user_cache_dir(_APP))


def logs() -> Path:
    """Logs and crash traces of every process."""
    path = cache() / "logs"
    path.mkdir(exist_ok=True)
    return path


def untitled() -> Path:
    """Projects that have no name yet, one folder each."""
    path = data() / "untitled"
    path.mkdir(exist_ok=True)
    return path


def rescued(project: Path) -> Path:
    """Where takes go whose project could not be written to: a folder for each project, made by whoever writes there."""
    return data() / "rescued" / _key(project)


def looks(project: Path) -> Path:
    """The file that says how a project's tracks are seen; it may not be there."""
    return cache() / "looks" / f"{_key(project)}.json"


def unfinished(project: Path) -> Path:
    """The file that says what was begun in a project and is not done; it may not be there."""
    return cache() / "unfinished" / f"{_key(project)}.json"


def unspoken(project: Path) -> Path:
    """The file that says which lines of a project were to be spoken and are not; it may not be there."""
    return cache() / "unspoken" / f"{_key(project)}.json"


def peaks() -> Path:
    """Peak pyramids, one file a medium, named by its content."""
    path = cache() / "peaks"
    path.mkdir(exist_ok=True)
    return path


def resources() -> Path:
    """The read-only files that come with the program."""
    inside = Path(__file__).parent / "resources"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "resources"


def _key(project: Path) -> str:
    """A name for a project's folder that no other folder has, and that a person recognises."""
    whole = str(project.absolute()).encode("utf-8", "surrogateescape")
    return f"{project.name[:60]}-{hashlib.blake2b(whole, digest_size=4).hexdigest()}"
