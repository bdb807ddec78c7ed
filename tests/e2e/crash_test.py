#!/usr/bin/env python3
"""Killed at any moment, started again: nothing is lost and nothing runs twice."""
import random
import unittest

from support import chains, suite
from support.stage import UNIT, Stage, user
from support.trusted import balance_transfer, balance_unshield, counter_add

USERS = 3
ROUNDS = 6
SEED = 20251121
# A kill comes at any moment of so many blocks: before, while and after they are handled.
BLOCKS_BETWEEN = 3
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class Killed(unittest.TestCase):
    def test_under_load(self):
        choose = random.Random(SEED)
        users = [user(20 + n) for n in range(USERS)]
        beneficiary = user(210).public
        for one in users:
            stage.shield(one, 100 * UNIT)
        for one in users:
            stage.wait_account(one, (0, 100 * UNIT))
        encrypt = stage.encrypt_with_kept_key()
        nonces, balances, counters = [0] * USERS, [100 * UNIT] * USERS, [0] * USERS
        paid, hashes = 0, []
        for round_number in range(ROUNDS):
            for n, one in enumerate(users):
                for _ in range(choose.randint(1, 3)):
                    kind = choose.choice(["transfer", "count", "count", "unshield"])
                    if kind == "transfer":
                        to = choose.randrange(USERS)
                        amount = choose.randint(1, 5) * UNIT
                        call = balance_transfer(one.public, users[to].public, amount)
                        balances[n] -= amount
                        balances[to] += amount
                    elif kind == "count":
                        amount = choose.randint(1, 9)
                        call = counter_add(one.public, amount)
                        counters[n] += amount
                    else:
                        amount = choose.randint(1, 2) * UNIT
                        call = balance_unshield(one.public, beneficiary, amount, stage.shard)
                        balances[n] -= amount
                        paid += amount
                    hashes.append(stage.send(one, call, nonces[n], encrypt=encrypt))
                    nonces[n] += 1
            victim = "enclave" if round_number % 2 else "daemon"
            stage.worker.process.run_for(choose.uniform(0.0, BLOCKS_BETWEEN * chains.BLOCK_TIME_MS[chains.kind()] / 1000))
            print(f"round {round_number}: killing the {victim} after {len(hashes)} calls", flush=True)
            if victim == "daemon":
                stage.worker.kill()
                stage.start_worker()
            else:
                said = len(stage.worker.process.lines)
                stage.worker.kill_enclave()
                stage.worker.wait_event("enclave_restarted", after=said)
        for one, nonce, balance in zip(users, nonces, balances):
            stage.wait_account(one, (nonce, balance))
        self.assertEqual([stage.counter(one) for one in users], counters)
        stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1] >= paid)
        stage.wait_processed(stage.chain.number())
        self.assertEqual(stage.chain.account(beneficiary)[1], paid, "each payout once")
        for one in hashes:
            self.assertEqual(stage.wait_status(one)["status"], "executed")
        self.assertEqual(sum(balances) + paid, USERS * 100 * UNIT)

    def test_while_it_was_down_blocks_went_on(self):
        one = user(30)
        stage.shield(one, 10 * UNIT)
        stage.wait_account(one, (0, 10 * UNIT))
        encrypt = stage.encrypt_with_kept_key()
        stage.worker.kill()
        since = stage.chain.number()
        stage.send(one, counter_add(one.public, 5), 0, encrypt=encrypt)
        stage.chain.wait_until(lambda chain: chain.number() >= since + 4)
        stage.start_worker()
        stage.wait_account(one, (1, 10 * UNIT))
        self.assertEqual(stage.counter(one), 5)
        stage.wait_processed(since + 4)


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
