#!/usr/bin/env python3
"""The main job: encrypted calls run in the enclave and are confirmed; failing calls change nothing."""
import os
import unittest

from support import suite
from support.crypto import merkle_root
from support.scale import blake2_256
from support.stage import UNIT, Stage, user
from support.trusted import balance_transfer, balance_unshield, counter_add, signed_operation

stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class Wallet(unittest.TestCase):
    """The command-line wallet's way: it signs, encrypts, submits and waits for the confirmation."""

    def trusted(self, *words):
        return stage.wallet.ok("trusted", *words)

    def balance(self, who):
        return int(self.trusted("balance", who)["free"])

    def test_sets_transfers_and_counts(self):
        self.trusted("set-balance", "//Dave", "50")
        self.assertEqual(self.balance("//Dave"), 50 * UNIT)
        self.trusted("transfer", "//Dave", "//Eve", "20")
        self.assertEqual(self.balance("//Dave"), 30 * UNIT)
        self.assertEqual(self.balance("//Eve"), 20 * UNIT)
        self.trusted("counter", "add", "//Dave", "7")
        self.assertEqual(int(self.trusted("counter", "get", "//Dave")["value"]), 7)
        self.assertEqual(int(self.trusted("nonce", "//Dave")["nonce"]), 2)

    def test_shields_and_unshields(self):
        stage.wallet.ok("shield", "//Bob", "//Bob", "9")
        self.assertEqual(self.balance("//Bob"), 9 * UNIT)
        beneficiary = user(200).public
        self.trusted("unshield", "//Bob", "0x" + beneficiary.hex(), "4")
        self.assertEqual(self.balance("//Bob"), 5 * UNIT)
        paid = stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1], 60)
        self.assertEqual(paid, 4 * UNIT)

    def test_reports_why_a_call_failed(self):
        before = self.balance("//Ferdie")
        result = stage.wallet.run("trusted", "transfer", "//Ferdie", "//Eve", "1000000")
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("balance", (result.output + result.error).lower())
        self.assertEqual(self.balance("//Ferdie"), before)


