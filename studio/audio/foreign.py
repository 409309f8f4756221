"""Opens files of others for reading, and says in words why one cannot be."""

from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from studio.errors import StudioError

PATIENCE_S: Final = 10.0


def open_foreign(path: Path) -> InputContainer:
    """Open a file of any kind that FFmpeg knows; a `StudioError` says why not."""
    name = path.name.encode("utf-8", "replace").decode()
    try:
        str(path).encode()
        if not path.is_file():
            raise _not_found(path) if not path.exists() else _not_sound(path, "It is not a file.")
        # "file:" because a name may look like a protocol; the white list because a playlist may name any address
        return av.open(f"file:{path}", options={"protocol_whitelist": "file"}, timeout=PATIENCE_S)
    except StudioError:
        raise
    except UnicodeEncodeError as error:
        raise StudioError(
            "import-name",
            f"{name} was not imported.",
            cause="Its name has characters that are not valid Unicode.",
            remedy="Rename the file, or copy it under another name, then import it again.",
        ) from error
    except PermissionError as error:
        raise StudioError(
            "import-permission",
            f"{name} was not imported.",
            cause="You may not read this file.",
            remedy="Change its permissions, or copy it to a folder of yours.",
        ) from error
    except Exception as error:
        raise _not_sound(path, "Nothing in it looks like sound or video, or it is damaged from the start.") from error


def first_sound(container: InputContainer, path: Path) -> AudioStream:
    """The sound that a player would choose; a `StudioError` where there is none."""
    if not container.streams.audio:
        raise StudioError(
            "import-no-sound",
            f"{path.name} was not imported.",
            cause="There is no sound in it.",
            remedy="Choose a sound file, or a video that has sound.",
        )
    return container.streams.audio[0]


def _not_found(path: Path) -> StudioError:
    return StudioError(
        "import-missing",
        f"{path.name} was not imported.",
        cause=f"There is no such file in {path.parent}.",
        remedy="Check the name, or whether the disk is connected.",
    )


def _not_sound(path: Path, cause: str) -> StudioError:
    return StudioError(
        "import-unreadable",
        f"{path.name} was not imported.",
        cause=cause,
        remedy="Play it in another program; if it plays there, convert it to WAV and import that.",
    )


def nothing_decoded(path: Path) -> StudioError:
    """Return what is said of a file whose sound gives nothing."""
    return _not_sound(path, "It is damaged, or its sound is of a kind that the studio cannot decode.")
