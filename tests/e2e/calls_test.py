#!/usr/bin/env python3
"""The main job: encrypted calls run in the enclave and are confirmed; failing calls change nothing."""
import os
import unittest

from support import suite
from support.chain import INVOKE, PAYERS, SHIELD_FUNDS, shield_call
from support.crypto import merkle_root
from support.scale import Reader, blake2_256
from support.stage import CONFIRM_PROCESSED, PUBLISH_HASH, UNIT, Confirmation, PublishedRoot, Stage, user
from support.trusted import balance_transfer, balance_unshield, counter_add, signed_operation

UNSHIELD_FUNDS = bytes([54, 3])
EXIT_USAGE, EXIT_TIMED_OUT = 2, 4
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
        paid = stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1])
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
        stage.wait_processed(number)
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
        stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1] >= 4 * UNIT)
        stage.wait_account(self.rich, (nonce + 2, balance - 4 * UNIT))
        self.assertEqual(stage.chain.account(beneficiary)[1], 4 * UNIT)


class Confirmations(unittest.TestCase):
    def test_root_is_recomputed_from_the_blocks(self):
        sender, since = user(3), stage.chain.number()
        sent = [stage.shield(sender, UNIT), stage.invoke(os.urandom(384)),
                stage.invoke(stage.encrypt(b"\x00"), sender="//Bob")]
        numbers = {stage.chain.find_extrinsic(one, since)[0] for one in sent}
        found = [stage.wait_confirmation(number) for number in sorted(numbers)]
        found.append(stage.wait_processed(max(numbers) + 1))
        for confirmation in found:
            number = confirmation.block_number
            block_hash, extrinsics = stage.chain.block(number)
            leaves = [leaf for extrinsic in extrinsics if (leaf := extrinsic.leaf())]
            self.assertTrue(leaves, "each block has at least the timestamp")
            self.assertEqual(confirmation.root.hex(), merkle_root(leaves).hex(), f"block {number}, {len(leaves)} leaves")
            self.assertEqual("0x" + confirmation.block_hash.hex(), block_hash)
            self.assertEqual(confirmation.shard, stage.shard)

    def test_blocks_are_confirmed_once_and_in_order_and_only_those_of_confirmations_are_left_out(self):
        stage.wait_processed(stage.chain.number() + 4)
        numbers = [c.block_number for c in stage.confirmations(1, stage.chain.number()) if c.signer == stage.account]
        self.assertEqual(numbers, sorted(set(numbers)))
        left_out = set(range(numbers[0], numbers[-1])) - set(numbers)
        self.assertTrue(left_out, "a chain with a fixed block time has blocks with nothing but a confirmation")
        for number in left_out:
            extrinsics = stage.chain.block(number)[1]
            self.assertTrue([x for x in extrinsics if x.call[:2] in (CONFIRM_PROCESSED, PUBLISH_HASH) and x.signer == stage.account],
                            number)
            self.assertEqual([x for x in extrinsics if x.call[:34] in (INVOKE + stage.shard, SHIELD_FUNDS + stage.shard)], [])


class StateRoots(unittest.TestCase):
    def test_the_root_after_a_call_is_on_the_chain(self):
        caller, since = user(5), stage.chain.number()
        status = stage.wait_status(stage.send(caller, counter_add(caller.public, 1), 0))
        called = status["block_number"]
        seen = [since]

        def published(chain):
            while seen[0] <= chain.number():
                block_hash, extrinsics = chain.block(seen[0])
                for extrinsic in extrinsics:
                    if extrinsic.call[:2] == PUBLISH_HASH and extrinsic.signer == stage.account:
                        root = PublishedRoot(extrinsic)
                        if root.block_number >= called:
                            return root, block_hash
                seen[0] += 1
            return None
        root, block_hash = stage.chain.wait_until(published)
        self.assertEqual(root.topics, [stage.shard, bytes.fromhex(stage.chain.block(root.block_number)[0][2:])])
        self.assertTrue(stage.chain.has_event_of(stage.shard, block_hash), "the pallet refused it")
        endpoint = stage.endpoint()
        try:
            told = endpoint.rpc.call("redoubt_stateRoot", str(root.block_number))
        finally:
            endpoint.close()
        self.assertEqual(told, {"block_number": root.block_number, "state_root": "0x" + root.root.hex()})


class Payment:
    """The arguments of an unshield_funds extrinsic, and its signer's nonce."""

    def __init__(self, extrinsic):
        reader = Reader(extrinsic.call[2:])
        reader.take(32)
        self.beneficiary = reader.take(32)
        self.amount = reader.integer(16)
        self.nonce = extrinsic.nonce


def payments(first, last):
    """Every payment that the enclave sent in the blocks first..last, those that failed too."""
    found = []
    for number in range(first, last + 1):
        found += [Payment(x) for x in stage.chain.block(number)[1]
                  if x.call[:2] == UNSHIELD_FUNDS and x.signer == stage.account]
    return found


def wait_payment(top, state, timeout_s):
    """The status of an unshield when its payment has come to `state`."""
    def there(chain):
        chain.number()  # a connection that asks nothing for long is ended
        status = stage.wait_status(top)
        return status if status["payment"] == state else None
    return stage.chain.wait_until(there, timeout_s)


