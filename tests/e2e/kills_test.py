#!/usr/bin/env python3
"""Killed 200 times under load, host, enclave and both: what was acknowledged stays, and nothing runs twice.

REDOUBT_E2E_SEED repeats the choices of a run; the moments of a real machine are never the same.
"""
import collections
import json
import os
import random
import signal
import time
import unittest

from support import devchain, material, suite
from support.chain import Chain
from support.file_writes import FileWrites
from support.ledger import Ledger
from support.load import UNIT, Load
from support.process import ProcessError, run_to_end
from support.stage import Stage, user
from support.witness import Witness
from support.worker import START_SECONDS_MAX, Worker, as_json

KILLS = 200
BLOCK_TIME = "200ms"
USERS = 4
FUNDS = 10_000 * UNIT
CALLS_MAX_PER_BLOCK = 5
TRANSACTIONS_MAX = 20_000  # which the worker's account has to pay
PAGES_AFTER = 30  # changed keys, which one to three blocks with calls have: a kill often falls on a base
WAIT_SECONDS_MAX = 120
SEED = int(os.environ.get("REDOUBT_E2E_SEED", random.SystemRandom().randrange(2**32)))
DAEMON, ENCLAVE, BOTH = "daemon", "enclave", "both"
VICTIMS = (DAEMON, ENCLAVE, BOTH)
# At which moment a kill is aimed, and how many in a hundred are: see Killer.wait_for.
AIMS = {"start": 15, "replay": 15, "block": 20, "write": 25, "told": 10, "idle": 5, "any": 10}
START_SECONDS = 0.4
BLOCK_SECONDS = 0.06
WRITE_SECONDS = 0.003
ANY_SECONDS = 1.5
# Before a kill that needs a working worker it works for up to so many blocks, to keep up with the chain.
BLOCKS_BEFORE_MAX = 10
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir(), worker=False, start_chain=fast_chain)


def tearDownModule():
    if stage is not None:
        stage.stop()


def fast_chain(work_dir):
    return devchain.Devchain(work_dir, "--chain-spec", devchain.funded_spec(work_dir), "--block-time", BLOCK_TIME)


def imported(line):
    return '"block_imported"' in line


