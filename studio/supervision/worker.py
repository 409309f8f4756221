"""The desktop's side of one worker process: start it, talk to it, notice when it dies or hangs, start it again."""

import sys
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from studio.errors import Explanation
from studio.ipc.segment import sweep
from studio.protocol.common import Cancel, Heartbeat, Ready, Role, Shutdown
from studio.protocol.messages import PROTOCOL, Event, Job, Request
from studio.protocol.wire import BadFrame, Frames, decode_event, frame
from studio.supervision import environment, memory
from studio.supervision.obituary import Death, explain_death, explain_giving_up, explain_version, stderr_log
from studio.supervision.policy import Pulse, RestartPolicy
from studio.supervision.spill import Spill
from studio.supervision.unanswered import Unanswered

_LOOK_EVERY_MS: Final = 250
_HANG_S: Final = 5.0
_START_S: Final = 60.0  # until Ready there are no heartbeats, and a cold disk is slow
_KILLED_MS: Final = 2000


class State(StrEnum):
    """Where a worker is in its life.

    stopped → starting → ready → stopping → stopped; a death leads through waiting back to starting, the fifth
    in three minutes to gave_up, which only `start` or `restart` leave.
    """

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"
    STOPPING = "stopping"
    GAVE_UP = "gave_up"


class Worker(QObject):
    """Keeps one worker process alive. UI thread only; never waits, except in `finish`.

    When the process dies, the job that it was doing is answered with `Failed` ("The job stopped at 62 %."), or
    `Stopped` where it had been called off; jobs that had not begun are sent again to the next process. These
    answers come by `said`, before `died`.
    """

    said = Signal(object)  # Event
    ready = Signal(object)  # Ready
    died = Signal(object)  # Explanation: of every death, also the last
    gave_up = Signal(object)  # Explanation: it is not started again
    state_changed = Signal(str)

    def __init__(
        self,
        role: Role,
        command: tuple[str, ...] = (),
        parent: QObject | None = None,
        *,
        policy: RestartPolicy | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.role = role
        self._command = command or (sys.executable, "-P", "-m", "studio.workers", role)
        self._policy = policy or RestartPolicy()
        self._now_s = now_s
        self._state = State.STOPPED
        self._process: QProcess | None = None
        self._frames = Frames()
        self._pulse = Pulse()
        self._unsent: list[Request] = []
        self._unanswered = Unanswered()
        self._last_ready: Ready | None = None
        self._killed_because = ""
        self._kernel_kills: int | None = None
        self._restart_wanted = False
        self._fatal: Explanation | None = None
        self._spill = Spill(stderr_log(role))
        self._look = QTimer(self, interval=_LOOK_EVERY_MS)
        self._look.timeout.connect(self._check)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._launch)
        self._grace = QTimer(self, singleShot=True)
        self._grace.timeout.connect(lambda: self._kill_because("It did not finish in time."))

    @property
    def state(self) -> State:
        return self._state

    @property
    def pid(self) -> int:
        """The process, or 0 when there is none."""
        return 0 if self._process is None else self._process.processId()

    @property
    def last_ready(self) -> Ready | None:
        """What the worker said of itself when it last became ready."""
        return self._last_ready

    def start(self) -> None:
        """Start the process, also after it was given up; nothing happens while it runs."""
        if self._state in (State.STOPPED, State.GAVE_UP):
            self._policy.forgive()
            self._launch()

    def send(self, request: Request) -> None:
        """Ask for something; what is asked before `ready` is sent then."""
        if isinstance(request, Job):
            self._unanswered.asked(request)
        elif isinstance(request, Cancel):
            self._unanswered.called_off(request.job)
        if self._state is State.READY:
            self._write(request)
        elif not isinstance(request, Job):
            self._unsent.append(request)

    def stop(self, grace_ms: int = 2000) -> None:
        """Ask the process to finish, and kill it when it has not after `grace_ms`. Returns at once."""
        self._again.stop()
        if self._process is None:
            self._become(State.STOPPED)
        elif self._state is not State.STOPPING:
            self._become(State.STOPPING)
            self._write(Shutdown())
            self._process.closeWriteChannel()
            self._grace.start(grace_ms)

    def restart(self) -> None:
        """Replace the process, because it does not answer a cancel or the person asked; counts as no death."""
        if self._process is None:
            self._again.stop()
            self._policy.forgive()
            self._launch()
        elif self._state is not State.STOPPING:
            self._restart_wanted = True
            self._kill_because("It did not answer and was replaced.")

    def finish(self, grace_ms: int = 2000) -> None:
        """Stop and wait until the process is gone: for the end of the program only, when no events are handled."""
        self.stop(grace_ms)
        process = self._process
        if process is not None and not process.waitForFinished(grace_ms):
            process.kill()
            process.waitForFinished(_KILLED_MS)

    def _launch(self) -> None:
        self._spill.rotate()
        process = QProcess(self)
        program, *arguments = self._command
        process.setProgram(program)
        process.setArguments(arguments)
        process.setProcessEnvironment(environment.of_worker(self.role))
        process.setStandardErrorFile(str(self._spill.path), QProcess.OpenModeFlag.Append)
        parameters = QProcess.UnixProcessParameters()
        parameters.flags = QProcess.UnixProcessFlag.CloseFileDescriptors | QProcess.UnixProcessFlag.ResetSignalHandlers
        process.setUnixProcessParameters(parameters)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed_to_start)
        self._process = process
        self._kernel_kills = memory.kernel_kills()
        self._frames = Frames()
        self._killed_because = ""
        self._restart_wanted = False
        self._fatal = None
        self._pulse.begin(self._now_s(), _START_S)
        self._become(State.STARTING)
        self._look.start()
        process.start()

    def _read(self) -> None:
        process = self._process
        if process is None or self._killed_because:
            return
        self._pulse.heard(self._now_s())
        try:
            for body in self._frames.feed(bytes(process.readAllStandardOutput().data())):
                self._hear(decode_event(body))
                if process is not self._process:
                    return  # whoever heard it stopped us
        except BadFrame as error:
            self._kill_because(f"It sent what is no message of ours ({error}).")

    def _hear(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._greet(event)
        elif self._state is State.STARTING:
            raise BadFrame(f"{type(event).__name__} before Ready")
        else:
            if isinstance(event, Heartbeat):
                self._pulse.be_patient(min(event.patience_s, _START_S))
            self._unanswered.heard(event)
            self.said.emit(event)

    def _greet(self, event: Ready) -> None:
        if event.protocol != PROTOCOL or event.role != self.role:
            why = explain_version(self.role, event.protocol, PROTOCOL)
            self._fatal = why
            self._kill_because(why.cause)
            return
        self._last_ready = event
        self._policy.became_ready(self._now_s())
        self._pulse.begin(self._now_s(), _HANG_S)
        if self._state is State.STARTING:
            self._become(State.READY)
            unsent, self._unsent = self._unsent, []
            for request in (*self._unanswered.jobs, *unsent):
                self._write(request)
        self.said.emit(event)
        self.ready.emit(event)

    def _write(self, request: Request) -> None:
        if self._process is not None:
            self._process.write(frame(request))

    def _check(self) -> None:
        self._spill.look()
        if self._pulse.is_overdue(self._now_s()) and self._state in (State.STARTING, State.READY):
            self._kill_because(f"It did not answer for {self._pulse.patience_s:.0f} seconds.")

    def _kill_because(self, cause: str) -> None:
        """Kill, do not ask: a process that hangs would not hear it."""
        if self._process is not None:
            self._killed_because = self._killed_because or cause
            self._process.kill()

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._bury(Death(role=self.role, known=f"It could not be started: {self._process.errorString()}."))

    def _ended(self, exit_code: int, exit_status: QProcess.ExitStatus) -> None:
        self._read()  # the last frames, which may be a result
        crashed = exit_status is QProcess.ExitStatus.CrashExit
        self._bury(
            Death(
                role=self.role,
                exit_code=0 if crashed else exit_code,
                signal_number=exit_code if crashed else 0,  # Qt puts the signal there
                known=self._killed_because,
                memory_ran_short=crashed and memory.ran_short(self._kernel_kills),
            )
        )

    def _bury(self, death: Death) -> None:
        if self._process is not None:
            self._process.deleteLater()
        self._process = None
        self._look.stop()
        self._grace.stop()
        sweep()
        why = explain_death(death)
        if self._state is State.STOPPING:
            answers = self._unanswered.lost(why, for_good=True)
            self._become(State.STOPPED)
            self._say(answers)
        elif self._restart_wanted:
            answers = self._unanswered.lost(why, for_good=False)
            self._launch()
            self._say(answers)
        else:
            self._mourn(why)

    def _mourn(self, why: Explanation) -> None:
        delay_s = None if self._fatal is not None else self._policy.died(self._now_s())
        answers = self._unanswered.lost(why, for_good=delay_s is None)
        if delay_s is None:
            self._unsent.clear()
            self._become(State.GAVE_UP)
        else:
            self._again.start(round(delay_s * 1000))
            self._become(State.WAITING)
        self._say(answers)
        self.died.emit(why)
        if delay_s is None:
            self.gave_up.emit(self._fatal or explain_giving_up(self.role, why))

    def _say(self, answers: tuple[Event, ...]) -> None:
        for answer in answers:
            self.said.emit(answer)

    def _become(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(str(state))
