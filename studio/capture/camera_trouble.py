"""What a person is told where a camera is not shown; whatever shows it goes on without it."""

import errno
import platform
from typing import Final

from studio.errors import Explanation

_BY_ITSELF: Final = "It appears by itself. A recording goes on without it."
_PERMISSION: Final = {
    "Linux": "Add your account to the group “video”, then log in again.",
    "Darwin": "Allow it in System Settings > Privacy & Security > Camera, then start the studio again.",
    "Windows": "Allow it in Settings > Privacy & security > Camera.",
}


def missing(device: str) -> Explanation:
    cause = f"There is no camera called {device}: it is unplugged, or switched off." if device else "There is none."
    return _explanation("missing", device or "camera", cause, f"Plug it in, or choose another one. {_BY_ITSELF}")


def cannot_open(name: str, error: OSError) -> Explanation:
    """The sentence for what the system said: busy, refused, gone, or something else."""
    match error.errno:
        case errno.EBUSY:
            return _explanation("busy", name, "Another program uses it.", f"Close that program. {_BY_ITSELF}")
        case errno.EACCES | errno.EPERM:
            remedy = _PERMISSION.get(platform.system(), "Allow the studio to use it.")
            return _explanation("refused", name, "The system does not let this account use it.", remedy)
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return missing(name)
        case _:
            cause = f"It cannot be opened: {error.strerror or error}."
            return _explanation(
                "broken", name, cause, f"Unplug it and plug it in again, or choose another. {_BY_ITSELF}"
            )


def unreadable(name: str, error: Exception) -> Explanation:
    cause = f"Its pictures cannot be read: {str(error) or type(error).__name__}."
    return _explanation("broken", name, cause, f"Unplug it and plug it in again, or choose another. {_BY_ITSELF}")


def stopped(name: str) -> Explanation:
    cause = "It gives no pictures any more: it was unplugged, or switched off."
    return _explanation("stopped", name, cause, f"Plug it in again. {_BY_ITSELF}")


def silent(name: str) -> Explanation:
    cause = "It is open and has given no picture for some seconds."
    return _explanation("silent", name, cause, f"Unplug it and plug it in again. {_BY_ITSELF}")


def _explanation(code: str, name: str, cause: str, remedy: str) -> Explanation:
    title = "The camera is not shown." if name == "camera" else f"The camera {name} is not shown."
    return Explanation(code=f"camera.{code}", title=title, cause=cause, remedy=remedy)
