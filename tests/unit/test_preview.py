"""The newest picture in shared memory: whole, newest, never waited for."""

import threading

import numpy as np
import pytest

from studio.errors import StudioError
from studio.ipc.preview import Preview
from studio.ipc.series import Series


def plain(value: int, height: int = 8, width: int = 16) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((height, width, 4), value, np.uint8)


def test_the_newest_picture_is_given_once_with_its_own_size() -> None:
    writer = Preview.create(200)
    reader = Preview.attach(writer.name)
    assert reader.newer_than(0) is None
    writer.put(plain(1))
    writer.put(plain(2, 4, 10))

    shown = reader.newer_than(0)

    assert shown is not None
    assert (shown.number, shown.picture.shape) == (2, (4, 10, 4))
    assert (shown.picture == 2).all()
    assert reader.newer_than(shown.number) is None
    with pytest.raises(ValueError, match="does not fit"):
        writer.put(plain(3, 20, 20))
    reader.close()
    writer.close()


def test_a_picture_is_never_torn() -> None:
    writer = Preview.create(16 * 16)
    reader = Preview.attach(writer.name)
    ending = threading.Event()

    def write() -> None:
        value = 0
        while not ending.is_set():
            value = (value + 1) % 256
            writer.put(plain(value, 16 - value % 3, 16))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        seen, number = 0, 0
        while seen < 40:
            shown = reader.newer_than(number)
            if shown is None:
                continue
            assert shown.number > number
            assert len(np.unique(shown.picture)) == 1
            number, seen = shown.number, seen + 1
    finally:
        ending.set()
        thread.join()
        reader.close()
        writer.close()


def test_other_shared_memory_is_refused() -> None:
    with Series.create(("level",), 8) as series, pytest.raises(StudioError, match="does not hold pictures"):
        Preview.attach(series.name)
