#!/usr/bin/env python3
"""Standard JavaScript clients, unchanged, against redoubt-devchain: they connect, submit, watch and decode everything."""
import json
import subprocess
import unittest

from support import material, npm_folder, suite
from support.devchain import Devchain

SCRIPT_SECONDS_MAX = 300
PROGRAM_SECONDS_MAX = 120


class DevchainJs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = npm_folder.installed_client("devchain-js")
        cls.work_dir = suite.work_dir()

    def run_client(self, script, *arguments):
        """What the script reports of a chain that has been running for a few blocks."""
        chain = Devchain(self.work_dir, "--block-time", "300ms", *arguments, name=f"devchain-{script}")
        try:
            done = subprocess.run(["node", f"{script}.mjs", chain.url], cwd=self.folder, capture_output=True, text=True,
                                  timeout=SCRIPT_SECONDS_MAX)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            report = json.loads(done.stdout.splitlines()[-1])
            report["methods_listed"] = chain.call("rpc_methods")["methods"]
        finally:
            self.assertEqual(chain.stop(), 0)
        return report

    def test_polkadot_js_api(self):
        report = self.run_client("polkadot-js", "--authorities", "3")
        self.assertEqual(report["methods"], len(report["methods_listed"]))
        self.assertGreater(report["blocks"], 5)
        self.assertGreater(report["events"], report["blocks"])

    def test_polkadot_api(self):
        report = self.run_client("polkadot-api")
        self.assertEqual(report["spec"], "redoubt-dev")
        self.assertGreaterEqual(report["extrinsics"], report["blocks"])


class DevchainProgram(unittest.TestCase):
    """What needs no JavaScript is here too: it runs the same program."""

    def test_says_which_port_is_in_use(self):
        chain = Devchain(suite.work_dir() / "port")
        try:
            port = chain.url.rsplit(":", 1)[1]
            second = subprocess.run([material.program("redoubt-devchain"), "--port", port], capture_output=True, text=True,
                                    timeout=PROGRAM_SECONDS_MAX)
            self.assertEqual(second.returncode, 1)
            self.assertIn(f"127.0.0.1:{port}", second.stderr)
            self.assertIn("--port", second.stderr)
        finally:
            self.assertEqual(chain.stop(), 0)

    def test_starts_again_from_what_it_exported_and_stored(self):
        folder = suite.work_dir() / "stored"
        folder.mkdir(parents=True)
        spec = folder / "spec.json"
        exported = subprocess.run([material.program("redoubt-devchain"), "export-spec", "--authorities", "2"],
                                  capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)
        spec.write_text(exported.stdout)
        arguments = ("--chain-spec", spec, "--seal", "manual", "--base-path", folder / "data")
        first = Devchain(folder, *arguments, name="first")
        head = first.call("dev_newBlock", 3)
        first.process.kill()
        second = Devchain(folder, *arguments, name="second")
        try:
            self.assertEqual(second.call("chain_getBlockHash"), head)
            self.assertEqual(second.call("grandpa_roundState")["best"]["totalWeight"], 2)
        finally:
            self.assertEqual(second.stop(), 0)


if __name__ == "__main__":
    suite.main("js", "devchain")
