"""Logs: one rotating file a process, one JSON object a line; crash traces of native code beside it."""

import faulthandler
import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from types import TracebackType

import msgspec

from studio import paths

_MAX_BYTES = 4 * 1024 * 1024
_KEPT = 3


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "from": record.name,
            "says": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def start(role: str, *, verbose: bool = False) -> None:
    """Send the log of this process to `<role>.log`, native crashes to `<role>.crash`; uncaught errors are logged."""
    handler = RotatingFileHandler(
        paths.logs() / f"{role}.log", maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8"
    )
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    if verbose:
        root.addHandler(logging.StreamHandler(sys.stderr))
    crashes = os.open(paths.logs() / f"{role}.crash", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    faulthandler.enable(crashes)  # open as long as the process lives: it may have to write at the very end
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("studio").critical("nobody caught this", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        _log_uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
