"""A running network that says how far it is, and stops when nobody wants its answer any more."""

from typing import TYPE_CHECKING

from studio.engines.base import Report

if TYPE_CHECKING:
    from demucs.apply import Model

_STAGE = "Taking the sound apart"
_LISTS = ("encoder", "tencoder", "decoder", "tdecoder", "crosstransformer.layers", "crosstransformer.layers_t")


class Pulse:
    """Counts the layers of one network as they finish. Between `start` and the end of the network it may raise."""

    def __init__(self) -> None:
        self._report: Report | None = None
        self._from = self._to = 0.0
        self._layers = 1
        self._done = 0

    def watch(self, network: "Model") -> None:
        """Be told by each layer, and by each of the parts of a layer, when it has finished."""
        self._layers = 0
        for name, module in network.named_modules():
            if name.rpartition(".")[0] in _LISTS:
                self._layers += 1
                module.register_forward_hook(lambda *_: self._finished())
            elif next(module.children(), None) is None:
                module.register_forward_hook(lambda *_: self.beat())

    def start(self, report: Report, first: float, last: float) -> None:
        """From now on, tell `report`: a network that begins stands at `first`, one that is done at `last`."""
        self._report, self._from, self._to, self._done = report, first, last, 0
        self.beat()

    def beat(self) -> None:
        """Say again how far we are; raises what `report` raises."""
        if self._report is not None:
            share = min(self._done / self._layers, 1.0) if self._layers else 0.0
            self._report(self._from + (self._to - self._from) * share, _STAGE)

    def _finished(self) -> None:
        self._done += 1
        self.beat()
