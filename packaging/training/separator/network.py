"""The network: what is heard over the whole width and time decides how far each rule is believed in each bin."""

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from studio.engines.separation.cues import BAND_CUES, FRAME_CUES, RULE_CUE
from studio.engines.separation.ear import COARSE, coarse

_OPINIONS: Final = 8
_INSIDE: Final = 96
_MEMORY: Final = 64
_MAPS: Final = 16


class Fusion(nn.Module):
    """Cues in; out come one mask for the middle and one for the side, shape (batch, 2, BANDS, frames).

    Beside them, shape (batch, 2, frames): how sure it is, in log odds, that within two seconds there is a voice, and
    that there is anything else.
    """

    def __init__(self) -> None:
        super().__init__()
        pooled = coarse()
        self.register_buffer("to_coarse", torch.from_numpy(pooled / pooled.sum(1, keepdims=True)))
        self.register_buffer("from_coarse", torch.from_numpy(np.ascontiguousarray(pooled.T)))
        self.enter = nn.Linear(BAND_CUES * COARSE + FRAME_CUES, _INSIDE)
        self.memory = nn.GRU(_INSIDE, _MEMORY, batch_first=True, bidirectional=True)
        self.opinions = nn.Linear(2 * _MEMORY, _OPINIONS * COARSE)
        self.presence = nn.Linear(2 * _MEMORY, 2)
        self.near = nn.Conv2d(BAND_CUES + _OPINIONS, _MAPS, (5, 3), padding=(2, 1))
        self.around = nn.Conv2d(_MAPS, _MAPS, (3, 5), padding=(1, 4), dilation=(1, 2))
        self.far = nn.Conv2d(_MAPS, _MAPS, (3, 5), padding=(2, 8), dilation=(2, 4))
        self.leave = nn.Conv2d(_MAPS + BAND_CUES + _OPINIONS, 2, 1)
        nn.init.normal_(self.leave.weight, std=0.01)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, bands: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        coarse = torch.matmul(self.get_buffer("to_coarse"), bands).flatten(1, 2)
        seen = torch.cat([coarse, frames], 1).transpose(1, 2)
        remembered, _ = self.memory(torch.relu(self.enter(seen)))
        opinions = self.opinions(remembered).transpose(1, 2).unflatten(1, (_OPINIONS, COARSE))
        told = torch.cat([bands, torch.matmul(self.get_buffer("from_coarse"), opinions)], 1)
        maps = torch.relu(self.near(told))
        maps = maps + torch.relu(self.around(maps))
        maps = maps + torch.relu(self.far(maps))
        # What is learnt is how far to leave the mask by rule, so that knowing nothing is as good as the rules.
        by_rule = torch.clamp(bands[:, RULE_CUE : RULE_CUE + 1], 0.03, 0.97)
        masks = torch.sigmoid(torch.log(by_rule / (1 - by_rule)) + self.leave(torch.cat([maps, told], 1)))
        return masks, self.presence(remembered).transpose(1, 2)
