#!/usr/bin/env python3
"""Fetches the npm packages of the test chain once, so that no test's time limit pays for it."""
import sys

from support import material, realnode

if __name__ == "__main__":
    material.skip_or_fail(["realnode"])
    print(f"installed in {realnode.installed_copy()}")
    sys.exit(0)
