#!/usr/bin/env python3
"""A chain node that lies to a running worker: it refuses, names the reason, keeps its state, and goes on afterwards."""
import concurrent.futures
import http.client
import time
import unittest

from support import faults, suite
from support.chain import DEV_ACCOUNTS, PAYER_FUNDS, transfer_call
from support.devchain import Devchain, funded_spec
from support.lying_node import LyingNode
from support.stage import Stage, user
from support.trusted import counter_add, health
from support.wallet import Wallet
from support.worker import Worker, as_json

work = None

REFUSAL_SECONDS_MAX = 60
RECOVERY_SECONDS_MAX = 180
STALE_SECONDS = 8
BLOCKS_SURVIVED = 3
AT_START = "words"
CHAIN_ERROR, DATA_DIRECTORY_ERROR = 3, 4

# realnode's modes, and what the enclave calls them.
LIES = {
    "sig": {"justification_bad_signature"},
    "minority": {"justification_too_light"},
    "set": {"justification_bad_signature"},
    "hash": {"justification_wrong_target"},
    "root": {"state_proof_bad", "state_proof_missing"},
}


def setUpModule():
    global work
    work = suite.work_dir()


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


class Series:
    """Faults one after the other, on one chain, against one worker that keeps running."""

    BLOCKS_WATCHED = 2

    def __init__(self, name, worker_options):
        self.stage = Stage(work / name, worker=False, start_chain=self.start_chain)
        self.options = worker_options
        self.user = user(9)
        self.seed = 0
        self.numbers = []
        self.stage.start_worker(*worker_options)

    @staticmethod
    def start_chain(folder):
        return Devchain(folder, "--chain-spec", funded_spec(folder), "--block-time", "400ms", "--authorities", "4")

    @property
    def worker(self):
        return self.stage.worker

    def health(self):
        return health(self.stage.endpoint_address)

    def stop_worker(self):
        """Ends the worker; what it imported stays counted."""
        code = self.worker.stop()
        self.numbers += [event["number"] for event in self.worker.events("block_imported")]
        return code

    def number(self):
        """The chain's finalized head, asked for on a connection of its own."""
        head = self.stage.node.call("chain_getFinalizedHead")
        return int(self.stage.node.call("chain_getHeader", head)["number"], 16)

    def wait_blocks(self, count):
        """Waits until the chain itself has so many more finalized blocks."""
        self.stage.chain.wait_until(lambda chain, until=self.stage.chain.number() + count: chain.number() >= until,
                                    REFUSAL_SECONDS_MAX)

    def wait_imported(self, number, position):
        self.worker.wait_event("block_imported", RECOVERY_SECONDS_MAX, position,
                               lambda event: event["number"] >= number)

    def set(self, fault, setting=True):
        """Switches it on; the position in the worker's output from which it may be noticed."""
        position = len(self.worker.process.lines)
        self.stage.node.call("dev_setFault", fault, setting)
        return position

    def clear(self, fault):
        try:
            self.stage.node.call("dev_clearFault", fault)
        except (OSError, ValueError, http.client.HTTPException):
            # The answer to this was the last one to be spoilt.
            states = self.stage.node.call("dev_faults")
            check(not any(one["on"] for one in states), states)

    def change_authorities(self):
        self.seed += 1
        self.stage.node.call("dev_scheduleAuthorityChange", 3 + self.seed % 2, 2, self.seed)

    def events_since(self, position, *names):
        return [event for line in self.worker.process.lines[position:]
                if (event := as_json(line)).get("event") in names]

    # -- one method for each kind of expectation --
    def expect(self, fault, expectation):
        getattr(self, type(expectation).__name__.lower())(fault, expectation)

    def refuse(self, fault, expectation, position):
        """Waits for the refusal and sees that nothing from the refused block on is imported; where it was said."""
        where, told = self.worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
        check(told["reason"] in expectation.reasons, f"{told['reason']}, expected {sorted(expectation.reasons)}: {told}")
        check(told["cause"] and told["remedy"], f"no cause or no remedy: {told}")
        self.wait_blocks(self.BLOCKS_WATCHED)
        taken = [event for event in self.events_since(position, "block_imported") if event["number"] >= told["block"]]
        check(not taken, f"imported in spite of {told}: {taken}")
        check(self.health()["lastBlock"] <= told["block"], f"{self.health()} after {told}")
        return where

    def refused(self, fault, expectation):
        position = self.set(fault, expectation.setting)
        if expectation.changes_authorities:
            self.change_authorities()
        if expectation.with_transfer:
            self.stage.chain.send("//Alice", transfer_call(DEV_ACCOUNTS["//Dave"], 1))
        where = self.refuse(fault, expectation, position)
        self.clear(fault)
        until = self.number() + 1
        self.worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
        # Nothing is left of what was said while it lied.
        self.wait_imported(until, where)

    def spoilt(self, fault, expectation):
        self.refuse(fault, expectation, self.set(fault))
        self.clear(fault)
        before = self.health()["lastBlock"]
        self.wait_blocks(self.BLOCKS_WATCHED)
        check(self.health()["lastBlock"] == before, f"{self.health()}, expected block {before}")
        check(self.worker.process.running(), self.worker.process.tail())

    def stale(self, fault, expectation):
        position = self.set(fault, expectation.setting)
        where, _ = self.worker.wait_event("stale", REFUSAL_SECONDS_MAX, position)
        check(self.health()["stale"], f"{self.health()} does not say that it is stale")
        self.clear(fault)
        where, _ = self.worker.wait_event("fresh", RECOVERY_SECONDS_MAX, where)
        check(not self.health()["stale"], f"{self.health()} still says that it is stale")

    def survived(self, fault, expectation):
        position = self.set(fault, expectation.setting)
        until = self.number() + BLOCKS_SURVIVED
        if expectation.with_failing_call:
            # More than the payer has: the extrinsic fails, and the node says that it succeeded.
            shielding = self.stage.shield(self.user, 10 * PAYER_FUNDS)
            until = max(until, self.stage.chain.find_extrinsic(shielding, until - BLOCKS_SURVIVED)[0])
        self.wait_imported(until, position)
        self.clear(fault)
        self.wait_imported(self.number(), position)
        check(not self.events_since(position, "chain_refused"), self.worker.process.tail())
        check(self.stage.account_info(self.user)[1] == 0, "what failed on the chain was credited")

    def hindered(self, fault, expectation):
        position = self.set(fault, expectation.setting)
        where = self.worker.process.wait_line(lambda line: expectation.words in line, REFUSAL_SECONDS_MAX, position)
        self.clear(fault)
        self.wait_imported(self.number() + 1, where)
        check(not self.events_since(position, "chain_refused"), self.worker.process.tail())

    def refused_at_start(self, fault, data, code, *words):
        """A worker that begins while the node lies ends with this exit code and says these words."""
        self.set(fault)
        started = Worker(self.stage.node.url, data, name=f"redoubtd-{data.name}-{fault}")
        try:
            ended = started.process.wait_exit(REFUSAL_SECONDS_MAX)
        finally:
            started.kill()
            self.clear(fault)
        text = started.process.tail()
        check(ended == code, f"{fault}: exit code {ended}, expected {code}\n{text}")
        for word in words:
            check(word in text, f"{fault}: {word!r} is not said\n{text}")

    def finish(self):
        """One more look at all that was imported."""
        check(self.stop_worker() == 0, "the worker did not end well")
        expected = list(range(self.numbers[0], self.numbers[0] + len(self.numbers)))
        check(self.numbers == expected, f"each block once and in order: {self.numbers}")


