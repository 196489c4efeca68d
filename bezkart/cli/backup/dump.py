"""All databases as they were at one moment, in the files that mongodump writes and mongorestore reads."""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from bson import json_util
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from bezkart.cli.backup.hold import DATABASE
from bezkart.cli.backup.manifest import Manifest, Part
from bezkart.cli.failures import CommandFailed

Client = MongoClient[dict[str, Any]]

TRIES: Final = 3
OF_MONGODB: Final = frozenset({"admin", "config", "local"})
TOO_OLD, CHANGED_MEANWHILE = 239, 246


def dump(client: Client, folder: Path, *, namespace: str) -> Manifest:
    """Write everything into `folder`, which is empty. Raises CommandFailed."""
    for _ in range(TRIES):
        try:
            parts = _dump_once(client, folder, namespace)
        except OperationFailure as failure:
            if failure.code == TOO_OLD:
                raise CommandFailed(
                    "It took longer than MongoDB keeps a moment (minSnapshotHistoryWindowInSeconds): see the runbook."
                ) from None
            if failure.code != CHANGED_MEANWHILE:
                raise
            continue  # a new shop's collections came just now
        manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), namespace, parts)
        manifest.write(folder)
        return manifest
    raise CommandFailed("New shops are opened faster than a backup can begin; try again.")


def _dump_once(client: Client, folder: Path, namespace: str) -> tuple[Part, ...]:
    """The first read sets the moment of all others."""
    known = [
        (name, each)
        for name in databases(client, namespace)
        for each in client[name].list_collections(filter={"type": "collection"})
    ]
    with client.start_session(snapshot=True) as session:
        return tuple(_dump_collection(client, session, folder, name, each) for name, each in known)


def databases(client: Client, namespace: str) -> list[str]:
    """Ours: the cluster has no others, or ours have a namespace."""
    names = [name for name in client.list_database_names() if name.startswith(namespace) and name not in OF_MONGODB]
    return sorted(name for name in names if name != f"{namespace}{DATABASE}")


def _dump_collection(
    client: Client, session: ClientSession, folder: Path, database: str, facts: Mapping[str, Any]
) -> Part:
    name = facts["name"]
    collection = client[database][name]
    (folder / database).mkdir(exist_ok=True, mode=0o700)
    documents, digest = 0, hashlib.sha256()
    with (folder / database / f"{name}.bson").open("wb") as file:
        for batch in cast("Iterable[bytes]", collection.find_raw_batches(session=session)):
            documents += sum(1 for _ in _lengths(batch))
            digest.update(batch)
            file.write(batch)
    indexes = [dict(index) for index in collection.list_indexes()]
    metadata = {"indexes": indexes, "options": facts.get("options", {}), "collectionName": name, "type": "collection"}
    text = json_util.dumps(metadata, json_options=json_util.CANONICAL_JSON_OPTIONS)
    (folder / database / f"{name}.metadata.json").write_text(text, encoding="utf-8")
    return Part(database, name, documents, digest.hexdigest())


def _lengths(batch: bytes) -> Iterator[int]:
    """Each document begins with its length."""
    at = 0
    while at < len(batch):
        (length,) = struct.unpack_from("<i", batch, at)
        yield length
        at += length
