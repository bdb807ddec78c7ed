#!/usr/bin/env python3
"""`redoubtd state verify`: a worker's stored state is whole, and every record or page that was altered, taken away, exchanged,
brought from another shard or from an earlier time is found and named."""
import json
import shutil
import unittest

from support import material, suite
from support.process import run_to_end
from support.stage import UNIT, Stage, user
from support.trusted import counter_add, health
from support.worker import Worker, as_json

COMMAND_SECONDS_MAX = 120
EVENT_SECONDS_MAX = 120
EXIT_DATA_DIRECTORY = 4
PAGES_AFTER = 60  # changed keys: a base after a few blocks with calls, records after it
ACCOUNTS = 40
stage = None
work = None


def setUpModule():
    global stage, work
    work = suite.work_dir()
    stage = Stage(work, worker=False)
    stage.start_worker("--pages-after", str(PAGES_AFTER))


def tearDownModule():
    if stage is not None:
        stage.stop()


def run(program, *words, code=0):
    done = run_to_end([str(word) for word in (material.program(program), *words)], COMMAND_SECONDS_MAX)
    if done.returncode != code:
        raise AssertionError(f"{program} {words} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


class Copy:
    """A data directory that may be altered."""

    def __init__(self, name, of="data"):
        self.folder = work / name
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(work / of, self.folder)
        self.database = next(self.folder.glob("**/db"))

    def entries(self):
        lines = run("redoubt-database-entry", self.database, "list").stdout.splitlines()
        return {bytes.fromhex(key): bytes.fromhex(value) for key, value in (line.split(" ") for line in lines)}

    def put(self, key, value):
        run("redoubt-database-entry", self.database, "put", key.hex(), value.hex())

    def erase(self, key):
        run("redoubt-database-entry", self.database, "erase", key.hex())

    def verify(self, code=0):
        done = run("redoubtd", "state", "verify", "--json", "--data-dir", self.folder, code=code)
        return json.loads(done.stdout), done.stderr


def pages(entries):
    return {key: value for key, value in entries.items() if key[:1] == b"p"}


def records(entries):
    return {key: value for key, value in entries.items() if key[:1] == b"j"}


def sequence(record_key):
    return int.from_bytes(record_key[1:9], "big")


def page_name(key):
    return "0x" + key[1:].hex()


class StateVerify(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    early = None  # what an earlier database held
    whole = None  # what the database holds
    other = None  # what a database of another shard holds
    last = root = None  # the last block, and the root of the shard's state after it

    def test_1_a_running_worker_is_left_alone(self):
        cls = type(self)
        encrypt = stage.encrypt_with_kept_key()
        callers = [user(100 + number) for number in range(ACCOUNTS)]
        for caller in callers:
            stage.send(caller, counter_add(caller.public, 1), 0, encrypt=encrypt)
        stage.chain.wait_until(lambda _: all(stage.counter(caller) == 1 for caller in callers[-3:]))
        done = run("redoubtd", "state", "verify", "--data-dir", work / "data", code=EXIT_DATA_DIRECTORY)
        self.assertIn(f"in use by process {stage.worker.process.pid}", done.stderr)
        self.assertIn("Stop that process", done.stderr)
        self.assertEqual(stage.worker.stop(), 0)
        cls.early = Copy("early").entries()
        stage.start_worker("--pages-after", str(PAGES_AFTER))
        for nonce in range(1, 4):
            for caller in callers:
                stage.send(caller, counter_add(caller.public, 1), nonce, encrypt=encrypt)
        stage.shield(callers[0], UNIT)
        stage.wait_account(callers[0], (4, UNIT))
        stage.wait_processed(stage.chain.number())
        cls.last, cls.root = self.stop_after_a_record()

    def stop_after_a_record(self):
        """Stops the worker at a block whose record is no base; returns its number and the root of the state after it."""
        while True:
            stage.chain.rpc.call("dev_setFinality", "stall")
            head = stage.chain.number()
            line = stage.worker.process.wait_line(lambda line: '"block_imported"' in line and as_json(line)["number"] >= head,
                                                  EVENT_SECONDS_MAX)
            imported = as_json(stage.worker.process.lines[line])
            if imported["pages"] is None:
                break
            stage.chain.rpc.call("dev_setFinality", "resume")
            stage.chain.wait_until(lambda chain: chain.number() > head)
        told = health(stage.endpoint_address)
        self.assertEqual(told["lastBlock"], imported["number"])
        self.assertEqual(stage.worker.stop(), 0)
        stage.chain.rpc.call("dev_setFinality", "resume")
        return told["lastBlock"], told["stateRoot"]

    def test_2_a_clean_directory_is_whole(self):
        cls = type(self)
        copy = Copy("clean")
        cls.whole = copy.entries()
        told, complaint = copy.verify()
        # What a build for development says of itself, and nothing else.
        self.assertEqual([line for line in complaint.splitlines() if "a build for development" not in line], [])
        self.assertTrue(told["whole"])
        self.assertEqual(told["shard"], stage.ready["shard"])
        self.assertEqual(told["sequence"], max(map(sequence, records(self.whole))))
        self.assertEqual((told["block"]["number"], told["state"]["root"]), (self.last, self.root))
        self.assertGreater(told["sequence"], told["base"], "records after the base")
        self.assertEqual(told["pages"], len(pages(self.whole)))
        self.assertEqual(told["pages"], told["state"]["pages"] + told["worker_state"]["pages"])
        self.assertGreater(told["state"]["entries"], ACCOUNTS)
        self.assertEqual((told["bad_pages"], told["bad_records"], told["unreached_pages"]), ([], [], []))
        self.assertRegex(told["state_hash"], "^0x[0-9a-f]{64}$")
        self.assertEqual(copy.entries(), self.whole, "nothing was changed")
        text = run("redoubtd", "state", "verify", "--data-dir", copy.folder).stdout
        self.assertIn("everything is as it was sealed", text)
        self.assertIn(told["state_hash"], text)
        print(f"{told['records']} records, {told['pages']} pages, {told['state']['entries']} entries of the shard", flush=True)

    def check_page(self, change, words):
        """A change to one page, for several of them: that page is named, with these words."""
        keys = sorted(pages(self.whole))
        for key in keys[::max(1, len(keys) // 6)]:
            copy = Copy("altered")
            change(copy, key)
            told, complaint = copy.verify(EXIT_DATA_DIRECTORY)
            self.assertFalse(told["whole"])
            self.assertEqual([page["page"] for page in told["bad_pages"]], [page_name(key)])
            self.assertIn(words, told["bad_pages"][0]["reason"])
            self.assertIn(str(copy.database), complaint)
            self.assertIn("1 page cannot be used", complaint)
            self.assertIn("backup", complaint)
            # All that lies beside it was verified, what lies below it was opened.
            reached = told["state"]["pages"] + told["worker_state"]["pages"]
            below = [page for page in told["unreached_pages"] if page["reason"] is None]
            self.assertEqual(reached + 1 + len(below), len(keys))

    def test_3_a_flipped_page_is_named(self):
        def flip(copy, key):
            value = bytearray(self.whole[key])
            value[len(value) // 2] ^= 1
            copy.put(key, bytes(value))
        self.check_page(flip, "damaged or was altered")

    def test_4_a_missing_page_is_named(self):
        self.check_page(lambda copy, key: copy.erase(key), "is missing")

    def test_5_a_page_of_another_shard_is_named(self):
        other = Worker(stage.node.url, work / "other", "--shard", "11" * 32, "--pages-after", "1", name="other")
        other.wait_ready()
        self.assertEqual(other.stop(), 0)
        type(self).other = Copy("other_copy", of="other").entries()
        foreign = sorted(pages(self.other).values())[0]
        self.check_page(lambda copy, key: copy.put(key, foreign), "damaged or was altered")
        # Beside the own pages it does no harm, and is named.
        copy = Copy("altered")
        key = sorted(pages(self.other))[0]
        copy.put(key, foreign)
        told, _ = copy.verify()
        self.assertTrue(told["whole"] and told["left_over"])
        self.assertEqual([page["page"] for page in told["unreached_pages"]], [page_name(key)])
        self.assertIn("was altered", told["unreached_pages"][0]["reason"])

    def test_6_exchanged_pages_are_named(self):
        first, second = sorted(pages(self.whole))[:2]
        copy = Copy("altered")
        copy.put(first, self.whole[second])
        copy.put(second, self.whole[first])
        told, _ = copy.verify(EXIT_DATA_DIRECTORY)
        named = {page["page"] for page in told["bad_pages"]} | {page["page"] for page in told["unreached_pages"] if page["reason"]}
        self.assertEqual(named, {page_name(first), page_name(second)})

    def test_7_an_older_page_is_named(self):
        older = [key for key in sorted(pages(self.whole)) if key in self.early and self.early[key] != self.whole[key]]
        self.assertGreater(len(older), 0, "no page was written twice")
        found = 0
        for key in older[::max(1, len(older) // 6)]:
            copy = Copy("altered")
            copy.put(key, self.early[key])
            told, _ = copy.verify(EXIT_DATA_DIRECTORY)
            found += [(page["page"], "an older one" in page["reason"]) for page in told["bad_pages"]] == [(page_name(key), True)]
        self.assertEqual(found, len(older[::max(1, len(older) // 6)]))

    def test_8_records_are_named(self):
        keys = sorted(records(self.whole))
        last = keys[-1]
        flipped = bytearray(self.whole[last])
        flipped[-1] ^= 1
        early_last = sorted(records(self.early))[-1]
        changes = {
            "flipped": (lambda copy: copy.put(last, bytes(flipped)), last, "damaged"),
            "of another shard": (lambda copy: copy.put(last, sorted(records(self.other).values())[0]), last, "or identity"),
            "older": (lambda copy: copy.put(last, self.early[early_last]), last, "missing, repeated or out of order"),
            "the base flipped": (lambda copy: copy.put(keys[0], self.whole[keys[0]][:-1] + b"x"), keys[0], "damaged"),
        }
        if len(keys) > 2:
            changes["missing"] = (lambda copy: copy.erase(keys[1]), keys[2], "missing, repeated or out of order")
        for name, (change, key, words) in changes.items():
            copy = Copy("altered")
            change(copy)
            told, complaint = copy.verify(EXIT_DATA_DIRECTORY)
            self.assertFalse(told["whole"], name)
            self.assertEqual(told["bad_records"][0]["sequence"], sequence(key), name)
            self.assertIn(words, told["bad_records"][0]["reason"], name)
            self.assertIn("record", complaint, name)
            if name == "the base flipped":
                self.assertEqual(len(told["unreached_pages"]), len(pages(self.whole)), name)
            else:
                self.assertEqual((told["bad_pages"], told["unreached_pages"]), ([], []), name)

    def test_9_another_platform_cannot_look_at_it(self):
        copy = Copy("altered")
        (copy.folder / "sim-platform").write_bytes(b"x" * 32)
        done = run("redoubtd", "state", "verify", "--data-dir", copy.folder, code=EXIT_DATA_DIRECTORY)
        self.assertIn("sim-platform", done.stderr)
        (copy.folder / "sim-platform").unlink()
        done = run("redoubtd", "state", "verify", "--data-dir", copy.folder, code=EXIT_DATA_DIRECTORY)
        self.assertIn("sim-platform is missing", done.stderr)


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
