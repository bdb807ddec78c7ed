#!/usr/bin/env python3
"""Calls that the chain's state decides: who holds enough on the chain is let in, whatever a chain node says about it."""
import unittest

from support import chains, suite
from support.chain import transfer_call
from support.proxy import TcpProxy
from support.scale import u128
from support.stage import UNIT, Stage, user
from support.trusted import counter_add, gated_enter, gated_open
from support.worker import Worker

THRESHOLD = 50 * UNIT
REFUSAL_SECONDS_MAX = 120
RECOVERY_SECONDS_MAX = 300
PROOF_REFUSALS = {"state_proof_missing", "state_proof_bad"}
# An amount that is found in the proofs of the chain's state, and what a lying node makes of it.
TRUE_AMOUNT, FALSE_AMOUNT = 1_234_567_890_123, 901_234_567_890_123
OWNER, GUEST, LIAR, PATIENT = user(11), user(12), user(13), user(14)

stage = None
proxy = None


def setUpModule():
    global stage, proxy
    folder = suite.work_dir()
    stage = Stage(folder, worker=False)
    proxy = TcpProxy(stage.node.url)
    # Only the worker listens to the lying node.
    stage.worker = Worker(proxy.url, folder / "data", dev=True)
    stage.ready = stage.worker.wait_ready()
    opened = stage.send(OWNER, gated_open(OWNER.public, THRESHOLD), 0)
    status = stage.wait_status(opened)
    if status["status"] != "executed":
        raise AssertionError(status)


def tearDownModule():
    if stage is not None:
        stage.stop()
    if proxy is not None:
        proxy.close()


def fund(key, amount):
    """Gives a user funds on the chain, and waits until they are there."""
    held = stage.chain.account(key.public)[1]
    stage.chain.send("//Bob", transfer_call(key.public, amount))
    stage.chain.wait_until(lambda chain: chain.account(key.public)[1] == held + amount)


def enter(key, nonce):
    return stage.send(key, gated_enter(key.public, OWNER.public), nonce)


def inside(key):
    endpoint = stage.endpoint()
    try:
        return endpoint.inside(key, stage.shard, OWNER.public)
    finally:
        endpoint.close()


def door(key):
    endpoint = stage.endpoint()
    try:
        return endpoint.door(key, stage.shard, OWNER.public)
    finally:
        endpoint.close()


