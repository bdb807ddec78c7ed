#!/usr/bin/env python3
"""A chain that makes a block for each transaction: a call is executed at once, and then chain and worker come to rest."""
import unittest

from support import devchain, suite
from support.stage import UNIT, Stage, user
from support.trusted import balance_transfer

REST_SECONDS = 3
EVENT_SECONDS_MAX = 60


class InstantSeal(unittest.TestCase):
    def setUp(self):
        work = suite.work_dir()
        self.stage = Stage(work, start_chain=lambda folder: devchain.Devchain(
            folder, "--chain-spec", devchain.funded_spec(folder), "--seal", "instant"))
        self.addCleanup(self.stage.stop)

    def settled(self):
        """The number of the last block, once the worker has imported it and wants nothing more on the chain."""
        def quiet(event):
            return (event["outbox"] == 0 and event["number"] == self.stage.chain.number()
                    and not self.stage.chain.rpc.call("author_pendingExtrinsics"))
        return self.stage.worker.wait_event("block_imported", EVENT_SECONDS_MAX, where=quiet)[1]["number"]

    def test_a_call_is_executed_and_confirmed_and_then_nothing_moves(self):
        stage, rich, poor = self.stage, user(1), user(2)
        stage.shield(rich, 5 * UNIT)
        stage.wait_account(rich, (0, 5 * UNIT))
        call = stage.send(rich, balance_transfer(rich.public, poor.public, 2 * UNIT), 0)
        status = stage.wait_status(call)
        self.assertEqual(status["status"], "executed")
        stage.wait_confirmation(status["block_number"])
        at_rest = self.settled()
        # That nothing happens can only be watched for a while; the worker has to be there meanwhile.
        stage.worker.process.run_for(REST_SECONDS)
        self.assertEqual(stage.chain.number(), at_rest)
        # It is at rest and not dead.
        stage.wait_status(stage.send(rich, balance_transfer(rich.public, poor.public, UNIT), 1))
        stage.wait_account(rich, (2, 2 * UNIT))
        self.assertGreater(self.settled(), at_rest)


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
