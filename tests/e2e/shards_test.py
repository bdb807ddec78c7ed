#!/usr/bin/env python3
"""Two shards in one redoubtd: apart in keys, balances and faults, together in one data directory."""
import copy
import json
import os
import shutil
import signal
import subprocess
import unittest

from support import material, suite
from support.process import run_to_end
from support.stage import UNIT, Stage, user
from support.trusted import balance_transfer, ed25519_certificate_key
from support.worker import Worker

READY_SECONDS_MAX = 120
COMMAND_SECONDS_MAX = 60
EXIT_USAGE, EXIT_DATA_DIRECTORY = 2, 4
WALLET_UNREACHABLE = 3
NAMED = "0x" + "b2" * 32
stage = None
own = None


def setUpModule():
    """A directory as a worker of a single shard leaves it."""
    global stage, own
    stage = Stage(suite.work_dir())
    own = stage.ready["shard"]


def tearDownModule():
    if stage is not None:
        stage.stop()


class Shards(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    views = {}  # the stage as each shard's users see it, by shard

    def start(self, *shards, name="redoubtd"):
        """Starts the worker and waits until the shards in `views` are ready."""
        options = [word for shard in shards for word in ("--shard", shard)]
        stage.worker = Worker(stage.node.url, stage.work_dir / "data", *options, name=name)
        for shard in self.views:
            self.wait_ready(shard)

    def wait_ready(self, shard):
        view = copy.copy(stage)
        _, view.ready = stage.worker.wait_event("ready", READY_SECONDS_MAX, where=lambda event: event["shard"] == shard)
        self.views[shard] = view

    def database(self, shard):
        return stage.work_dir / "data" / ("db" if shard == own else f"shards/{shard[2:]}/db")

    def redoubtd(self, *words, code=0):
        command = [str(word) for word in (material.program("redoubtd"), *words, "--data-dir", stage.work_dir / "data")]
        done = run_to_end(command, COMMAND_SECONDS_MAX)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def listed(self):
        shards = json.loads(self.redoubtd("shard", "list", "--json").stdout)["shards"]
        return {entry["shard"]: entry for entry in shards}

    def shown(self, shard):
        return json.loads(self.redoubtd("shard", "show", shard, "--json").stdout)

    def test_1_a_second_shard_joins_the_one_of_an_existing_directory(self):
        first = stage.ready
        self.assertEqual(stage.worker.stop(), 0)
        self.assertEqual(list(self.listed()), [own])
        self.views.update({own: None, NAMED: None})
        self.start(own, NAMED)
        a, b = self.views[own].ready, self.views[NAMED].ready
        self.assertEqual(a["account_hex"], first["account_hex"], "the first shard keeps its identity")
        for field in ("account_hex", "listen", "url", "enclave_pid", "shard_base58"):
            self.assertNotEqual(a[field], b[field], field)
        self.assertEqual(a["measurement"], b["measurement"])
        listening = {event["url"] for event in stage.worker.events("listening")}
        self.assertEqual(listening, {a["url"], b["url"]})
        self.assertTrue(all(event["shard"] in (own, NAMED) for event in stage.worker.events("block_imported")))

    def test_2_each_endpoint_shows_the_key_of_its_own_registered_account(self):
        registered = {enclave["account_id"]: enclave["url"] for enclave in stage.wallet.ok("registry", "list")["enclaves"]}
        keys = set()
        for view in self.views.values():
            self.assertEqual(registered[view.ready["account_hex"]], view.ready["url"])
            self.assertEqual(ed25519_certificate_key(view.endpoint_address), view.account)
            endpoint = view.endpoint()
            keys.add(endpoint.shielding_key())
            endpoint.close()
        self.assertEqual(len(keys), 2, "one shielding key each")

    def test_3_calls_reach_their_shard_and_balances_stay_apart(self):
        a, b = self.views[own], self.views[NAMED]
        a.shield(user(1), 5 * UNIT)
        b.shield(user(1), 7 * UNIT)
        a.wait_account(user(1), (0, 5 * UNIT))
        b.wait_account(user(1), (0, 7 * UNIT))
        done = a.send(user(1), balance_transfer(user(1).public, user(2).public, 2 * UNIT), 0)
        self.assertEqual(a.wait_status(done)["status"], "executed")
        self.assertEqual(a.account_info(user(1)), (1, 3 * UNIT))
        self.assertEqual(b.account_info(user(1)), (0, 7 * UNIT))
        self.assertEqual(b.account_info(user(2)), (0, 0))

    def test_4_the_wallet_finds_the_endpoint_of_the_shard_that_is_named(self):
        for shard, amount in ((own, 3), (NAMED, 4)):
            stage.wallet.ok("shield", "//Alice", "//Alice", str(amount), "--shard", shard)
            self.views[shard].wait_processed(stage.chain.number())
            answer = stage.wallet.ok("trusted", "balance", "//Alice", "--shard", shard)
            self.assertEqual((answer["worker_url"], answer["shard"], int(answer["free"])),
                             (self.views[shard].ready["url"], shard, amount * UNIT))
        ambiguous = stage.wallet.run("trusted", "balance", "//Alice")
        self.assertEqual(ambiguous.json["error"]["code"], "shard_ambiguous", str(ambiguous))

    def test_5_shards_are_told_beside_the_running_daemon(self):
        listed = self.listed()
        self.assertEqual(list(listed), [own, NAMED])
        for shard, entry in listed.items():
            self.assertEqual((entry["running"], entry["process"]), (True, stage.worker.process.pid))
            self.assertEqual(entry["shard_base58"], self.views[shard].ready["shard_base58"])
            self.assertIsNone(entry["problem"])
            shown = self.shown(shard)
            self.assertEqual(shown["genesis"], stage.chain.genesis_hash)
            self.assertGreaterEqual(shown["sequence"], entry["sequence"])
            self.assertGreater(shown["journal"]["bytes"], 0)
            self.assertGreaterEqual(shown["journal"]["parts"], shown["journal"]["records"])
            self.assertEqual(sum(one["bytes"] for one in shown["files"]), shown["bytes"])
        first, second = self.shown(own), self.shown("b2b2b2b2")
        self.assertEqual(first["identity"]["key_id"], second["identity"]["key_id"], "one platform seals both identities")
        self.assertNotEqual(first["journal"]["key_id"], second["journal"]["key_id"], "each shard has a state key of its own")
        self.assertIn(f"running, process {stage.worker.process.pid}", self.redoubtd("shard", "list").stdout)
        self.assertIn("is no shard", self.redoubtd("shard", "show", "0xabcd", code=EXIT_USAGE).stderr)

    def test_6_the_end_of_one_enclave_is_not_felt_by_the_other(self):
        a, b = self.views[own], self.views[NAMED]
        kept = b.endpoint()
        os.kill(a.ready["enclave_pid"], signal.SIGKILL)
        self.assertEqual(kept.account_info(user(1), b.shard), (0, 7 * UNIT))
        _, restarted = stage.worker.wait_event("enclave_restarted")
        self.assertEqual(restarted["shard"], own)
        self.assertEqual(kept.account_info(user(1), b.shard), (0, 7 * UNIT), "on the connection from before")
        kept.close()
        a.wait_account(user(1), (1, 3 * UNIT))
        self.assertEqual(len(stage.worker.events("enclave_restarted")), 1)

    def test_7_without_names_the_directory_says_what_is_carried(self):
        self.assertEqual(stage.worker.stop(), 0)
        ends = {event["shard"]: event["exit_code"] for event in stage.worker.events("shard_stopped")}
        self.assertEqual(ends, {own: 0, NAMED: 0})
        stopped = {shard: entry["sequence"] for shard, entry in self.listed().items()}
        self.assertFalse(any(entry["running"] for entry in self.listed().values()))
        before = {shard: view.account for shard, view in self.views.items()}
        self.start()
        self.assertEqual({shard: view.account for shard, view in self.views.items()}, before)
        self.assertTrue(all(self.listed()[shard]["sequence"] >= stopped[shard] for shard in stopped))

    def test_8_a_record_of_another_shard_is_refused_and_ends_one_shard_alone(self):
        self.assertEqual(stage.worker.stop(), 0)
        shutil.copytree(self.database(NAMED), stage.work_dir / "kept")
        subprocess.run([material.program("redoubt-copy-record"), self.database(own), self.database(NAMED)], check=True,
                       timeout=COMMAND_SECONDS_MAX)
        del self.views[NAMED]
        self.start(own, NAMED)
        _, refused = stage.worker.wait_event("shard_stopped")
        self.assertEqual((refused["shard"], refused["exit_code"]), (NAMED, EXIT_DATA_DIRECTORY))
        self.assertIn("sealed by another enclave binary, platform or identity", refused["cause"])
        self.assertIn("journal record", refused["cause"])
        self.assertIn("backup", refused["remedy"])
        a = self.views[own]
        done = a.send(user(1), balance_transfer(user(1).public, user(2).public, UNIT), 1)
        self.assertEqual(a.wait_status(done)["status"], "executed")
        self.assertEqual({shard: entry["running"] for shard, entry in self.listed().items()}, {own: True, NAMED: False})
        lost = stage.wallet.run("trusted", "balance", "//Alice", "--shard", NAMED)
        self.assertEqual((lost.code, lost.json["error"]["code"]), (WALLET_UNREACHABLE, "worker_unreachable"), str(lost))
        self.assertEqual(stage.worker.stop(), EXIT_DATA_DIRECTORY)

    def test_9_without_a_shard_that_can_be_carried_the_worker_ends(self):
        (self.database(NAMED) / "CURRENT").write_text("no manifest")
        self.assertIn("is damaged", self.listed()[NAMED]["problem"]["cause"])
        worker = Worker(stage.node.url, stage.work_dir / "data", "--shard", NAMED, name="none_left")
        self.assertEqual(worker.process.wait_exit(), EXIT_DATA_DIRECTORY)
        self.assertEqual([event["shard"] for event in worker.events("shard_stopped")], [NAMED])
        self.assertEqual(worker.events("stopped"), [{"event": "stopped", "exit_code": EXIT_DATA_DIRECTORY, "shards":
                                                     [{"shard": NAMED, "exit_code": EXIT_DATA_DIRECTORY}]}])

    def test_a_the_shard_goes_on_with_its_own_records(self):
        shutil.rmtree(self.database(NAMED))
        shutil.copytree(stage.work_dir / "kept", self.database(NAMED))
        self.views[NAMED] = None
        self.start(NAMED, own)
        self.views[own].wait_account(user(1), (2, 2 * UNIT))
        self.views[NAMED].wait_account(user(1), (0, 7 * UNIT))
        self.assertEqual(stage.worker.stop(), 0)


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
