#!/usr/bin/env python3
"""Starts the real runtime's chain and runs the chain client's test program against it."""
import os
import subprocess
import unittest

from support import material, suite
from support.realnode import RealNode

SECONDS_MAX = 240


class ChainClientOnTheRealRuntime(unittest.TestCase):
    def test_all(self):
        node = RealNode(suite.work_dir())
        try:
            done = subprocess.run([material.program("registry_client_realnode_test")], timeout=SECONDS_MAX,
                                  env={**os.environ, "REDOUBT_CHAIN_URL": node.url})
        finally:
            node.stop()
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    suite.main("realnode")
