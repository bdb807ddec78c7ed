"""The frame of an end-to-end test program: what it needs, where it works, and how it ends."""
import faulthandler
import inspect
import os
import pathlib
import shutil
import unittest

from . import material, chains


def main(*needs):
    """Last line of a test program. Skips (or fails, in CI) when something it needs is missing.

    The need 'chain' is the chain that the suite is told to run on (chains.py).
    """
    faulthandler.enable()
    material.skip_or_fail([chains.kind() if need == "chain" else need for need in needs])
    unittest.main(verbosity=2, failfast=os.environ.get("REDOUBT_E2E_KEEP_GOING") is None)


def work_dir():
    """An empty folder for the calling test program's data and logs; kept afterwards for whoever looks for a cause."""
    name = pathlib.Path(inspect.stack()[1].filename).stem
    folder = material.build_dir() / "e2e" / f"{name}.{chains.kind()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
