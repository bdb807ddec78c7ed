#!/usr/bin/env python3
"""The wallet sends nothing to a worker whose evidence it has not verified, and says what it found."""
import os
import pathlib
import signal
import threading
import unittest

from support import suite
from support.chain import DEV_ACCOUNTS, ss58
from support.policy import simulation_key, write_policy
from support.stage import Stage
from support.wallet import Wallet
from support.worker import Worker

SUCCESS, REFUSED, USAGE, UNREACHABLE, TIMED_OUT, UNTRUSTED = range(6)
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


def times_asleep(pid):
    """How often a process has waited for something."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:", 1)[1].split(None, 1)[0])


def own_key():
    return simulation_key((stage.work_dir / "data/sim-platform").read_bytes()).hex()


class Wallets(unittest.TestCase):
    def wallet(self, policy=None):
        """A wallet with this policy file; without one as it is installed."""
        return Wallet(stage.node.url, stage.work_dir / "keystore", policy)

    def policy(self, text=None, keys=None):
        file = stage.work_dir / f"{self._testMethodName}.toml"
        write_policy(file, keys or [own_key()])
        if text:
            text(file)
        return file

    def reasons(self, wallet, *words):
        """Why a command refused the worker."""
        result = wallet.run(*words)
        self.assertEqual(result.code, UNTRUSTED, str(result))
        error = result.json["error"]
        self.assertEqual(error["code"], "worker_evidence_refused")
        self.assertTrue(error["message"] and error["remedy"])
        return error["details"]["evidence"]["reasons"]


class WorkerEvidence(Wallets):
    def test_verify_shows_what_the_evidence_vouches_for(self):
        for target in ([], [stage.ready["url"]], ["0x" + stage.account.hex()]):
            shown = self.wallet(self.policy()).ok("worker", "verify", *target)
            evidence = shown["evidence"]
            self.assertTrue(evidence["accepted"], shown)
            self.assertTrue(evidence["nonce_answered"], shown)
            self.assertFalse(evidence["hardware"], shown)
            self.assertEqual(evidence["measurement"], stage.fingerprint.hex())
            self.assertEqual(shown["simulation_key"], own_key())
            self.assertEqual(shown["worker"], "0x" + stage.account.hex())
            self.assertEqual(evidence["binding"]["shard"], stage.shard.hex())

    def test_verify_shows_a_refused_worker_too(self):
        result = self.wallet().run("worker", "verify")
        self.assertEqual(result.code, UNTRUSTED, str(result))
        self.assertFalse(result.json["evidence"]["accepted"])
        self.assertEqual(result.json["simulation_key"], own_key(), "what a policy would have to name")
        people = self.wallet().run("worker", "verify", json_output=False)
        self.assertEqual(people.code, UNTRUSTED, str(people))
        self.assertIn("SIM_NOT_ALLOWED", people.output)

    def test_nothing_is_sent_by_default(self):
        def sent():
            """Bob's transactions in blocks and in the pool; //Alice pays for the worker."""
            return stage.chain.rpc.call("system_accountNextIndex", ss58(DEV_ACCOUNTS["//Bob"]))
        before = sent()
        for words in (["trusted", "transfer", "//Bob", "//Alice", "1"], ["shield", "//Bob", "//Bob", "1"],
                      ["trusted", "balance", "//Bob"]):
            self.assertEqual(self.reasons(self.wallet(), *words), ["SIM_NOT_ALLOWED"])
        self.assertEqual(sent(), before)

    def test_another_platforms_key(self):
        wallet = self.wallet(self.policy(keys=["11" * 32]))
        self.assertEqual(self.reasons(wallet, "trusted", "balance", "//Alice"), ["SIM_KEY_UNTRUSTED"])

    def test_a_policy_that_does_not_say_that_the_chain_is_for_development(self):
        def change(file):
            file.write_text(file.read_text().replace("development-chain = true", "development-chain = false"))
        result = self.wallet(self.policy(change)).run("trusted", "balance", "//Alice")
        self.assertEqual((result.code, result.json["error"]["code"]), (USAGE, "policy_invalid"), str(result))

    def test_a_policy_for_another_program(self):
        def change(file):
            file.write_text(file.read_text() + """
[measurements]
mode = "measurement"

[[measurements.allow]]
measurement = "2222222222222222222222222222222222222222222222222222222222222222"
from = 2026-01-01T00:00:00Z
""")
        self.assertEqual(self.reasons(self.wallet(self.policy(change)), "trusted", "balance", "//Alice"),
                         ["POLICY_MEASUREMENT_UNKNOWN"])

    def test_a_policy_that_is_older_than_one_used_before(self):
        def revision(number):
            def change(file):
                file.write_text(file.read_text().replace('name = "development"', f'name = "{self._testMethodName}"\nrevision = {number}'))
            return self.wallet(self.policy(change))
        revision(2).ok("worker", "verify")
        older = revision(1)
        self.assertEqual(self.reasons(older, "trusted", "balance", "//Alice"), ["POLICY_VERSION"])
        verified = older.run("worker", "verify")
        self.assertEqual(verified.code, UNTRUSTED, str(verified))
        self.assertIn("redoubt evidence floors --reset", verified.json["remedy"])
        self.assertEqual(older.ok("evidence", "floors")["policies"][self._testMethodName], 2)
        # Refused evidence has lowered nothing, and the newer policy goes on.
        revision(2).ok("trusted", "balance", "//Alice")
        self.assertTrue(older.ok("evidence", "floors", "--reset")["reset"])
        revision(1).ok("trusted", "balance", "//Alice")
        nowhere = revision(3).ok("--state", "/proc/none/state", "worker", "verify")
        self.assertIn("floors_not_kept", [one["code"] for one in nowhere["warnings"]])

    def test_a_policy_that_cannot_be_read(self):
        result = self.wallet(stage.work_dir / "none.toml").run("trusted", "balance", "//Alice")
        self.assertEqual((result.code, result.json["error"]["code"]), (USAGE, "policy_invalid"), str(result))

    def test_an_account_that_is_no_worker(self):
        result = self.wallet(self.policy()).run("worker", "verify", "//Alice")
        self.assertEqual((result.code, result.json["error"]["code"]), (REFUSED, "worker_unknown"), str(result))

    def failed(self, result, code):
        """The remedy of a worker that had no evidence to show."""
        self.assertEqual((result.code, result.json["error"]["code"]), (UNREACHABLE, code), str(result))
        return result.json["error"]["remedy"]

    def test_what_makes_evidence_is_started_again(self):
        wallet, worker = self.wallet(self.policy()), stage.worker
        wallet.ok("worker", "verify")
        keeper, maker = worker.evidence_pids()
        heard = len(worker.process.lines)
        os.kill(maker, signal.SIGSTOP)
        slept, results = times_asleep(keeper), []
        asking = threading.Thread(target=lambda: results.append(wallet.run("worker", "verify")))
        asking.start()
        # The keeper sleeps again when it has passed the question on; a wallet without an answer ends by itself.
        while asking.is_alive() and times_asleep(keeper) == slept:
            asking.join(0.01)
        os.kill(maker, signal.SIGKILL)
        asking.join()
        self.assertIn("ask again", self.failed(results[0], "worker_evidence_delayed"))
        _, event = worker.wait_event("evidence_restarted", after=heard)
        self.assertEqual(event["times"], 1)
        self.assertTrue(any("signal 9" in str(line) for line in worker.said(heard)), "how it ended is in the log")
        self.assertNotIn(maker, worker.evidence_pids())
        self.assertTrue(wallet.ok("worker", "verify")["evidence"]["accepted"])

    def test_a_slow_tee_is_waited_for(self):
        """A TEE may take half a minute for a quote. Any other answer comes within 15 seconds, and a peer that is silent for 30
        would be taken for dead: meanwhile no ping on the connection is answered."""
        wallet, results = self.wallet(self.policy()), []
        maker = stage.worker.evidence_pids()[1]
        os.kill(maker, signal.SIGSTOP)
        try:
            asking = threading.Thread(target=lambda: results.append(wallet.run("worker", "verify")))
            asking.start()
            asking.join(32)
            self.assertTrue(asking.is_alive(), [str(result) for result in results])
        finally:
            os.kill(maker, signal.SIGCONT)
        asking.join()
        self.assertEqual(results[0].code, SUCCESS, str(results[0]))

    def kill_keeper(self, restart_in_s):
        """The line in which the daemon tells that evidence is gone, and when it comes back."""
        heard = len(stage.worker.process.lines)
        os.kill(stage.worker.evidence_pids()[0], signal.SIGKILL)
        told, event = stage.worker.wait_event("evidence_gone", after=heard)
        self.assertIn("signal 9 (Killed)", event["cause"])
        self.assertIn("The enclave is started again", event["remedy"])
        self.assertEqual(event["restart_in_s"], restart_in_s)
        return told

    def test_without_its_keeper_the_enclave_is_started_again(self):
        wallet, worker = self.wallet(self.policy()), stage.worker
        before = worker.enclave_pid()
        told = self.kill_keeper(restart_in_s=0)
        _, event = worker.wait_event("enclave_restarted", after=told)
        self.assertIn("what makes evidence", event["reason"])
        self.assertNotEqual(worker.enclave_pid(), before)
        self.assertTrue(wallet.ok("worker", "verify")["evidence"]["accepted"])
        # When that keeps happening there are pauses, in which everything else goes on.
        told = self.kill_keeper(restart_in_s=30)
        self.assertIn("ask again", self.failed(wallet.run("worker", "verify"), "worker_evidence_delayed"))
        self.wallet().ok("--trust-registry", "trusted", "balance", "//Alice")
        worker.wait_event("enclave_restarted", after=told)
        self.assertTrue(wallet.ok("worker", "verify")["evidence"]["accepted"])

    def test_the_registry_can_be_believed_instead(self):
        result = self.wallet().run("--trust-registry", "trusted", "counter", "add", "//Alice", "1", "--print-call")
        self.assertEqual(result.code, SUCCESS, str(result))
        self.assertIn("worker_unattested", [one["code"] for one in result.json["warnings"]])


class WorkersOfOneProgram(Wallets):
    """After the others: from here on the chain has two shards."""

    def test_one_that_is_away_hides_no_refusal(self):
        """Another one of the same program stays in the registry for two days after it has ended."""
        other = Worker(stage.node.url, stage.work_dir / "other", "--shard", "0x" + "07" * 32)
        try:
            other.wait_ready()
        finally:
            other.stop()
        self.assertTrue(self.reasons(self.wallet(), "trusted", "balance", "//Alice", "--shard", "0x" + stage.shard.hex()))
        self.assertTrue(self.reasons(self.wallet(), "trusted", "balance", "//Alice", "--shard", "0x" + stage.shard.hex(), "--worker", stage.ready["url"]))


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
