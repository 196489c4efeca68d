"""One OpenAPI document out of several: public paths only, schema names kept apart."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Document = dict[str, Any]

PUBLIC_PREFIX: Final = "/api/"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_SCHEMAS: Final = "#/components/schemas/"
_CSRF_NOTE: Final = "A session cookie; unsafe methods also need the header `X-CSRF-Guard: 1`."
_SECURITY: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An opaque token: a session's, an API key or the ops key.",
    },
    "cookie": {"type": "apiKey", "in": "cookie", "name": "bezkart_session", "description": _CSRF_NOTE},
}


def merge(documents: Mapping[str, Document], *, title: str, version: str) -> Document:
    """`documents` by service name → one document. A schema name used with different contents gets its service before it."""
    clashing = _clashing_schemas(documents)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": dict(_SECURITY)},
        "security": [{"token": []}, {"cookie": []}],
    }
    for service, document in documents.items():
        renames = {name: f"{service.capitalize()}{name}" for name in _schemas(document) if name in clashing}
        for path, item in _public_paths(document):
            merged["paths"].setdefault(path, {}).update(_operations(_renamed(item, renames), service))
        for name, schema in _schemas(document).items():
            merged["components"]["schemas"][renames.get(name, name)] = _renamed(schema, renames)
    return merged


def _schemas(document: Document) -> Document:
    schemas: Document = document.get("components", {}).get("schemas", {})
    return schemas


def _public_paths(document: Document) -> Iterator[tuple[str, Document]]:
    return ((path, item) for path, item in document.get("paths", {}).items() if path.startswith(PUBLIC_PREFIX))


def _clashing_schemas(documents: Mapping[str, Document]) -> set[str]:
    """Names that mean different things in two services: by their own text, or because of what they refer to."""
    shared: dict[str, list[Any]] = {}
    for document in documents.values():
        for name, schema in _schemas(document).items():
            shared.setdefault(name, []).append(schema)
    shared = {name: schemas for name, schemas in shared.items() if len(schemas) > 1}
    clashing = {name for name, schemas in shared.items() if any(schema != schemas[0] for schema in schemas)}
    while grown := {name for name in shared.keys() - clashing if _leans_on(clashing, shared[name][0])}:
        clashing |= grown
    return clashing


def _leans_on(names: set[str], schema: Any) -> bool:
    """Whether a schema refers to one that will be renamed; the same text then means different things in two services."""
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        here = isinstance(reference, str) and reference.removeprefix(_SCHEMAS) in names
        return here or any(_leans_on(names, value) for value in schema.values())
    return isinstance(schema, list) and any(_leans_on(names, value) for value in schema)


def _renamed(value: Any, renames: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _reference(item, renames) if key == "$ref" else _renamed(item, renames) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_renamed(item, renames) for item in value]
    return value


def _reference(reference: str, renames: Mapping[str, str]) -> str:
    name = reference.removeprefix(_SCHEMAS)
    return f"{_SCHEMAS}{renames.get(name, name)}" if reference.startswith(_SCHEMAS) else reference


def _told(operation: Document) -> Document:
    """Titles for people: what an operation does, in the first sentence of its description, not its function's name."""
    title, _, rest = " ".join(operation.get("description", "").split()).partition(". ")
    return {**operation, "summary": title.removesuffix("."), "description": rest} if title else operation


def _operations(item: Document, service: str) -> Document:
    """The operations of a path under their resource (else their service), with ids that stay unique across services."""
    return {
        method: {
            **_told(operation),
            "tags": operation.get("tags") or [service],
            "operationId": f"{service}_{operation.get('operationId', method)}",
        }
        if method in _METHODS
        else operation
        for method, operation in item.items()
    }
