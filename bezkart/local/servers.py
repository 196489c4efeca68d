"""Command lines and configuration of the stores. All of them listen on 127.0.0.1 alone."""

import os
from collections.abc import Mapping
from pathlib import Path

from bezkart.local import health, replicaset
from bezkart.local.keys import Secrets
from bezkart.local.ports import HOST
from bezkart.local.programs import Programs
from bezkart.local.rundir import RunDir, write_private
from bezkart.local.spec import Spec, Stage

STORE_PORTS = (
    "mongo",
    "redis",
    "rabbitmq",
    "rabbitmq-management",
    "rabbitmq-prometheus",
    "rabbitmq-nodes",
    "erlang-names",
)
VHOST = "bezkart"
# Every collection and index is a file, some thirty a shop: past a few thousand, mongod closes those that nobody uses.
_FEW_FILES = "file_manager=(close_handle_minimum=4000,close_idle_time=10,close_scan_interval=5)"


def store_specs(
    run_dir: RunDir, *, ports: Mapping[str, int], secrets: Secrets, programs: Programs, base: Mapping[str, str]
) -> list[Spec]:
    return [
        _mongo(run_dir, ports["mongo"], programs.mongod, base),
        _redis(run_dir, ports["redis"], programs.redis_server, secrets, base),
        _rabbitmq(run_dir, ports, programs.rabbitmq_server, secrets, base),
    ]


def _mongo(run_dir: RunDir, port: int, program: Path, base: Mapping[str, str]) -> Spec:
    folder = run_dir.folder("mongo")
    argv = (str(program), "--replSet", replicaset.NAME, "--bind_ip", HOST, "--port", str(port), "--dbpath", str(folder))
    frugal = ("--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "1024")
    unwatched = ("--setParameter", "diagnosticDataCollectionEnabled=false")
    closing = ("--wiredTigerEngineConfigString", _FEW_FILES, "--setParameter", "wiredTigerSessionCloseIdleTimeSecs=10")
    return Spec(
        name="mongo",
        stage=Stage.STORE,
        argv=(*argv, *frugal, *unwatched, *closing),
        environment=base,
        folder=folder,
        port=port,
        prepare=replicaset.become_primary(port),
        healthy=replicaset.is_primary(port),
    )


def _redis(run_dir: RunDir, port: int, program: Path, secrets: Secrets, base: Mapping[str, str]) -> Spec:
    folder = run_dir.folder("redis")
    config = run_dir.conf / "redis.conf"
    lines = (
        f"bind {HOST}",
        f"port {port}",
        f"requirepass {secrets.redis_password}",
        f'dir "{folder}"',
        "maxmemory-policy noeviction",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "daemonize no",
    )
    write_private(config, "\n".join(lines) + "\n")
    return Spec(
        name="redis",
        stage=Stage.STORE,
        argv=(str(program), str(config)),
        environment=base,
        folder=folder,
        port=port,
        healthy=health.redis_answers(port, secrets.redis_password),
    )


def _rabbitmq(
    run_dir: RunDir, ports: Mapping[str, int], program: Path, secrets: Secrets, base: Mapping[str, str]
) -> Spec:
    folder = run_dir.folder("rabbitmq")
    _write_rabbitmq_configuration(run_dir, ports, secrets)
    login = health.Login(secrets.amqp_user, secrets.amqp_password)
    return Spec(
        name="rabbitmq",
        stage=Stage.STORE,
        argv=(str(program),),
        environment={**base, **_rabbitmq_environment(run_dir, ports, secrets)},
        folder=folder,
        port=ports["rabbitmq"],
        healthy=health.both(
            health.amqp_greets(ports["rabbitmq"]),
            health.http_ok(ports["rabbitmq-management"], "/api/health/checks/virtual-hosts", login),
        ),
    )


def _write_rabbitmq_configuration(run_dir: RunDir, ports: Mapping[str, int], secrets: Secrets) -> None:
    lines = (
        f"listeners.tcp.1 = {HOST}:{ports['rabbitmq']}",
        f"management.tcp.ip = {HOST}",
        f"management.tcp.port = {ports['rabbitmq-management']}",
        f"prometheus.tcp.ip = {HOST}",
        f"prometheus.tcp.port = {ports['rabbitmq-prometheus']}",
        f"default_user = {secrets.amqp_user}",  # instead of guest/guest
        f"default_pass = {secrets.amqp_password}",
        "default_user_tags.administrator = true",
        f"default_vhost = {VHOST}",
        "management.rates_mode = basic",
        "raft.wal_max_size_bytes = 67108864",  # the default of 512 MB is kept in memory
        "log.console = true",
        "log.console.level = warning",
        "log.file = false",
    )
    write_private(run_dir.conf / "rabbitmq.conf", "\n".join(lines) + "\n")
    write_private(run_dir.conf / "rabbitmq-advanced.config", "[].\n")
    write_private(run_dir.conf / "rabbitmq-env.conf", "")
    write_private(run_dir.conf / "rabbitmq-plugins", "[rabbitmq_management,rabbitmq_prometheus].\n")
    (run_dir.conf / "rabbitmq.d").mkdir(mode=0o700, exist_ok=True)
    cookie = run_dir.folder("rabbitmq") / ".erlang.cookie"
    write_private(cookie, secrets.erlang_cookie)
    cookie.chmod(0o400)


def _rabbitmq_environment(run_dir: RunDir, ports: Mapping[str, int], secrets: Secrets) -> dict[str, str]:
    folder = run_dir.folder("rabbitmq")
    return {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"bezkart-{secrets.stack_id}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(run_dir.logs),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_UPGRADE_LOG": str(folder / "upgrade.log"),
        "RABBITMQ_PID_FILE": str(folder / "rabbitmq.pid"),
        # Each of these stands for a file or folder under /etc/rabbitmq that belongs to the system's own broker.
        "RABBITMQ_CONF_ENV_FILE": str(run_dir.conf / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(run_dir.conf / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(run_dir.conf / "rabbitmq.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(run_dir.conf / "rabbitmq-advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(run_dir.conf / "rabbitmq-plugins"),
        "RABBITMQ_DIST_PORT": str(ports["rabbitmq-nodes"]),
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(ports["erlang-names"]),
        # In ERL_FLAGS, not in RabbitMQ's own variable, because its start script runs helper nodes too.
        "ERL_FLAGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        # Loading code is thousands of small reads: without a short wait for the next one the start takes twice as long
        # (measured 13 s against 6 s). At rest it costs nothing, unlike busy waiting of the other schedulers.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio short",
        "ERL_CRASH_DUMP": os.devnull,
        # Its start script then becomes the server instead of staying its parent, so the pid we hold is the server's.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
