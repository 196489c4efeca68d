"""Fixtures for all tests live in tests/fixtures; a folder's own ones in its conftest.py."""

pytest_plugins = ["tests.fixtures.stores", "tests.fixtures.stack", "tests.fixtures.house"]
