"""The supervisor's process; `Stack` starts it.

python -m bezkart.local <run dir> <demo|dev> <all|stores> <detached|attached>
"""

import asyncio
import fcntl
import sys
from pathlib import Path

from bezkart.local.child import end_with_parent, now
from bezkart.local.plan import ENVS, PARTS
from bezkart.local.rundir import RunDir
from bezkart.local.supervisor import Supervisor, make_plan


def main(arguments: list[str]) -> int:
    folder, env, parts, life = arguments
    if life == "attached":
        end_with_parent()
    run_dir = RunDir.at(Path(folder))
    with run_dir.supervisor_lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"{now()} another supervisor owns {run_dir.root}\n")
            return 1
        plan = make_plan(run_dir, env=ENVS[env], parts=PARTS[parts])
        asyncio.run(Supervisor(plan, parts=PARTS[parts], log=sys.stdout).run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