class Payments(unittest.TestCase):
    """What leaves the shard: refunds, payments and their order, and payments that the chain refuses for ever."""

    RETURN_SECONDS_MAX = 600  # five attempts with growing gaps and 32 blocks more: about 160 blocks

    def test_refund_of_what_names_no_account(self):
        payer, since = PAYERS["//Bob"].public, stage.chain.number()
        stage.chain.send("//Bob", shield_call(stage.shard, os.urandom(384), 3 * UNIT))

        def refunded(chain):
            return [p for p in payments(since, chain.number()) if (p.beneficiary, p.amount) == (payer, 3 * UNIT)]
        self.assertEqual(len(stage.chain.wait_until(refunded)), 1)

    def test_refund_below_the_existential_deposit_is_not_paid_but_credited(self):
        key, since = PAYERS["//Bob"], stage.chain.number()
        before = stage.account_info(key)
        sent = stage.chain.send("//Bob", shield_call(stage.shard, os.urandom(384), 1))
        number = stage.chain.find_extrinsic(sent, since)[0]
        stage.wait_processed(number + 2)
        self.assertEqual([p for p in payments(since, stage.chain.number()) if p.amount == 1], [])
        self.assertEqual(stage.account_info(key), (before[0], before[1] + 1))

    def test_a_payment_goes_before_the_confirmation_of_its_block(self):
        key, beneficiary = user(60), user(202).public
        stage.shield(key, 5 * UNIT)
        stage.wait_account(key, (0, 5 * UNIT))
        since = stage.chain.number()
        top = stage.send(key, balance_unshield(key.public, beneficiary, 2 * UNIT, stage.shard), 0)
        number = stage.wait_status(top)["block_number"]
        stage.wait_confirmation(number)
        head = stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1] and chain.number())
        paid = [p.nonce for p in payments(since, head) if p.beneficiary == beneficiary]
        confirmed = [x.nonce for n in range(number, head + 1) for x in stage.chain.block(n)[1]
                     if x.call[:2] == CONFIRM_PROCESSED and Confirmation(x).block_number == number]
        self.assertEqual((len(paid), len(confirmed)), (1, 1))
        self.assertLess(paid[0], confirmed[0])
        wait_payment(top, "paid", 60)

    def test_a_payment_that_the_chain_refuses_for_good_comes_back(self):
        # More than the shard's account on the chain has: a development shard sets balances that nobody deposited.
        too_much = 10**9
        stage.wallet.ok("trusted", "set-balance", "//Charlie", str(too_much))
        since = stage.chain.number()
        poor = user(203).public
        result = stage.wallet.run("trusted", "unshield", "//Charlie", "0x" + poor.hex(), str(too_much),
                                  "--confirmation-blocks", "8")
        self.assertEqual(result.code, EXIT_TIMED_OUT, str(result))
        operation = result.json["error"]["details"]["operation_hash"]
        top = bytes.fromhex(operation.removeprefix("0x"))
        self.assertEqual(stage.wait_status(top)["payment"], "pending")
        self.assertEqual(int(stage.wallet.ok("trusted", "balance", "//Charlie")["free"]), 0)

        # Meanwhile others are paid and blocks are confirmed.
        key, beneficiary = user(61), user(204).public
        stage.shield(key, 5 * UNIT)
        stage.wait_account(key, (0, 5 * UNIT))
        stage.send(key, balance_unshield(key.public, beneficiary, 2 * UNIT, stage.shard), 0)
        stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1] == 2 * UNIT)
        stage.wait_processed(stage.chain.number())

        stage.worker.kill()  # what was counted is not forgotten
        stage.start_worker()

        status = wait_payment(top, "returned", self.RETURN_SECONDS_MAX)
        self.assertEqual(status["status"], "executed")
        self.assertIn("refused", status["reason"])
        self.assertEqual(int(stage.wallet.ok("trusted", "balance", "//Charlie")["free"]), too_much * UNIT)
        self.assertEqual(stage.wallet.ok("trusted", "status", operation)["payment"], "returned")
        attempts = [p for p in payments(since, stage.chain.number()) if p.beneficiary == poor]
        self.assertEqual(len(attempts), 5, "bounded")
        self.assertEqual(stage.chain.account(poor)[1], 0)


class Numbers(unittest.TestCase):
    def test_the_counter_keeps_its_range(self):
        key = user(62)
        stage.shield(key, UNIT)
        stage.wait_account(key, (0, UNIT))
        stage.wait_status(stage.send(key, counter_add(key.public, 2**64 - 1), 0))
        status = stage.wait_status(stage.send(key, counter_add(key.public, 1), 1))
        self.assertEqual(status["status"], "failed")
        self.assertIn("too large", status["reason"])
        self.assertEqual(stage.counter(key), 2**64 - 1)

    def test_the_wallet_refuses_what_is_no_number_of_64_bits(self):
        for text in (str(2**64), "-1", "1e3", "0x10", ""):
            result = stage.wallet.run("trusted", "counter", "add", "//Alice", text)
            self.assertEqual(result.code, EXIT_USAGE, str(result))

    def test_a_nonce_that_is_ahead_stays_good_until_it_is_used(self):
        key = user(63)
        stage.shield(key, UNIT)
        stage.wait_account(key, (0, UNIT))
        ahead = signed_operation(key, counter_add(key.public, 10), 1, stage.fingerprint, stage.shard)
        ciphertext = stage.encrypt(ahead)
        stage.invoke(ciphertext)
        status = stage.wait_status(blake2_256(ahead))
        self.assertEqual(status["status"], "failed")
        for words in ("ahead of the account", "anybody can submit it again"):
            self.assertIn(words, status["reason"])
        self.assertEqual(stage.account_info(key), (0, UNIT))
        stage.wait_status(stage.send(key, counter_add(key.public, 1), 0))
        stage.invoke(ciphertext, sender="//Bob")
        stage.wait_account(key, (2, UNIT))
        self.assertEqual(stage.counter(key), 11)
        self.assertEqual(stage.wait_status(blake2_256(ahead))["status"], "executed")


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
