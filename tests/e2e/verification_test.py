#!/usr/bin/env python3
"""A chain node that lies to a running worker: it refuses, names the reason, keeps its state, and goes on afterwards."""
import time
import unittest

from support import suite
from support.devchain import Devchain
from support.lying_node import LyingNode
from support.stage import Stage, user
from support.trusted import Endpoint, counter_add
from support.wallet import Wallet
from support.worker import Worker

work = None

REFUSAL_SECONDS_MAX = 60
RECOVERY_SECONDS_MAX = 180

# realnode's modes, and what the enclave calls them.
LIES = {
    "sig": {"justification_bad_signature"},
    "minority": {"justification_too_light"},
    "set": {"justification_bad_signature"},
    "hash": {"justification_wrong_target"},
    "root": {"state_proof_bad", "state_proof_missing"},
}


# The development chain's faults that a verifier can name, and what it calls them.
PROOF = {"state_proof_missing", "state_proof_bad"}
FAULTS = {
    "missing-proof-node": PROOF,
    "missing-proof-root": {"state_proof_missing"},
    "empty-proof": {"state_proof_missing"},
    "forged-proof-node": PROOF,
    "truncated-proof": PROOF,
    "duplicate-proof-node": {"state_proof_bad"},
    "unused-proof-node": {"state_proof_bad"},
    "proof-of-other-block": {"state_proof_missing"},
    "extra-extrinsic": {"extrinsics_root_mismatch"},
    "removed-extrinsic": {"extrinsics_root_mismatch"},
    "truncated-justification": {"justification_unreadable"},
    "bad-precommit-signature": {"justification_bad_signature"},
    "minority-precommits": {"justification_too_light"},
    "wrong-set-id": {"justification_bad_signature"},
    "wrong-round": {"justification_bad_signature"},
    "equivocating-voters": {"justification_too_light", "justification_bad_ancestry"},
    "unknown-voters": {"justification_foreign"},
    "votes-for-other-fork": {"justification_bad_ancestry"},
    "wrong-justification-target": {"justification_wrong_target"},
    "unused-ancestry-header": {"justification_bad_ancestry"},
    "missing-ancestry-header": {"justification_bad_ancestry"},
    "duplicate-ancestry-header": {"justification_bad_ancestry"},
    "replayed-justification": {"justification_wrong_target"},
}


def setUpModule():
    global work
    work = suite.work_dir()


def health(address):
    endpoint = Endpoint(f"wss://{address}")
    try:
        return endpoint.rpc.call("system_health")
    finally:
        endpoint.rpc.close()


class Lies(unittest.TestCase):
    """Every lie of the node with the real runtime, one after the other, to one worker that keeps running."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(work / "lies", start_chain=LyingNode)
        cls.user = user(7)
        cls.calls = 0

    @classmethod
    def tearDownClass(cls):
        cls.stage.stop()

    def count_once(self):
        """Adds 1 to the user's counter inside the shard; does not wait."""
        call = counter_add(self.user.public, 1)
        call_hash = self.stage.send(self.user, call, self.calls)
        type(self).calls += 1
        return call_hash

    def test_1_verifies_from_the_genesis_block_on(self):
        self.assertEqual(self.stage.ready["finality"], "verified")
        report = health(self.stage.endpoint_address)
        self.assertEqual(report["finality"]["anchor"]["number"], 0)
        self.assertEqual(report["finality"]["anchor"]["hash"], self.stage.ready["genesis"])
        self.assertFalse(report["stale"])
        self.assertEqual(self.stage.wait_status(self.count_once())["status"], "executed")

    def test_2_refuses_each_lie_keeps_its_state_and_goes_on(self):
        worker = self.stage.worker
        pid = worker.enclave_pid()
        for mode, reasons in LIES.items():
            with self.subTest(mode=mode):
                position = len(worker.process.lines)
                self.stage.node.lie(mode)
                where, refused = worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
                self.assertIn(refused["reason"], reasons)
                self.assertTrue(refused["cause"] and refused["remedy"])
                # Nothing that comes while the node lies is taken, and the worker still answers.
                call_hash = self.count_once()
                before = health(self.stage.endpoint_address)
                self.assertEqual(self.stage.counter(self.user), self.calls - 1)
                seen = self.stage.chain.number()
                self.stage.chain.wait_until(lambda chain, seen=seen: chain.number() >= seen + 2, REFUSAL_SECONDS_MAX)
                after = health(self.stage.endpoint_address)
                self.assertEqual((after["lastBlock"], after["lastBlockHash"]),
                                 (before["lastBlock"], before["lastBlockHash"]))
                self.assertEqual(self.stage.counter(self.user), self.calls - 1)
                self.stage.node.lie("")
                worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
                # The call that was made meanwhile counts once.
                self.assertEqual(self.stage.wait_status(call_hash, RECOVERY_SECONDS_MAX)["status"], "executed")
                self.assertEqual(self.stage.counter(self.user), self.calls)
        self.assertEqual(worker.enclave_pid(), pid, "the enclave was not restarted for it")

    def test_3_goes_on_after_a_restart(self):
        self.assertEqual(self.stage.worker.stop(), 0)
        self.stage.start_worker()
        self.assertEqual(self.stage.counter(self.user), self.calls)
        self.assertEqual(self.stage.wait_status(self.count_once())["status"], "executed")
        self.assertEqual(self.stage.counter(self.user), self.calls)


