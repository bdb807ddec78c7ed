#!/usr/bin/env python3
"""redoubt-devchain made to lie, through the real program: one fault of each kind, noticed and gone when switched off."""
import hashlib
import json
import subprocess
import time
import unittest

from support import material, suite
from support.devchain import Devchain
from support.websocket import JsonRpc, WebSocketError

WORK_DIR = suite.work_dir()
EVENTS_KEY = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
WITH_REQUIRED_ARGUMENT = {"wrong-storage-value": EVENTS_KEY + ":00", "wrong-call-result": "Core_version:00"}


def run_program(*arguments):
    return subprocess.run([material.program("redoubt-devchain"), *arguments], capture_output=True, text=True, timeout=60)


def blake2b_256(hex_text):
    return "0x" + hashlib.blake2b(bytes.fromhex(hex_text[2:]), digest_size=32).hexdigest()


class FaultList(unittest.TestCase):
    def test_lists_what_can_be_set(self):
        listed = json.loads(run_program("faults", "--json").stdout)
        names = [fault["name"] for fault in listed]
        text = run_program("faults").stdout
        for fault in listed:
            self.assertIn(f"  {fault['name']}", text)
            self.assertIn(fault["notice"], text)
        chain = Devchain(WORK_DIR / "list", "--seal", "manual")
        try:
            self.assertEqual([fault["name"] for fault in chain.call("dev_faults")], names)
            for name in names:
                chain.call("dev_setFault", name, WITH_REQUIRED_ARGUMENT.get(name, True))
            self.assertTrue(all(fault["on"] for fault in chain.call("dev_faults")))
            chain.call("dev_clearFault")
            self.assertFalse(any(fault["on"] for fault in chain.call("dev_faults")))
        finally:
            self.assertEqual(chain.stop(), 0)

    def test_refuses_an_unknown_fault_with_the_nearest_name(self):
        for words in (("--fault", "wrong-setid"), ("--fault", "wrong-setid=5@7")):
            refused = run_program("--port", "0", *words)
            self.assertEqual(refused.returncode, 2)
            self.assertIn("'wrong-set-id'", refused.stderr)
        refused = run_program("--port", "0", "--fault", "slow-connection=soon")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("'soon'", refused.stderr)


class OneOfEachKind(unittest.TestCase):
    """Each test switches a fault on and off on one chain; what it lies about is true before and afterwards."""

    @classmethod
    def setUpClass(cls):
        cls.chain = Devchain(WORK_DIR / "kinds", "--seal", "manual", "--authorities", "4", "--justify-every", "1")
        cls.genesis = cls.chain.call("chain_getBlockHash", 0)

    @classmethod
    def tearDownClass(cls):
        cls.chain.stop()

    def setUp(self):
        self.head = self.chain.call("dev_newBlock", 2)

    def expect_lie(self, fault, is_true, setting=True):
        self.assertTrue(is_true(), "before")
        self.chain.call("dev_setFault", fault, setting)
        self.assertFalse(is_true(), fault)
        self.chain.call("dev_clearFault", fault)
        self.assertTrue(is_true(), "afterwards")

    def test_read_proof(self):
        def has_root():
            proof = self.chain.call("state_getReadProof", [EVENTS_KEY], self.head)["proof"]
            return self.chain.call("chain_getHeader", self.head)["stateRoot"] in map(blake2b_256, proof)
        self.expect_lie("missing-proof-root", has_root)
        self.expect_lie("proof-of-other-block", has_root)

    def test_storage(self):
        def are_proven():
            events = self.chain.call("state_getStorage", EVENTS_KEY, self.head)
            proof = self.chain.call("state_getReadProof", [EVENTS_KEY], self.head)["proof"]
            return any(events[2:] in entry for entry in proof)
        self.expect_lie("forged-events", are_proven, "08ffff")

    def test_header(self):
        self.expect_lie("forged-set-change",
                        lambda: blake2b_256(self.chain.call("archive_v1_header", self.head)) == self.head)

    def test_finality(self):
        self.expect_lie("missing-justification",
                        lambda: self.chain.call("chain_getBlock", self.head)["justifications"] is not None)

    def test_chain(self):
        def goes_on():
            block = self.chain.call("dev_newBlock")
            return self.chain.call("chain_getFinalizedHead") == block
        self.expect_lie("stale-finalized-head", goes_on)
        self.expect_lie("wrong-genesis", lambda: self.chain.call("chainSpec_v1_genesisHash") == self.genesis)

    def test_messages(self):
        client = JsonRpc.connect(self.chain.url)
        try:
            self.chain.call("dev_setFault", "slow-connection", 300)
            began = time.monotonic()
            client.call("system_name")
            self.assertGreaterEqual(time.monotonic() - began, 0.3)
            self.chain.call("dev_setFault", "slow-connection", False)
            self.chain.call("dev_setFault", "garbage-json", 1)
            with self.assertRaises(json.JSONDecodeError):
                client.call("system_name")
            self.chain.call("dev_clearFault")
            client.call("system_name")
            self.chain.call("dev_setFault", "dying-connection", 1)
            with self.assertRaises((WebSocketError, OSError)):
                client.call("system_name")
        finally:
            client.close()
            self.chain.call("dev_clearFault")
        fresh = JsonRpc.connect(self.chain.url)
        self.assertEqual(fresh.call("chain_getBlockHash"), self.chain.call("chain_getBlockHash"))
        fresh.close()


class FromTheCommandLine(unittest.TestCase):
    def test_a_fault_works_in_its_range_of_blocks(self):
        chain = Devchain(WORK_DIR / "range", "--seal", "manual", "--fault", "withheld-body@2..3", "--fault",
                         "rolled-back-chain=1@5")
        try:
            bodies = []
            for _ in range(4):
                block = chain.call("dev_newBlock")
                bodies.append(chain.call("archive_v1_body", block) is not None)
            self.assertEqual(bodies, [True, False, False, True])
            newest = chain.call("dev_newBlock")
            self.assertIsNone(chain.call("chain_getHeader", newest))
            self.assertEqual(chain.call("chain_getHeader")["number"], "0x4")
            settings = {fault["name"]: fault["setting"] for fault in chain.call("dev_faults") if fault["on"]}
            self.assertEqual(settings, {"withheld-body": "@2..3", "rolled-back-chain": "1@5"})
        finally:
            self.assertEqual(chain.stop(), 0)


if __name__ == "__main__":
    suite.main("devchain")
