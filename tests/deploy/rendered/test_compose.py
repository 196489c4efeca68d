"""docker-compose.yml against the schema of the Compose specification."""

import jsonschema

from tests.deploy.reading import ROOT, read_json, read_yaml

SCHEMA = ROOT / ".tools" / "check_jsonschema" / "builtin_schemas" / "vendor" / "compose-spec.json"


def test_the_specification_knows_every_word() -> None:
    jsonschema.validate(read_yaml(ROOT / "docker-compose.yml"), read_json(SCHEMA))