class Gate(unittest.TestCase):
    def test_1_lets_in_who_holds_enough_at_the_block_of_the_call(self):
        refused = stage.wait_status(enter(GUEST, 0))
        self.assertEqual(refused["status"], "failed", refused)
        self.assertIn("below what the room asks for", refused["reason"])
        fund(GUEST, THRESHOLD - UNIT)
        refused = stage.wait_status(enter(GUEST, 1))
        self.assertEqual(refused["status"], "failed", refused)
        self.assertIsNone(inside(GUEST))
        fund(GUEST, UNIT)
        status = stage.wait_status(enter(GUEST, 2))
        self.assertEqual(status["status"], "executed", status)
        self.assertGreater(status["block_number"], refused["block_number"])
        self.assertEqual(inside(GUEST), status["block_number"])
        self.assertEqual(stage.account_info(GUEST)[0], 3)

    def test_1_tells_whether_it_would_open_and_as_of_which_block(self):
        asked, held, opens, number, block_hash = door(GUEST)
        self.assertEqual((asked, held, opens), (THRESHOLD, THRESHOLD, True))
        self.assertEqual("0x" + block_hash.hex(), stage.chain.rpc.call("chain_getBlockHash", number))
        self.assertEqual(door(OWNER)[1:3], (0, False))
        fund(GUEST, UNIT)
        funded = stage.chain.number()
        stage.worker.wait_event("block_imported", where=lambda imported: imported["number"] >= funded)
        _, held, opens, later, _ = door(GUEST)
        self.assertEqual((held, opens), (THRESHOLD + UNIT, True))
        self.assertGreater(later, number)

    def test_1_is_told_by_the_wallet(self):
        room = "0x" + OWNER.public.hex()
        answer = stage.wallet.ok("trusted", "gated", "door", "//Dave", room)
        self.assertEqual(int(answer["threshold"]), THRESHOLD)
        self.assertEqual(answer["opens"], int(answer["chain_balance"]) >= THRESHOLD)
        self.assertEqual(answer["block_hash"], stage.chain.rpc.call("chain_getBlockHash", answer["block_number"]))
        entered = stage.wallet.ok("trusted", "gated", "enter", "//Dave", room)
        self.assertEqual(entered["room"], room)
        inside_since = stage.wallet.ok("trusted", "gated", "inside", "//Dave", room)["entered_in_block"]
        self.assertGreaterEqual(inside_since, answer["block_number"])

    def test_2_is_not_opened_by_a_node_that_forges_a_balance(self):
        fund(LIAR, TRUE_AMOUNT)
        funded = stage.chain.number()
        # The events of the funding name the amount too: only what the call reads is to be forged.
        stage.worker.wait_event("block_imported", where=lambda imported: imported["number"] >= funded)
        proxy.rewrite([(u128(TRUE_AMOUNT).hex().encode(), u128(FALSE_AMOUNT).hex().encode())])
        position = len(stage.worker.process.lines)
        call = enter(LIAR, 0)
        where, event = stage.worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
        self.assertIn(event["reason"], PROOF_REFUSALS)
        self.assertTrue(event["cause"] and event["remedy"])
        self.assertGreater(proxy.rewritten, 0)
        # The block waits, and the worker answers meanwhile.
        later = stage.send(OWNER, counter_add(OWNER.public, 1), 1)
        seen = stage.chain.number()
        stage.chain.wait_until(lambda chain: chain.number() >= seen + 2)
        endpoint = stage.endpoint()
        self.assertEqual([endpoint.call_status(one)["status"] for one in (call, later)], ["unknown", "unknown"])
        self.assertLess(endpoint.rpc.call("system_health")["lastBlock"], event["block"])
        endpoint.close()
        with self.assertRaisesRegex(RuntimeError, "gave no proof that holds"):
            door(LIAR)
        proxy.rewrite([])
        stage.worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
        status = stage.wait_status(call, RECOVERY_SECONDS_MAX)
        self.assertEqual(status["status"], "failed", status)
        self.assertIn("below what the room asks for", status["reason"])
        self.assertEqual(status["block_number"], event["block"])
        self.assertEqual(stage.wait_status(later, RECOVERY_SECONDS_MAX)["status"], "executed")
        self.assertIsNone(inside(LIAR))

    @unittest.skipUnless(chains.kind() == chains.DEVCHAIN, "faults of the project's own chain")
    def test_3_executes_a_call_once_whatever_proofs_come(self):
        fund(PATIENT, THRESHOLD)
        for nonce, fault in enumerate(("missing-proof-node", "forged-proof-node", "empty-proof", "proof-of-other-block")):
            with self.subTest(fault=fault):
                position = len(stage.worker.process.lines)
                stage.node.call("dev_setFault", fault, True)
                call = enter(PATIENT, nonce)
                where, event = stage.worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
                self.assertIn(event["reason"], PROOF_REFUSALS)
                stage.node.call("dev_clearFault", fault)
                stage.worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
                self.assertEqual(stage.wait_status(call, RECOVERY_SECONDS_MAX)["status"], "executed")
                self.assertEqual(stage.account_info(PATIENT)[0], nonce + 1)
        numbers = [event["number"] for event in stage.worker.events("block_imported")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "each block once and in order")

    def test_4_still_stands_after_a_restart(self):
        before = inside(GUEST)
        self.assertEqual(stage.worker.stop(), 0)
        stage.start_worker()
        self.assertEqual(inside(GUEST), before)


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