class Killer:
    """Kills and starts again, at moments of its choice."""

    def __init__(self, witness, choose):
        self.witness, self.choose = witness, choose
        self.aimed, self.found = collections.Counter(), collections.Counter()
        self.unheard = 0  # starts that found durable blocks of which nobody had heard
        self.bases = 0  # of which the daemon has told
        self.pages = 0  # that were written with them
        self.ended_in_base = 0  # ends of the daemon whose last record is a base
        self._writes = FileWrites(stage.work_dir / "data/db", ".log")
        self._known_at_start = 0
        self._looked_at = 0  # lines of the daemon
        self._up = True  # it has said so since the last kill
        self._imported = 0  # the last block that a daemon told of

    def close(self):
        self._writes.close()

    # -- who and when --
    def enclave(self):
        """The process id of the living enclave, waited for."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while (pid := stage.worker.living_enclave()) is None:
            if time.monotonic() > deadline:
                raise ProcessError(f"no enclave was started\n{stage.worker.process.tail()}")
            stage.worker.process.run_for(0.001)
        return pid

    def wait_for(self, aim):
        """Comes back at a moment of the kind `aim`."""
        process = stage.worker.process
        if aim == "start":  # from the first instruction of the daemon on
            process.run_for(self.choose.uniform(0, START_SECONDS))
        elif aim == "replay":  # from the first instruction of the enclave on
            self.enclave()
            process.run_for(self.choose.uniform(0, START_SECONDS))
        elif aim == "block":  # the block is fetched, imported, stored
            self._work(blocks=self.choose.randint(0, BLOCKS_BEFORE_MAX))
            head = stage.chain.number()
            stage.chain.wait_until(lambda chain: chain.number() > head)
            process.run_for(self.choose.uniform(0, BLOCK_SECONDS))
        elif aim == "write":  # a record is being made durable: after Commit, before CommitPersisted
            self._work(blocks=self.choose.randint(0, BLOCKS_BEFORE_MAX))
            self._writes.forget()
            deadline = time.monotonic() + WAIT_SECONDS_MAX
            while not self._writes.wait(1):
                process.run_for(0.001)
                if time.monotonic() > deadline:
                    raise ProcessError(f"nothing was stored for {WAIT_SECONDS_MAX} s\n{process.tail()}")
            process.run_for(self.choose.uniform(0, WRITE_SECONDS))
        elif aim == "told":  # the block has just become visible
            self._work(blocks=self.choose.randint(1, BLOCKS_BEFORE_MAX))
        elif aim == "idle":  # all blocks are imported, what the outbox holds is sent
            head = stage.chain.number()
            process.wait_line(lambda line: imported(line) and as_json(line)["number"] >= head, WAIT_SECONDS_MAX)
            process.run_for(self.choose.uniform(0, BLOCK_SECONDS))
        else:
            process.run_for(self.choose.uniform(0, ANY_SECONDS))

    def _work(self, blocks):
        """Waits until so many more blocks were imported."""
        said = len(stage.worker.process.lines)
        for _ in range(blocks):
            said = 1 + stage.worker.process.wait_line(imported, WAIT_SECONDS_MAX, said)

    # -- the kill --
    def kill(self, victim, aim):
        self.wait_for(aim)
        enclave = self.enclave() if victim == ENCLAVE else stage.worker.living_enclave()
        pids = {DAEMON: [stage.worker.process.pid], ENCLAVE: [enclave], BOTH: [stage.worker.process.pid, enclave]}[victim]
        pids = [pid for pid in pids if pid is not None]
        self.choose.shuffle(pids)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.aimed[victim, aim] += 1
        self.found[victim, self._phase(enclave)] += 1
        self._up = False
        if victim != ENCLAVE:
            code = stage.worker.process.wait_exit()
            if code != -signal.SIGKILL:
                raise ProcessError(f"the daemon ended by itself with {code}\n{stage.worker.process.tail()}")
            stage.worker.kill()
            self._look_at_lines()
            self.ended_in_base += self._records_since_base() == 0
            self.start()

    def _records_since_base(self):
        """What the database says that no daemon has open."""
        told = run_to_end([str(material.program("redoubtd")), "state", "inspect", "--json", "--data-dir",
                           str(stage.work_dir / "data")], WAIT_SECONDS_MAX)
        if told.returncode != 0:
            raise AssertionError(f"the database cannot be read after a kill: {told.stderr}")
        return json.loads(told.stdout)["journal"]["records_since_base"]

    def start(self):
        self._known_at_start, self._looked_at, self._up = self.witness.known, 0, False
        stage.worker = Worker(stage.node.url, stage.work_dir / "data", "--enclave-failures-max", "1000",
                              "--pages-after", str(PAGES_AFTER), listen=stage.endpoint_address)

    def _phase(self, enclave):
        """What the worker was doing, by what it has said."""
        self._look_at_lines()
        if enclave is None:
            return "while there was no enclave"
        if not self._up:
            return "at its start and replay"
        return "up to date" if self._imported >= stage.chain.number() else "importing blocks"

    def _look_at_lines(self):
        """What the daemon has said since the last look: it may never stand before what was told already."""
        for event in stage.worker.said(self._looked_at):
            self._looked_at += 1
            name = event.get("event")
            if name == "block_imported":
                self._imported = event["number"]
                self.bases += event["pages"] is not None
                self.pages += event["pages"] or 0
                self.witness.hear(event["number"])
            elif name in ("ready", "enclave_restarted"):
                self._up = True
                if event["last_block"] < self._known_at_start:
                    raise AssertionError(f"started at block {event['last_block']}, told of {self._known_at_start} before")
                self.unheard += event["last_block"] > self._imported

    def report(self):
        """How many kills were made of whom, and when."""
        def table(title, counted):
            print(title, flush=True)
            for key in sorted({key for _, key in counted}):
                numbers = [counted[victim, key] for victim in VICTIMS]
                columns = "".join(f"{victim} {number:3}   " for victim, number in zip(VICTIMS, numbers))
                print(f"  {key:28}{columns}all {sum(numbers):3}")
        table("aimed at", self.aimed)
        table("found the worker", self.found)
        print(f"{sum(self.aimed.values())} kills; {self.unheard} starts found a durable block of which nobody had heard", flush=True)
        print(f"{self.bases} bases of {self.pages} pages were told of; {self.ended_in_base} kills of the daemon left one as the last record",
              flush=True)


class Killed(unittest.TestCase):
    def test_200_times_under_load(self):
        print(f"seed {SEED}", flush=True)
        choose = random.Random(SEED)
        stage.start_worker("--confirmations-funded", str(TRANSACTIONS_MAX), "--pages-after", str(PAGES_AFTER))
        users = [user(20 + n) for n in range(USERS)]
        chain = Chain(stage.node.url)
        ledger = Ledger(chain, chain.number())
        endpoint = stage.endpoint()
        load = Load(stage.node.url, ledger, users, endpoint.shielding_key(), stage.fingerprint, stage.shard,
                    random.Random(choose.random()), CALLS_MAX_PER_BLOCK)
        endpoint.close()
        for number in range(USERS):
            load.shield(number, FUNDS)
        stage.chain.wait_until(lambda _: stage.account_info(users[-1]) == (0, FUNDS))
        witness = Witness(chain, ledger, f"wss://{stage.endpoint_address}", stage.account, stage.shard, users)
        witness.start()
        load.start()
        killer = Killer(witness, choose)
        began = time.monotonic()
        for _ in range(KILLS):
            killer.kill(choose.choice(VICTIMS), choose.choices(list(AIMS), AIMS.values())[0])
            witness.check()
            if sum(killer.aimed.values()) % (KILLS // 10) == 0:
                print(f"{sum(killer.aimed.values()):3} kills, worker at block {witness.known} of {stage.chain.number()}", flush=True)
        took = time.monotonic() - began
        load.finish()
        killer.report()
        self.assertGreater(killer.bases, 0, "no base was written between the kills")
        self.assertGreater(killer.ended_in_base, 0, "no kill fell on a base")
        print(f"{took:.0f} s, {took / KILLS:.2f} s for a kill; calls: {load.kinds}", flush=True)

        stage.chain.wait_until(lambda chain: ledger.waiting() == 0, WAIT_SECONDS_MAX)
        last = stage.chain.number()
        stage.chain.wait_until(lambda chain: (witness.check(), witness.known >= last)[1])
        unpaid = [to for to, _ in load.payouts]

        def all_paid(chain):
            while unpaid and chain.account(unpaid[-1])[1]:
                unpaid.pop()
            return not unpaid
        stage.chain.wait_until(all_paid)
        stage.wait_processed(stage.chain.number())
        witness.finish()
        witness.look_at_every_call()
        self.assertEqual([stage.chain.account(to)[1] for to, _ in load.payouts], [amount for _, amount in load.payouts])
        self.assertLessEqual(ledger.blocks_with_calls, set(witness.confirmed), "each block with calls is confirmed")
        print(f"{witness.answers} answers on {witness.connections} connections, {len(witness.confirmed)} confirmations, "
              f"{len(load.payouts)} payouts", flush=True)
        self.stays_the_same(killer, witness)
        witness.hang_up()
        chain.close()
        killer.close()
        self.is_whole()

    def is_whole(self):
        """The stopped worker's state is, and no page is left over."""
        self.assertEqual(stage.worker.stop(), 0)
        done = run_to_end([str(material.program("redoubtd")), "state", "verify", "--json", "--data-dir",
                           str(stage.work_dir / "data")], WAIT_SECONDS_MAX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = json.loads(done.stdout)
        self.assertTrue(told["whole"])
        self.assertEqual(told["unreached_pages"], [])
        print(f"verified: {told['records']} records, {told['pages']} pages, {told['state']['entries']} entries", flush=True)

    def stays_the_same(self, killer, witness):
        """While no block comes, a kill changes nothing at all."""
        stage.chain.rpc.call("dev_setFinality", "stall")
        head = stage.chain.number()

        def state():
            deadline = time.monotonic() + WAIT_SECONDS_MAX
            while (told := witness.look(head)) is None or told["lastBlock"] != head:
                self.assertLess(time.monotonic(), deadline, "the endpoint does not come back")
                stage.worker.process.run_for(0.01)
            return told
        before = state()
        for victim in VICTIMS:
            killer.kill(victim, "any")
            self.assertEqual(state(), before, victim)
        print(f"the same before and after: {before}", flush=True)
        stage.chain.rpc.call("dev_setFinality", "resume")


if __name__ == "__main__":
    suite.main("devchain", "worker")
