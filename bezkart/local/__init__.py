"""Runs the whole stack on one machine without Docker: real servers as plain processes under a run directory."""

from bezkart.local.rundir import default_run_dir
from bezkart.local.stack import Stack, StackError, StoreAddresses, stores

__all__ = ["Stack", "StackError", "StoreAddresses", "default_run_dir", "stores"]
