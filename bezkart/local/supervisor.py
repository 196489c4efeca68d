"""Owns all processes of a stack: starts them, keeps them running, keeps `stack.json` true, stops them on SIGTERM."""

import asyncio
import os
import signal
from typing import Any, TextIO

from bezkart.local import keys, ports, procfs
from bezkart.local.child import Child, now
from bezkart.local.epmd import Epmd
from bezkart.local.plan import Env, Parts, Plan, port_names
from bezkart.local.programs import find_programs
from bezkart.local.rundir import RunDir
from bezkart.local.services import SERVICES
from bezkart.local.spec import Stage


class Supervisor:
    def __init__(self, plan: Plan, *, parts: Parts, log: TextIO) -> None:
        self._log = log
        self._plan = plan
        self._parts = parts
        self._state = "starting"
        self._changed = asyncio.Event()
        specs = plan.specs()
        self._ready = {spec.name: asyncio.Event() for spec in specs}
        self._children = [
            Child(spec, log=plan.run_dir.log_of(spec.name), ready=self._ready, report=self._report) for spec in specs
        ]

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        self._write()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        names = await Epmd().listen(self._plan.ports["erlang-names"])
        tasks = [asyncio.create_task(child.run()) for child in self._children]
        tasks += [asyncio.create_task(self._announce()), asyncio.create_task(self._keep_written())]
        waiting = asyncio.create_task(stop.wait())
        # None of the others ends by itself: if one does, it failed, and the stack must not run unwatched.
        done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        await self._stop(tasks)
        names.close()
        for task in done - {waiting}:
            task.result()

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        self._enter("stopping")
        for stage in sorted(Stage):
            await asyncio.gather(*(child.stop() for child in self._children if child.spec.stage == stage))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._enter("stopped")
        self._write()

    async def _announce(self) -> None:
        for event in self._ready.values():
            await event.wait()
        self._enter("ready")
        await asyncio.Event().wait()

    async def _keep_written(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._write()
            await asyncio.sleep(0.05)

    def _enter(self, state: str) -> None:
        self._state = state
        self._report(f"stack: {state}")

    def _report(self, message: str) -> None:
        self._log.write(f"{now()} {message}\n")
        self._log.flush()
        self._changed.set()

    def _write(self) -> None:
        me = procfs.look_up(os.getpid())
        document: dict[str, Any] = {
            "state": self._state,
            "env": self._plan.env,
            "parts": self._parts,
            "supervisor": {"pid": os.getpid(), "started": me.started if me else None},
            **self._plan.addresses(),
            "ports": dict(self._plan.ports),
            "processes": [child.document() for child in self._children],
        }
        self._plan.run_dir.write_stack(document)


def make_plan(run_dir: RunDir, *, env: Env, parts: Parts) -> Plan:
    """A plan with free ports; those of the last start are taken again where they are still free."""
    remembered = {name: int(port) for name, port in run_dir.read_stack().get("ports", {}).items()}
    return Plan(
        run_dir=run_dir,
        env=env,
        ports={**remembered, **ports.choose(port_names(parts), remembered=remembered)},
        secrets=keys.load_or_create(run_dir),
        programs=find_programs(),
        services=SERVICES if parts == "all" else (),
    )
