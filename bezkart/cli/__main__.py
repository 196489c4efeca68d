"""`python -m bezkart.cli`, where the `bezkart` command is not installed."""

from bezkart.cli.main import app

app()
