#!/usr/bin/env python3
"""A disk that is full, read-only or does not sync: the worker says so, waits, and goes on where it was."""
import unittest

from support import suite
from support.failing_disk import FULL, IO, READ_ONLY, SYNC, FailingDisk
from support.stage import UNIT, Stage, user
from support.trusted import counter_add
from support.worker import Worker

REASONS = {FULL: "no_space", READ_ONLY: "read_only", SYNC: "io_error", IO: "io_error"}
BLOCKS_WITHOUT_DISK = 3
EVENT_SECONDS_MAX = 120
EXIT_DATA_DIRECTORY = 4
stage = None
disk = None


def setUpModule():
    global stage, disk
    work = suite.work_dir()
    stage = Stage(work, worker=False)
    disk = FailingDisk(work / "data")
    stage.start_worker(environment=disk.environment)


def tearDownModule():
    if stage is not None:
        stage.stop()


class Caller:
    """A user who counts, and what the counter has to be."""

    def __init__(self, number):
        self.key = user(number)
        stage.shield(self.key, UNIT)
        stage.wait_account(self.key, (0, UNIT))
        self._encrypt = stage.encrypt_with_kept_key()
        self.hashes, self.sum = [], 0

    def call(self, amount):
        call = counter_add(self.key.public, amount)
        self.hashes.append(stage.send(self.key, call, len(self.hashes), encrypt=self._encrypt))
        self.sum += amount

    def check(self, test):
        """Every call was executed once."""
        stage.wait_account(self.key, (len(self.hashes), UNIT))
        test.assertEqual(stage.counter(self.key), self.sum)
        for one in self.hashes:
            test.assertEqual(stage.wait_status(one)["status"], "executed")


class FailingDiskTest(unittest.TestCase):
    def broken(self, fault):
        """Breaks the disk; (line, event) of the worker's complaint."""
        said = len(stage.worker.process.lines)
        disk.fail(fault)
        line, failed = stage.worker.wait_event("storage_failed", EVENT_SECONDS_MAX, after=said)
        self.assertEqual(failed["reason"], REASONS[fault])
        self.assertIn(str(stage.worker.data_dir), failed["cause"])
        self.assertTrue(failed["remedy"])
        return line, failed

    def healed(self, line, failed):
        """Mends the disk and waits until the worker goes on, with the block that it had."""
        disk.heal()
        recovered = stage.worker.wait_event("storage_recovered", EVENT_SECONDS_MAX, after=line)[1]
        self.assertEqual(recovered["block"], failed["block"])
        self.assertEqual(recovered["reason"], failed["reason"])
        imported = stage.worker.wait_event("block_imported", EVENT_SECONDS_MAX, after=line)[1]
        self.assertEqual(imported["number"], failed["block"], "the same block, and none meanwhile")

    def pass_blocks(self):
        until = stage.chain.number() + BLOCKS_WITHOUT_DISK
        stage.chain.wait_until(lambda chain: chain.number() >= until)

    def check_every_block_once(self):
        numbers = [event["number"] for event in stage.worker.events("block_imported")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))


class WhileTheDiskFails(FailingDiskTest):
    def check_fault(self, caller, fault):
        early = stage.endpoint()
        counted = early.counter(caller.key, stage.shard)
        line, failed = self.broken(fault)
        durable = failed["block"] - 1
        for amount in (1, 10, 100):
            caller.call(amount)
        self.pass_blocks()
        health = early.rpc.call("system_health")
        self.assertEqual(health["lastBlock"], durable, "health tells of what is on the disk")
        self.assertEqual(early.counter(caller.key, stage.shard), counted)
        with self.assertRaises(OSError, msg="newcomers are refused"):
            stage.endpoint()
        confirmed = [one.block_number for one in stage.confirmations(durable + 1, stage.chain.number())]
        self.assertFalse([number for number in confirmed if number > durable], "nothing is confirmed that can be lost")
        self.healed(line, failed)
        early.close()
        caller.check(self)

    def test_it_waits_and_loses_nothing(self):
        caller, process = Caller(40), stage.worker.process.pid
        for fault in REASONS:
            with self.subTest(fault=fault):
                self.check_fault(caller, fault)
        self.assertEqual(stage.worker.process.pid, process)
        self.assertTrue(stage.worker.process.running())
        self.check_every_block_once()

    def test_the_enclave_may_end_meanwhile(self):
        caller = Caller(41)
        line, failed = self.broken(READ_ONLY)
        stage.worker.kill_enclave()
        stage.worker.wait_event("enclave_restarted", EVENT_SECONDS_MAX, after=line)
        caller.call(5)
        self.pass_blocks()
        self.healed(line, failed)
        caller.check(self)


class AfterTheDiskFailed(FailingDiskTest):
    def test_a_killed_worker_goes_on(self):
        caller = Caller(42)
        for fault in (FULL, SYNC):
            with self.subTest(fault=fault):
                self.broken(fault)
                caller.call(7)
                self.pass_blocks()
                stage.worker.kill()
                disk.heal()
                stage.start_worker(environment=disk.environment)
                caller.check(self)
                self.check_every_block_once()

    def test_a_worker_stops_on_request(self):
        caller = Caller(43)
        self.broken(IO)
        caller.call(9)
        self.assertEqual(stage.worker.stop(), 0)
        disk.heal()
        stage.start_worker(environment=disk.environment)
        caller.check(self)


class AtTheStart(unittest.TestCase):
    def test_it_is_said_what_to_do(self):
        for fault, remedy in ((FULL, "Free"), (READ_ONLY, "writable")):
            with self.subTest(fault=fault):
                data = stage.work_dir / f"data-{fault}"
                own = FailingDisk(data)
                healthy = Worker(stage.node.url, data, environment=own.environment, name="first")
                healthy.wait_event("listening")
                healthy.stop()
                for folder in (data, stage.work_dir / f"new-{fault}"):
                    own = FailingDisk(folder)
                    own.fail(fault)
                    refused = Worker(stage.node.url, folder, environment=own.environment, name="second")
                    self.assertEqual(refused.process.wait_exit(), EXIT_DATA_DIRECTORY)
                    self.assertIn(remedy, refused.process.tail())
                    own.heal()
                    again = Worker(stage.node.url, folder, environment=own.environment, name="third")
                    again.wait_event("listening")
                    again.stop()


if __name__ == "__main__":
    suite.main("devchain", "worker", "failing_disk")
