"""The picture of a camera as an overlay."""

from typing import Final

import numpy as np
from av.video.reformatter import VideoReformatter

from studio.capture.camera import Cameras, Taken
from studio.capture.screen import Pixels

_STEP_PX: Final = 16
"""In a picture of another width, FFmpeg 8.1's way from YUV to BGRA leaves pixels at its edges as they were."""


class CameraPicture:
    """Fills its box with the middle of the camera's picture, scaled once for each; nothing while there is none."""

    def __init__(self, cameras: Cameras, device: str, mirrored: bool) -> None:
        self._cameras = cameras
        self._camera = cameras.use(device)
        self._mirrored = mirrored
        self._scaler = VideoReformatter()
        self._taken: Taken | None = None

    def state(self, now_s: float) -> int:
        self._taken = self._camera.newest
        return self._taken.number if self._taken is not None else 0

    def draw(self, picture: Pixels) -> None:
        if self._taken is None:
            return
        rows, columns = picture.shape[:2]
        frame = self._taken.frame
        scale = max(columns / frame.width, rows / frame.height)
        width = -(-max(columns, round(frame.width * scale)) // _STEP_PX) * _STEP_PX
        height = max(rows, round(frame.height * width / frame.width))
        how = "AREA" if scale < 1 else "BILINEAR"
        scaled = self._scaler.reformat(frame, width, height, "bgra", interpolation=how).to_ndarray()
        left, top = (width - columns) // 2, (height - rows) // 2
        inside = scaled[top : top + rows, left : left + columns].view(np.uint32)  # whole pixels turn faster than bytes
        picture.view(np.uint32)[...] = inside[:, ::-1] if self._mirrored else inside
        picture[..., 3] = 255

    def close(self) -> None:
        self._cameras.leave(self._camera)
