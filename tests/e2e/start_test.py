#!/usr/bin/env python3
"""Start of a worker: keys, funds, registration, shard configuration, and starting again."""
import unittest

from support import suite
from support.chain import transfer_call
from support.stage import UNIT, Stage
from support.worker import Worker

stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir(), worker=False)


def tearDownModule():
    if stage is not None:
        stage.stop()


class Start(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    def registered(self):
        return stage.wallet.ok("registry", "list")["enclaves"]

    def test_1_says_which_account_needs_how_much(self):
        stage.worker = Worker(stage.node.url, stage.work_dir / "data", dev=False)
        _, funding = stage.worker.wait_event("waiting_for_funds")
        account = bytes.fromhex(funding["account_hex"].removeprefix("0x"))
        needed = int(funding["missing"])
        self.assertGreater(needed, 0)
        self.assertEqual(stage.chain.account(account)[1], 0, "it funds nothing by itself")
        self.assertEqual(self.registered(), [])
        stage.chain.send("//Alice", transfer_call(account, max(needed, UNIT)))
        stage.ready = stage.worker.wait_ready()
        self.assertEqual(stage.account, account)

    def test_2_is_registered_and_configures_the_shard(self):
        enclaves = self.registered()
        self.assertEqual(len(enclaves), 1)
        enclave = enclaves[0]
        self.assertEqual(enclave["account_id"], "0x" + stage.account.hex())
        self.assertEqual(enclave["fingerprint"], "0x" + stage.fingerprint.hex())
        self.assertEqual(enclave["url"], stage.ready["url"])
        shard = stage.wallet.ok("shard", "show")
        self.assertEqual(shard["fingerprint"], "0x" + stage.fingerprint.hex())

    def test_3_confirms_blocks(self):
        number = stage.chain.number()
        self.assertEqual(stage.wait_processed(number).shard, stage.shard)

    def test_4_stops_when_asked_and_goes_on_with_the_same_keys(self):
        before = stage.ready
        self.assertEqual(stage.worker.stop(), 0)
        ready = stage.start_worker(dev=False)
        for field in ("account_hex", "shard", "measurement"):
            self.assertEqual(ready[field], before[field])
        self.assertEqual(len(self.registered()), 1)
        stage.wait_processed(stage.chain.number())

    def test_5_dev_funds_the_account_from_alice(self):
        self.assertEqual(stage.worker.stop(), 0)
        other = Stage(stage.work_dir / "second")
        try:
            self.assertGreater(other.chain.account(other.account)[1], 0)
            self.assertNotEqual(other.account, stage.account)
            other.wait_processed(other.chain.number())
        finally:
            other.stop()


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
