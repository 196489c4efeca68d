"""`bezkart backup DIR`, `bezkart restore DIR`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bezkart.cli.failures import BadUsage, CommandFailed, Unreachable

if TYPE_CHECKING:
    from bezkart.cli.backup.addresses import Stores
    from bezkart.cli.backup.dump import Client

Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)]


def backup(
    folder: Folder,
    wait: Annotated[float, typer.Option(help="Seconds to wait until the events under way are handled.")] = 120.0,
) -> None:
    """Write all databases as they are at one moment, while everything goes on. The secrets are kept elsewhere."""
    from bezkart.cli.backup.addresses import from_environment, of_stack
    from bezkart.cli.backup.broker import Broker
    from bezkart.cli.backup.dump import dump
    from bezkart.cli.backup.hold import outboxes_kept
    from bezkart.local import Stack, default_run_dir

    if folder.exists() and any(folder.iterdir()):
        raise BadUsage(f"{folder} is not empty: a backup gets a folder of its own.")
    stores = from_environment() or of_stack(Stack(default_run_dir()).document)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _connected(stores) as client, Broker(stores) as broker:
        if definitions := broker.definitions():
            (folder / "rabbitmq-definitions.json").write_text(json.dumps(definitions, indent=1), encoding="utf-8")
        with outboxes_kept(client, broker, namespace=stores.namespace, patience=wait):
            manifest = dump(client, folder, namespace=stores.namespace)
    typer.echo(f"{manifest.documents} documents of {len(manifest.parts)} collections in {folder}.")


def restore(
    folder: Folder,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what is there now.")] = False,
) -> None:
    """Put a backup back. No service may run meanwhile; those of this machine's stack are kept away."""
    from bezkart.cli.backup import manifest as manifests
    from bezkart.cli.backup.broker import Broker
    from bezkart.cli.backup.load import load, make_room

    manifest = manifests.read(folder)
    with _stores_alone() as stores, _connected(stores) as client, Broker(stores) as broker:
        if stores.namespace != manifest.namespace:
            raise BadUsage(f"The backup's namespace is {manifest.namespace!r}, not {stores.namespace!r}.")
        make_room(client, stores.namespace, replace=replace)
        broker.purge()
        load(client, folder, manifest)
    typer.echo(
        f"{manifest.documents} documents of {manifest.made_at} are back. Start the services, then: bezkart doctor."
    )


@contextmanager
def _stores_alone() -> "Iterator[Stores]":
    """Those that the environment names, else this machine's, started without the services."""
    from bezkart.cli.backup.addresses import from_environment, of_stack
    from bezkart.local import Stack, default_run_dir

    if named := from_environment():
        yield named
        return
    if Stack(default_run_dir()).is_running:
        raise CommandFailed("The stack runs. Stop it first: make down.")
    stack = Stack(default_run_dir(), parts="stores", life="attached")
    try:
        stack.up()
        yield of_stack(stack.document)
    finally:
        stack.down()


@contextmanager
def _connected(stores: "Stores") -> "Iterator[Client]":
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    with MongoClient[dict[str, Any]](stores.mongo, w="majority", serverSelectionTimeoutMS=5000) as client:
        try:
            yield client
        except PyMongoError as error:
            raise Unreachable(f"MongoDB: {type(error).__name__}: {str(error)[:200]}") from None
