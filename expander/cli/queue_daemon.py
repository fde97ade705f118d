"""``-q`` with a time: a process that goes over the queue again and again. See this option in the manual."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from drivers.api.options import seconds
from drivers.values import interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.cli.start import Run
    from expander.queue.agent import Agent

NO_CERTIFICATE = (
    "Warning: No server certificate defined; will use a selfsigned one.\n"
    " Suggested action: either install a certificate or change tls_advertise_hosts option"
)


def run(run: Run, agent: Agent, go_over: Callable[[], object]) -> int:
    """Let ``go_over`` be done in a process of its own at each time: the exit status of who started that.

    Others go on while it runs, at most as many as ``queue_run_max``. Who looks on (``-v``) waits for all.
    """
    options = run.options
    if agent.tell is None:
        if os.fork():
            return 0
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
    every = seconds(options.queue_interval)
    _tell_of_start(run, agent, every)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    running: set[int] = set()
    while True:
        running -= {pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]}
        most = int(run.config.options.get("queue_run_max") or 0)
        if not most or len(running) < most:
            child = os.fork()
            if not child:
                run.world.pid = os.getpid()
                go_over()
                os._exit(0)
            running.add(child)
        time.sleep(every)


def _tell_of_start(run: Run, agent: Agent, every: int) -> None:
    options, run.world.pid = run.config.options, os.getpid()
    if options.get("tls_advertise_hosts") and not options.get("tls_certificate"):
        agent.logs.main(NO_CERTIFICATE)
    queue = f"G{run.options.queue_name}/" if run.options.queue_name else ""
    agent.logs.main(
        f"exim {run.profile.version} daemon started: pid={agent.world.pid}, "
        f"-q{queue}{interval.show(every)}, not listening for SMTP"
    )
