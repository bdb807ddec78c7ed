#!/usr/bin/env python3
"""Backups of a worker that runs: a restored one catches up with what the worker did since, and goes on. A copy of the
directory from before the worker's last word is refused."""
import json
import pathlib
import shutil
import unittest

from support import material, suite
from support.process import run_to_end
from support.stage import UNIT, Stage, user
from support.trusted import counter_add
from support.worker import Worker, as_json

COMMAND_SECONDS_MAX = 60
EVENT_SECONDS_MAX = 120
EXIT_USAGE, EXIT_DATA_DIRECTORY = 2, 4
stage = None
work = None


def setUpModule():
    global stage, work
    work = suite.work_dir()
    stage = Stage(work)


def tearDownModule():
    if stage is not None:
        stage.stop()


class StateBackup(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    caller = user(60)
    calls = 0  # made so far: the nonce of the next one
    account = None
    encrypt = None

    def redoubtd(self, *words, data_dir, code=0):
        done = run_to_end([str(word) for word in (material.program("redoubtd"), *words, "--data-dir", work / data_dir)],
                          COMMAND_SECONDS_MAX)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def state(self, *words, data_dir="data"):
        return json.loads(self.redoubtd("state", *words, "--json", data_dir=data_dir).stdout)

    def refused(self, *words, data_dir, code=EXIT_DATA_DIRECTORY):
        return self.redoubtd("state", *words, data_dir=data_dir, code=code).stderr

    def call(self, count):
        cls = type(self)
        for _ in range(count):
            stage.send(self.caller, counter_add(self.caller.public, 1), self.calls, encrypt=self.encrypt)
            cls.calls += 1

    def check_shard(self):
        stage.wait_account(self.caller, (self.calls, UNIT))
        self.assertEqual(stage.counter(self.caller), self.calls)

    def restore(self, backup, data_dir):
        restored = self.state("restore", "--from", work / backup, data_dir=data_dir)
        self.assertTrue(restored["lacks_platform"])
        shutil.copy(work / "data/sim-platform", work / data_dir / "sim-platform")
        return restored

    def start(self, data_dir):
        return Worker(stage.node.url, work / data_dir, listen=stage.endpoint_address, name=data_dir)

    def check_refused_at_start(self, data_dir):
        worker = self.start(data_dir)
        self.assertEqual(worker.process.wait_exit(EVENT_SECONDS_MAX), EXIT_DATA_DIRECTORY, worker.process.tail())
        stopped, = worker.events("shard_stopped")
        self.assertIn("is an older copy", stopped["cause"])
        self.assertIn("redoubtd state restore", stopped["remedy"])
        self.assertFalse(worker.events("ready"))

    def test_1_a_backup_is_taken_under_calls_and_nobody_notices(self):
        cls = type(self)
        cls.account = stage.account
        stage.shield(self.caller, UNIT)
        stage.wait_account(self.caller, (0, UNIT))
        cls.encrypt = staticmethod(stage.encrypt_with_kept_key())
        self.call(5)
        said = len(stage.worker.process.lines)
        before = self.state("inspect")
        backup = self.state("backup", "--to", work / "early.backup")
        after = self.state("inspect")
        self.assertTrue(before["running"])
        self.assertLessEqual(before["journal"]["last_sequence"], backup["sequence"])
        self.assertLessEqual(backup["sequence"], after["journal"]["last_sequence"])
        self.assertEqual((backup["shard"], backup["genesis"]), (stage.ready["shard"], stage.chain.genesis_hash))
        self.assertEqual((work / "early.backup").stat().st_mode & 0o777, 0o600)
        self.call(5)
        self.check_shard()
        stage.wait_processed(stage.chain.number())
        told = [event["event"] for event in stage.worker.said(said) if "event" in event]
        self.assertLessEqual(set(told), {"block_imported", "confirmed", "root_published"})
        self.assertIn("exists already", self.refused("backup", "--to", work / "early.backup", data_dir="data", code=EXIT_USAGE))

    def test_2_one_after_the_workers_last_word_is_taken_of_the_running_worker(self):
        stage.chain.rpc.call("dev_setFinality", "stall")
        head = stage.chain.number()
        stage.worker.process.wait_line(lambda line: '"block_imported"' in line and as_json(line)["number"] >= head,
                                       EVENT_SECONDS_MAX)
        self.call(5)  # in blocks that are not final: known to the chain, not to the worker
        backup = self.state("backup", "--to", work / "last.backup")
        self.assertTrue(stage.worker.process.running())
        for words in (("compact",), ("restore", "--from", work / "last.backup")):
            self.assertIn(f"in use by process {stage.worker.process.pid}", self.refused(*words, data_dir="data"))
        self.assertEqual(stage.worker.stop(), 0)
        self.assertEqual(self.state("inspect")["journal"]["last_sequence"], backup["sequence"])
        self.assertIn("already", self.refused("restore", "--from", work / "last.backup", data_dir="data"))
        stage.chain.rpc.call("dev_setFinality", "resume")

    def test_3_a_damaged_copy_of_it_is_refused_before_anything_is_written(self):
        whole = (work / "last.backup").read_bytes()
        for name, content in (("short", whole[:-100]), ("changed", whole[:500] + b"x" + whole[501:])):
            (work / name).write_bytes(content)
            self.assertIn("damaged or cut off", self.refused("restore", "--from", work / name, data_dir="never"))
        self.assertFalse((work / "never").exists())

    def test_4_the_worker_goes_on_in_another_directory(self):
        restored = self.restore("last.backup", "moved")
        self.assertEqual(pathlib.Path(restored["database"]), work / "moved/shards" / stage.ready["shard"][2:] / "db")
        compacted = self.state("compact", data_dir="moved")
        self.assertGreater(compacted["bytes_after"], 0)
        self.assertEqual(self.state("inspect", data_dir="moved")["journal"]["last_sequence"], restored["sequence"])
        stage.worker = self.start("moved")
        stage.ready = stage.worker.wait_ready()
        self.assertEqual(stage.account, self.account)
        self.check_shard()
        self.call(3)
        self.check_shard()
        stage.wait_processed(stage.chain.number())
        self.assertEqual(stage.worker.stop(), 0)

    def test_5_the_directory_that_it_left_is_an_older_copy_now(self):
        self.check_refused_at_start("data")

    def test_6_the_same_backups_catch_up_before_the_worker_acts(self):
        for backup in ("last.backup", "early.backup"):
            restored = self.restore(backup, f"old_{backup}")
            stage.worker = self.start(f"old_{backup}")
            stage.ready = stage.worker.wait_ready()
            event, = stage.worker.events("catching_up")
            self.assertLess(event["from"], event["to"])
            said = [as_json(line)["event"] for line in stage.worker.process.lines if '"event"' in line]
            self.assertNotIn("confirmed", said[:said.index("catching_up")])
            self.assertEqual(stage.account, self.account)
            self.check_shard()
            self.call(2)
            self.check_shard()
            stage.wait_processed(stage.chain.number())
            self.assertEqual(stage.worker.stop(), 0)
            self.assertGreater(self.state("inspect", data_dir=f"old_{backup}")["journal"]["last_sequence"],
                               restored["sequence"])

    def test_7_what_has_caught_up_is_no_backup_any_more(self):
        shutil.copytree(work / "old_early.backup", work / "copy")
        stage.worker = self.start("old_early.backup")
        stage.ready = stage.worker.wait_ready()
        self.assertFalse(stage.worker.events("catching_up"))
        self.call(1)
        self.check_shard()
        stage.wait_processed(stage.chain.number())
        self.assertEqual(stage.worker.stop(), 0)
        self.check_refused_at_start("copy")


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