def check(holds, said):
    """assertTrue of whoever is no test case."""
    if not holds:
        raise AssertionError(said)


def run_series(name, faults, worker_options):
    """Runs the faults of a series; what failed, by fault, and lines about how long each took."""
    failures, lines = {}, []
    series = Series(name, worker_options)
    try:
        for fault, expectation in faults.items():
            began = time.monotonic()
            try:
                series.expect(fault, expectation)
            except Exception as error:
                failures[fault] = f"{type(error).__name__}: {error}\n{series.worker.process.tail()}"
                break
            lines.append(f"  {fault:28} {type(expectation).__name__:9} {time.monotonic() - began:5.1f} s")
        if not failures and name == AT_START:
            try:
                refuse_at_start(series)
            except Exception as error:
                failures["at the start"] = f"{type(error).__name__}: {error}\n{series.worker.process.tail()}"
        if not failures:
            series.finish()
    finally:
        series.stage.stop()
    return failures, lines, len(series.numbers)


def refuse_at_start(series):
    """Faults that a worker meets when it connects: it ends, and its data is untouched."""
    genesis = series.stage.ready["genesis"]
    check(series.stop_worker() == 0, "the worker did not end well")
    data = series.stage.work_dir / "data"
    series.refused_at_start("wrong-genesis", data, DATA_DIRECTORY_ERROR, genesis, "belongs to the chain")
    series.refused_at_start("wrong-genesis", series.stage.work_dir / "fresh", CHAIN_ERROR, "that it calls genesis")
    series.refused_at_start("wrong-metadata", data, CHAIN_ERROR, "EnclaveBridge")
    series.stage.start_worker(*series.options)
    check(series.stage.ready["genesis"] == genesis, "another chain")


class Faults(unittest.TestCase):
    """Every fault that the development chain knows, against workers that keep running."""

    def test_each_fault_has_an_expectation(self):
        names = faults.listed()
        self.assertEqual(sorted(names), sorted(faults.EXPECTED), "tests/e2e/support/faults.py against the program's list")
        self.assertEqual(len(faults.EXPECTED), sum(map(len, faults.SERIES.values())), "each fault in one series only")

    def test_each_fault_is_refused_or_survived_and_the_worker_goes_on(self):
        options = {"silence": ("--stale-after", str(STALE_SECONDS))}
        with concurrent.futures.ThreadPoolExecutor(len(faults.SERIES)) as pool:
            running = {name: pool.submit(run_series, name, series, options.get(name, ()))
                       for name, series in faults.SERIES.items()}
        for name, one in running.items():
            with self.subTest(series=name):
                failures, lines, blocks = one.result()
                print(f"{name}: {len(lines)} of {len(faults.SERIES[name])} faults, {blocks} blocks imported",
                      *lines, sep="\n", flush=True)
                self.assertEqual(failures, {}, "\n".join(f"{fault}: {said}" for fault, said in failures.items()))


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
