"""The way back: documents, then indexes; nothing is mixed with what is there."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bson import CodecOptions, decode_file_iter, json_util
from bson.raw_bson import RawBSONDocument

from bezkart.cli.backup.dump import Client, databases
from bezkart.cli.backup.manifest import Manifest, Part
from bezkart.cli.failures import BadUsage, CommandFailed

BATCH: Final = 1000
_RAW: Final = CodecOptions[RawBSONDocument](document_class=RawBSONDocument)


def make_room(client: Client, namespace: str, *, replace: bool) -> None:
    """Drop what is there. Raises BadUsage where something is and `replace` was not said."""
    there = databases(client, namespace)
    filled = [
        name for name in there if any(client[name][each].find_one() for each in client[name].list_collection_names())
    ]
    if filled and not replace:
        raise BadUsage(f"There is data already ({', '.join(filled[:5])}, …): --replace gives it up.")
    for name in there:
        client.drop_database(name)


def load(client: Client, folder: Path, manifest: Manifest) -> None:
    """Everything that the manifest names. Raises CommandFailed when not all of it arrived."""
    for part in manifest.parts:
        _load_collection(client, folder, part)
        found = client[part.database][part.collection].count_documents({})
        if found != part.documents:
            raise CommandFailed(f"{part.database}.{part.collection} has {found} documents, not {part.documents}.")


def _load_collection(client: Client, folder: Path, part: Part) -> None:
    metadata: dict[str, Any] = json_util.loads(part.metadata(folder).read_text(encoding="utf-8"))
    database = client[part.database]
    database.create_collection(part.collection, **metadata["options"])
    collection = database.get_collection(part.collection, codec_options=_RAW)
    for batch in _batches(part.file(folder)):
        collection.insert_many(batch, ordered=False)
    indexes = [index for index in metadata["indexes"] if index["name"] != "_id_"]
    if indexes:
        database.command("createIndexes", part.collection, indexes=indexes)


def _batches(path: Path) -> Iterator[list[RawBSONDocument]]:
    with path.open("rb") as file:
        documents = decode_file_iter(file, _RAW)
        while batch := list(islice(documents, BATCH)):
            yield batch
