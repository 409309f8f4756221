"""Names of files that the studio makes from what people type."""

import re

LONGEST_BYTES = 120
"""File systems allow 255; the rest is room for what is put behind a name (".tmp", a number)."""

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def file_name(text: str, *, suffix: str = "", otherwise: str = "Untitled") -> str:
    """Return a name that every file system takes, as near to `text` as that allows, with `suffix` behind it.

    At most `LONGEST_BYTES` bytes of UTF-8, no separators or control characters, not hidden, no device of Windows.
    """
    plain = _FORBIDDEN.sub("_", text.encode("utf-8", "replace").decode("utf-8")).strip(" .")
    if not plain:
        plain = otherwise
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    short = plain.encode()[: LONGEST_BYTES - len(suffix.encode())].decode("utf-8", "ignore")
    return short.rstrip(" .") + suffix
