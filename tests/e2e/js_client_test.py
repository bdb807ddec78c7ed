#!/usr/bin/env python3
"""The stock JS client of the original, @encointer/worker-api as published, against the whole worker."""
import json
import subprocess
import unittest

from support import npm_folder, suite
from support.scale import base58
from support.stage import UNIT, Stage

SCRIPT_SECONDS_MAX = 180
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class JsClient(unittest.TestCase):
    def test_gets_key_nonce_and_balance(self):
        stage.wallet.ok("shield", "//Bob", "//Alice", "5")
        done = subprocess.run(["node", "getters.mjs", f"wss://{stage.endpoint_address}"],
                              cwd=npm_folder.installed_client("js-client"), capture_output=True, text=True,
                              timeout=SCRIPT_SECONDS_MAX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["shielding_key"], {"algorithm": "RSA-OAEP", "bits": 3072})
        self.assertEqual((answer["shard"], answer["mrenclave"]), (base58(stage.shard), base58(stage.fingerprint)))
        self.assertEqual((answer["nonce"], answer["balance"]), (0, str(5 * UNIT)))


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet", "js")