class FailingCalls(unittest.TestCase):
    """Each of them changes nothing, blocks nobody, and its owner learns why."""

    @classmethod
    def setUpClass(cls):
        cls.rich, cls.other = user(1), user(2)
        stage.shield(cls.rich, 100 * UNIT)
        stage.wait_account(cls.rich, (0, 100 * UNIT))

    def nonce(self):
        return stage.account_info(self.rich)[0]

    def assert_failed(self, call_hash):
        status = stage.wait_status(call_hash)
        self.assertEqual(status["status"], "failed", status)
        self.assertTrue(status["reason"], status)
        return status["reason"]

    def assert_unchanged(self, before):
        self.assertEqual(stage.account_info(self.rich)[1], before[1], "the balance")
        self.assertEqual(stage.account_info(self.other), before[2], "the other account")

    def snapshot(self):
        nonce, balance = stage.account_info(self.rich)
        return nonce, balance, stage.account_info(self.other)

    def good_call_runs(self):
        nonce, balance, _ = self.snapshot()
        good = stage.send(self.rich, counter_add(self.rich.public, 1), nonce)
        self.assertEqual(stage.wait_status(good)["status"], "executed")
        self.assertEqual(stage.account_info(self.rich), (nonce + 1, balance))

    def test_bad_signature(self):
        before = self.snapshot()
        transfer = balance_transfer(self.rich.public, self.other.public, UNIT)
        top = stage.send(self.rich, transfer, before[0], signature=os.urandom(64))
        self.assertIn("signature", self.assert_failed(top).lower())
        self.assertEqual(self.nonce(), before[0], "a stranger's call must not use up a nonce")
        self.assert_unchanged(before)
        self.good_call_runs()

    def test_wrong_nonce(self):
        before = self.snapshot()
        transfer = balance_transfer(self.rich.public, self.other.public, UNIT)
        top = stage.send(self.rich, transfer, before[0] + 5)
        self.assertIn("nonce", self.assert_failed(top).lower())
        self.assertEqual(self.nonce(), before[0])
        self.assert_unchanged(before)
        self.good_call_runs()

    def test_no_funds(self):
        before = self.snapshot()
        top = stage.send(self.rich, balance_transfer(self.rich.public, self.other.public, 10**30), before[0])
        self.assert_failed(top)
        self.assert_unchanged(before)
        self.good_call_runs()

    def test_undecryptable_garbage(self):
        before = self.snapshot()
        since = stage.chain.number()
        garbage = [os.urandom(384), os.urandom(17), os.urandom(5000), bytes(384)]
        hashes = [stage.invoke(piece) for piece in garbage]
        for piece in garbage:
            self.assert_failed(blake2_256(piece))
        self.assert_unchanged(before)
        number = stage.chain.find_extrinsic(hashes[0], since)[0]
        self.assertEqual(stage.wait_confirmation(number).block_number, number)
        self.good_call_runs()

    def test_decryptable_nonsense(self):
        before = self.snapshot()
        nonsense = stage.encrypt(os.urandom(100))
        stage.invoke(nonsense)
        self.good_call_runs()
        self.assert_unchanged(before)

    def test_wrong_shard(self):
        nonce, balance, _ = before = self.snapshot()
        elsewhere = bytes([9]) * 32
        operation = signed_operation(self.rich, balance_transfer(self.rich.public, self.other.public, UNIT), nonce,
                                     stage.fingerprint, stage.shard)
        since = stage.chain.number()
        sent = stage.invoke(stage.encrypt(operation), shard=elsewhere)
        number = stage.chain.find_extrinsic(sent, since)[0]
        stage.wait_confirmation(number)
        self.assert_unchanged(before)
        self.assertEqual(stage.account_info(self.rich), (nonce, balance))
        signed_for_elsewhere = signed_operation(self.rich, balance_transfer(self.rich.public, self.other.public, UNIT),
                                                nonce, stage.fingerprint, elsewhere)
        stage.invoke(stage.encrypt(signed_for_elsewhere))
        self.assert_failed(blake2_256(signed_for_elsewhere))
        self.assert_unchanged(before)
        self.good_call_runs()

    def test_replayed_invoke_runs_once(self):
        nonce, balance, _ = self.snapshot()
        operation = signed_operation(self.rich, balance_transfer(self.rich.public, self.other.public, UNIT), nonce,
                                     stage.fingerprint, stage.shard)
        ciphertext = stage.encrypt(operation)
        stage.invoke(ciphertext)
        self.assertEqual(stage.wait_status(blake2_256(operation))["status"], "executed")
        since = stage.chain.number()
        replays = [stage.invoke(ciphertext, sender="//Bob"), stage.invoke(ciphertext, sender="//Alice")]
        for replay in replays:
            stage.wait_confirmation(stage.chain.find_extrinsic(replay, since)[0])
        self.assertEqual(stage.account_info(self.rich), (nonce + 1, balance - UNIT))
        self.assertEqual(stage.wait_status(blake2_256(operation))["status"], "executed", "a replay hides nothing")
        self.good_call_runs()

    def test_two_equal_unshields_are_both_paid(self):
        nonce, balance, _ = self.snapshot()
        beneficiary = user(201).public
        call = balance_unshield(self.rich.public, beneficiary, 2 * UNIT, stage.shard)
        stage.send(self.rich, call, nonce)
        stage.send(self.rich, call, nonce + 1)
        stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1] >= 4 * UNIT, 90)
        stage.wait_account(self.rich, (nonce + 2, balance - 4 * UNIT))
        self.assertEqual(stage.chain.account(beneficiary)[1], 4 * UNIT)


class Confirmations(unittest.TestCase):
    def test_root_is_recomputed_from_the_blocks(self):
        sender, since = user(3), stage.chain.number()
        sent = [stage.shield(sender, UNIT), stage.invoke(os.urandom(384)),
                stage.invoke(stage.encrypt(b"\x00"), sender="//Bob")]
        numbers = {stage.chain.find_extrinsic(one, since)[0] for one in sent}
        numbers.add(max(numbers) + 1)
        for number in sorted(numbers):
            confirmation = stage.wait_confirmation(number)
            block_hash, extrinsics = stage.chain.block(number)
            leaves = [leaf for extrinsic in extrinsics if (leaf := extrinsic.leaf())]
            self.assertTrue(leaves, "each block has at least the timestamp")
            self.assertEqual(confirmation.root.hex(), merkle_root(leaves).hex(), f"block {number}, {len(leaves)} leaves")
            self.assertEqual("0x" + confirmation.block_hash.hex(), block_hash)
            self.assertEqual(confirmation.shard, stage.shard)

    def test_every_block_is_confirmed_once_and_in_order(self):
        head = stage.chain.number()
        stage.wait_confirmation(head)
        numbers = [c.block_number for c in stage.confirmations(1, stage.chain.number()) if c.signer == stage.account]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