class Faults(unittest.TestCase):
    """Every fault of the development chain that a verifier can name, against one worker that keeps running."""

    def test_refuses_each_fault_names_it_and_goes_on(self):
        folder = work / "faults"
        folder.mkdir(parents=True)
        chain = Devchain(folder, "--block-time", "500ms", "--authorities", "4")
        self.addCleanup(chain.stop)
        worker = Worker(chain.url, folder / "data")
        self.addCleanup(worker.stop)
        ready = worker.wait_ready()
        for fault, reasons in FAULTS.items():
            with self.subTest(fault=fault):
                position = len(worker.process.lines)
                chain.call("dev_setFault", fault, True)
                where, refused = worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
                before = health(ready["listen"])
                self.assertIn(refused["reason"], reasons)
                self.assertGreaterEqual(refused["block"], before["lastBlock"])
                chain.call("dev_clearFault", fault)
                worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
        numbers = [event["number"] for event in worker.events("block_imported")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "each block once and in order")
        print(f"{len(FAULTS)} faults refused, {len(numbers)} blocks imported")


class Finality(unittest.TestCase):
    """Finality that stands still, changes of authorities, and sparse justifications, on the development chain."""

    def setUp(self):
        self.folder = work / self._testMethodName
        self.folder.mkdir(parents=True)
        self.chain = None
        self.worker = None

    def tearDown(self):
        if self.worker is not None and self.worker.process.running():
            self.worker.stop()
        if self.chain is not None:
            self.chain.stop()

    def start(self, *chain_options, worker_options=()):
        self.chain = Devchain(self.folder, "--block-time", "500ms", *chain_options)
        self.worker = Worker(self.chain.url, self.folder / "data", *worker_options)
        return self.worker.wait_ready()

    def imported(self, number, after=0):
        self.worker.wait_event("block_imported", RECOVERY_SECONDS_MAX, after,
                               lambda event: event["number"] >= number)

    def finalized(self):
        return int(self.chain.call("chain_getHeader", self.chain.call("chain_getFinalizedHead"))["number"], 16)

    def test_stale_finality_is_said_and_recovers(self):
        ready = self.start(worker_options=("--stale-after", "10"))
        self.chain.call("dev_setFinality", "stall")
        position, stale = self.worker.wait_event("stale", REFUSAL_SECONDS_MAX)
        self.assertGreater(stale["chain_time_ms"], 0)
        self.assertTrue(health(ready["listen"])["stale"])
        self.chain.call("dev_setFinality", "resume")
        self.worker.wait_event("fresh", RECOVERY_SECONDS_MAX, position)
        self.assertFalse(health(ready["listen"])["stale"])
        self.worker.wait_event("confirmed", RECOVERY_SECONDS_MAX, position)

    def test_authority_changes_are_followed_running_and_stopped(self):
        ready = self.start("--authorities", "3", "--justify-every", "4")
        self.chain.call("dev_scheduleAuthorityChange", 4, 2, 1)
        self.imported(self.finalized() + 8)
        self.assertEqual(health(ready["listen"])["finality"]["setId"], 1)
        self.worker.kill()
        self.chain.call("dev_scheduleAuthorityChange", 2, 1, 2)
        deadline = time.monotonic() + REFUSAL_SECONDS_MAX
        while self.chain.call("grandpa_roundState")["setId"] != 2:
            self.assertLess(time.monotonic(), deadline)
            self.chain.call("dev_newBlock", 1)
        self.worker = Worker(self.chain.url, self.folder / "data")
        ready = self.worker.wait_ready()
        self.imported(self.finalized() + 4)
        report = health(ready["listen"])["finality"]
        self.assertEqual((report["setId"], report["authorities"]), (2, 2))

    def test_a_forced_change_halts_and_says_what_to_do(self):
        self.start("--authorities", "3")
        self.chain.call("dev_forceAuthorityChange", 4, 1, 1)
        _, refused = self.worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX)
        self.assertEqual(refused["reason"], "halt_forced_change")
        self.assertIn("checkpoint", refused["remedy"])
        self.assertTrue(self.worker.process.running())

    def test_a_checkpoint_can_be_trusted_instead_of_the_genesis_block(self):
        self.chain = Devchain(self.folder, "--block-time", "500ms", "--authorities", "3")
        wallet = Wallet(self.chain.url, self.folder / "keystore")
        written = wallet.ok("chain", "checkpoint", "--output", str(self.folder / "checkpoint.json"))
        self.worker = Worker(self.chain.url, self.folder / "data", "--checkpoint", self.folder / "checkpoint.json")
        ready = self.worker.wait_ready()
        anchor = health(ready["listen"])["finality"]["anchor"]
        self.assertEqual((anchor["number"], anchor["hash"]), (written["number"], written["hash"]))
        self.assertEqual(self.worker.stop(), 0)
        # Another checkpoint cannot replace it.
        wallet.ok("chain", "checkpoint", "--output", str(self.folder / "other.json"))
        other = Worker(self.chain.url, self.folder / "data", "--checkpoint", self.folder / "other.json")
        self.assertEqual(other.process.wait_exit(REFUSAL_SECONDS_MAX), 4)

    def test_unverified_finality_is_for_development_and_is_said(self):
        ready = self.start(worker_options=("--unverified-finality",))
        self.assertEqual(ready["finality"], "UNVERIFIED")
        self.assertIsNone(health(ready["listen"])["finality"])
        self.assertEqual(self.worker.stop(), 0)
        again = Worker(self.chain.url, self.folder / "data")
        self.assertEqual(again.process.wait_exit(REFUSAL_SECONDS_MAX), 2)
        strict = Worker(self.chain.url, self.folder / "strict", "--unverified-finality", dev=False)
        self.assertEqual(strict.process.wait_exit(REFUSAL_SECONDS_MAX), 2)


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet", "devchain")
