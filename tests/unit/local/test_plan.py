"""What each process is told, and what it is not."""

import json
import re
import stat
from dataclasses import asdict
from pathlib import Path

import pytest

from bezkart.local import gateway, keys, ports
from bezkart.local.child import describe_exit
from bezkart.local.plan import Plan, port_names
from bezkart.local.programs import Programs
from bezkart.local.rundir import RunDir, write_private
from bezkart.local.services import SERVICES
from bezkart.local.spec import Spec

PROGRAM = Path("/usr/bin/true")


@pytest.fixture
def run_dir(tmp_path: Path) -> RunDir:
    return RunDir.at(tmp_path / "run")


@pytest.fixture
def plan(run_dir: RunDir) -> Plan:
    return Plan(
        run_dir=run_dir,
        env="demo",
        ports={name: 20_000 + number for number, name in enumerate(port_names("all"))},
        secrets=keys.load_or_create(run_dir),
        programs=Programs(PROGRAM, PROGRAM, PROGRAM, PROGRAM),
        services=SERVICES,
    )


def told(plan: Plan, secret: str) -> set[str]:
    """The processes whose environment holds it."""
    return {spec.name for spec in plan.specs() if any(secret in value for value in spec.environment.values())}


class TestSecrets:
    @pytest.mark.parametrize("name", ["jwt_private_jwk", "phone_keys", "phone_index_key", "ops_key"])
    def test_identity_alone_knows_its_secrets(self, plan: Plan, name: str) -> None:
        assert told(plan, asdict(plan.secrets)[name]) == {"identity"}

    def test_the_bots_key_is_between_the_bot_and_identity(self, plan: Plan) -> None:
        assert told(plan, plan.secrets.bot_key) == {"identity", "bot"}

    def test_pages_know_no_store(self, plan: Plan) -> None:
        assert "web" not in told(plan, plan.mongo_url) | told(plan, plan.redis_url) | told(plan, plan.amqp_url)
        assert "web" not in told(plan, plan.secrets.guest_id_key)

    def test_servers_know_nothing_of_ours(self, plan: Plan) -> None:
        for spec in plan.specs():
            if spec.name in {"mongo", "redis", "rabbitmq", "gateway"}:
                assert not [name for name in spec.environment if name in {"BEZKART_ENV", "BEZKART_MONGO_URL"}]

    def test_no_secret_stands_in_a_command_line(self, plan: Plan) -> None:
        secrets = {value for name, value in asdict(plan.secrets).items() if name not in {"stack_id", "amqp_user"}}
        assert not [spec.name for spec in plan.specs() for part in spec.argv for secret in secrets if secret in part]

    def test_the_environment_of_the_caller_is_not_passed_on(self, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOMEBODYS_TOKEN", "precious")
        assert told(plan, "precious") == set()

    def test_they_are_made_once_and_kept_private(self, run_dir: RunDir) -> None:
        first = keys.load_or_create(run_dir)

        assert keys.load_or_create(run_dir) == first
        assert stat.S_IMODE(run_dir.secrets_file.stat().st_mode) == 0o600

    def test_a_file_of_an_older_version_gets_what_it_lacks(self, run_dir: RunDir) -> None:
        first = asdict(keys.load_or_create(run_dir))
        older = {name: value for name, value in first.items() if name != "erlang_cookie"}
        write_private(run_dir.secrets_file, json.dumps(older))

        second = asdict(keys.load_or_create(run_dir))

        assert second["erlang_cookie"]
        assert {name: second[name] for name in older} == older

    def test_the_public_key_belongs_to_the_private_one_and_tells_nothing(self, plan: Plan) -> None:
        private = json.loads(plan.secrets.jwt_private_jwk)
        (public,) = json.loads(plan.secrets.jwt_public_jwks)["keys"]

        assert "d" not in public
        assert (public["x"], public["kid"], public["crv"]) == (private["x"], private["kid"], "Ed25519")


class TestPlan:
    def test_each_process_has_a_name_and_a_port_of_its_own(self, plan: Plan) -> None:
        specs = plan.specs()

        assert len({spec.name for spec in specs}) == len(specs) == len(SERVICES) + 4
        assert len(set(plan.ports.values())) == len(plan.ports)

    def test_what_a_process_waits_for_exists(self, plan: Plan) -> None:
        specs = plan.specs()

        assert {name for spec in specs for name in spec.after} <= {spec.name for spec in specs}

    def test_a_process_gets_exactly_what_its_row_names(self, plan: Plan) -> None:
        specs = {spec.name: spec for spec in plan.specs()}
        for service in SERVICES:
            always = {"BEZKART_ENV", "BEZKART_STACK_ID", "BEZKART_LOG_LEVEL"}
            http = {"BEZKART_HTTP_HOST", "BEZKART_HTTP_PORT"} if service.has_http else set()
            named = {need.value for need in service.needs}
            assert ours(specs[service.name]) - always == named | http

    def test_the_gateways_configuration_is_complete(self, plan: Plan) -> None:
        plan.specs()
        text = (plan.run_dir.conf / "nginx.conf").read_text(encoding="utf-8")

        assert not re.findall(r"\$\{?GATEWAY_\w+", text)
        assert f"listen 127.0.0.1:{plan.ports['gateway']};" in text
        assert "$http_authorization" in text
        for name in gateway.BEHIND:
            assert f"server 127.0.0.1:{plan.ports[name]};" in text


def ours(spec: Spec) -> set[str]:
    return {name for name in spec.environment if name.startswith("BEZKART_")}


class TestPorts:
    @pytest.fixture
    def taken(self, monkeypatch: pytest.MonkeyPatch) -> set[int]:
        ports_taken: set[int] = set()
        monkeypatch.setattr(ports, "is_free", lambda port: port not in ports_taken)
        return ports_taken

    def test_each_name_gets_another_one(self, taken: set[int]) -> None:
        taken.update(range(20_000, 31_990))

        chosen = ports.choose([str(number) for number in range(10)], remembered={})

        assert sorted(chosen.values()) == list(range(31_990, 32_000))

    def test_the_remembered_one_is_taken_again_if_nobody_else_has_it(self, taken: set[int]) -> None:
        taken.add(20_002)

        chosen = ports.choose(["a", "b", "c"], remembered={"a": 20_001, "b": 20_002, "c": 20_001})

        assert chosen["a"] == 20_001
        assert chosen["b"] != 20_002
        assert chosen["c"] != 20_001

    def test_a_machine_without_free_ports_is_told_so(self, taken: set[int]) -> None:
        taken.update(range(20_000, 32_000))

        with pytest.raises(OSError, match="no free TCP port"):
            ports.choose(["a"], remembered={})


@pytest.mark.parametrize(
    ("code", "said"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "killed by SIGKILL"), (-15, "killed by SIGTERM")]
)
def test_an_exit_is_told_in_words(code: int, said: str) -> None:
    assert describe_exit(code) == said


class TestTelegram:
    def values(self, plan: Plan, name: str) -> set[str]:
        return {spec.environment[name] for spec in plan.specs() if name in spec.environment}

    def test_nothing_leaves_the_house(self, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BEZKART_TELEGRAM_TOKEN", raising=False)
        assert self.values(plan, "BEZKART_TELEGRAM_API") == {plan.url("standins") + "/telegram"}

    def test_a_bots_token_in_the_environment_means_the_real_one(
        self, plan: Plan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BEZKART_TELEGRAM_TOKEN", "1:real")
        assert self.values(plan, "BEZKART_TELEGRAM_TOKEN") == {"1:real"}
        assert self.values(plan, "BEZKART_TELEGRAM_API") == {"https://api.telegram.org"}
