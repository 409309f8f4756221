"""Gives Python's own `import` back after PySide6 has put another in its place.

PySide6's reads the source of every module imported afterwards, to look for a manner of writing names that the studio
does not use, and keeps the text: 12 MB and a tenth of the start by the time the window is filled. Nothing is said for
switching it off, so whoever imports PySide6 first imports this next.
"""

import builtins

if (_own := getattr(builtins, "__orig_import__", None)) is not None:
    builtins.__import__ = _own
