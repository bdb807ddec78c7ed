#!/usr/bin/env python3
"""The connection to the chain breaks, stalls, comes back, and leads elsewhere: no call is lost and none runs twice."""
import os
import re
import time
import unittest

from support import suite
from support.chain import Chain
from support.devchain import Devchain
from support.process import Process
from support.material import program
from support.proxy import Frames, Rewriter, TcpProxy
from support.wallet import Wallet
from support.worker import Worker

BLOCK_TIME = "600ms"
EVENT_SECONDS_MAX = 120
CONFIRMED_SECONDS_MAX = 30
CHAIN_ERROR, DATA_DIRECTORY_ERROR = 3, 4
UNREACHABLE, TIMED_OUT = 3, 4
WAITING = "waiting for a worker to confirm"
stage = None


class Stage:
    """A dev chain on disk, a worker that reaches it through one proxy, and a wallet that has another."""

    def __init__(self, work_dir, *worker_options):
        self.work_dir = work_dir
        self.worker_options = worker_options
        self.node = self.start_node()
        self.genesis = self.node.call("chain_getBlockHash", 0)
        self.worker_proxy = TcpProxy(self.node.url)
        self.wallet_proxy = TcpProxy(self.node.url)
        self.wallet = Wallet(self.wallet_proxy.url, work_dir / "keystore")
        self.worker = None
        self.start_worker()
        self.added = 0

    def start_node(self, name="devchain"):
        return Devchain(self.work_dir, "--block-time", BLOCK_TIME, "--base-path", self.work_dir / "chain", name=name)

    def start_worker(self, chain_url=None):
        self.worker = Worker(chain_url or self.worker_proxy.url, self.work_dir / "data", *self.worker_options)
        return self.worker.wait_ready()

    def stop(self):
        if self.worker.process.running():
            self.worker.stop()
        for proxy in (self.worker_proxy, self.wallet_proxy):
            proxy.close()
        self.node.process.kill()

    def direct_wallet(self):
        return Wallet(self.node.url, self.work_dir / "keystore")

    def start_add(self, amount, *options, chain_url=None, name="add"):
        """A wallet that adds to Alice's counter and waits for the confirmation, as a process of its own."""
        command = [program("redoubt"), "--chain", chain_url or self.wallet_proxy.url, "--keystore", self.wallet.keystore,
                   *options, "trusted", "--confirmation-blocks", "1000", "counter", "add", "//Alice", amount]
        return Process(f"redoubt-{name}", command, self.work_dir / f"redoubt-{name}.log", env=self.wallet.environment())

    def add(self, amount):
        """Adds through the node itself and waits until the call is confirmed."""
        self.direct_wallet().ok("trusted", "--confirmation-blocks", "1000", "counter", "add", "//Alice", amount)
        self.added += amount

    def finish_add(self, wallet, amount):
        code = wallet.wait_exit(EVENT_SECONDS_MAX)
        if code != 0:
            raise AssertionError(f"the wallet ended with {code}\n{wallet.tail()}")
        self.added += amount

    def counter(self):
        return int(self.direct_wallet().ok("trusted", "counter", "get", "//Alice")["value"])

    def nonce(self):
        return self.direct_wallet().ok("trusted", "nonce", "//Alice")["nonce"]

    def wait_imported(self, after):
        """The worker has imported a block after line `after` of its output."""
        return self.worker.wait_event("block_imported", EVENT_SECONDS_MAX, after)

    def head(self):
        chain = Chain(self.node.url)
        try:
            return chain.number()
        finally:
            chain.close()

    def wait_blocks(self, count):
        """Waits for so many further finalized blocks."""
        chain = Chain(self.node.url)
        try:
            until = chain.number() + count
            chain.wait_until(lambda one: one.number() >= until, EVENT_SECONDS_MAX)
        finally:
            chain.close()


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class Connected(unittest.TestCase):
    """The counter and its owner's nonce count every call ever made."""

    def setUp(self):
        self.nonce = stage.nonce()

    def assert_every_call_once(self, calls):
        """All calls so far count once each; and the worker still takes new ones."""
        self.assertEqual(stage.counter(), stage.added)
        self.assertEqual(stage.nonce(), self.nonce + calls)
        stage.add(1)
        self.assertEqual(stage.counter(), stage.added)
        self.assertTrue(stage.worker.process.running())

    def add_while(self, trouble):
        """Sends a call, lets `trouble` happen to the worker's connection, and sees the call confirmed."""
        wallet = stage.start_add(3, chain_url=stage.node.url)
        wallet.wait_line(lambda line: line.startswith("submitted"), EVENT_SECONDS_MAX)
        trouble()
        stage.finish_add(wallet, 3)


class WorkerGoesOn(Connected):
    def add_while_broken(self, times, break_connection):
        def trouble():
            for _ in range(times):
                said = len(stage.worker.process.lines)
                break_connection()
                stage.wait_imported(said)
        self.add_while(trouble)

    def test_when_the_connection_is_broken_again_and_again(self):
        self.add_while_broken(4, stage.worker_proxy.cut)
        self.assert_every_call_once(1)

    def test_when_the_connection_ends_in_the_middle_of_a_frame(self):
        self.add_while_broken(3, stage.worker_proxy.cut_in_frame)
        self.assertGreaterEqual(stage.worker_proxy.cuts_in_frames, 3)
        self.assert_every_call_once(1)

    def test_when_the_connection_carries_nothing_for_a_while(self):
        def trouble():
            said = len(stage.worker.process.lines)
            connections = stage.worker_proxy.connections
            stage.worker_proxy.stall()
            # The silent connection is given up, and another one is tried.
            stage.worker_proxy.wait_connections(connections + 1, EVENT_SECONDS_MAX)
            stage.worker_proxy.resume()
            stage.wait_imported(said)
        self.add_while(trouble)
        self.assert_every_call_once(1)

    def test_when_the_node_is_killed_and_started_again(self):
        wallet = stage.start_add(3)
        wallet.wait_line(lambda line: line.startswith(WAITING), EVENT_SECONDS_MAX)
        finalized = stage.head()
        for proxy in (stage.worker_proxy, stage.wallet_proxy):
            proxy.refuse()
        stage.node.process.kill()
        stage.node = stage.start_node(name="devchain-again")
        self.assertEqual(stage.node.call("chain_getBlockHash", 0), stage.genesis)
        self.assertGreaterEqual(stage.head(), finalized, "what was final is kept")
        said = len(stage.worker.process.lines)
        for proxy in (stage.worker_proxy, stage.wallet_proxy):
            proxy.point_at(stage.node.url)
            proxy.accept()
        stage.wait_imported(said)
        stage.finish_add(wallet, 3)
        self.assert_every_call_once(1)

    def test_when_it_is_led_to_the_chain_by_another_way(self):
        other_way = TcpProxy(stage.node.url)
        try:
            def trouble():
                said = len(stage.worker.process.lines)
                stage.worker_proxy.point_at(other_way.url)
                stage.worker_proxy.cut()
                stage.wait_imported(said)
                self.assertEqual(other_way.connections, 1)
            self.add_while(trouble)
            self.assert_every_call_once(1)
            # The same again with another URL, on the same data.
            self.assertEqual(stage.worker.stop(), 0)
            stage.start_worker(other_way.url)
            self.assertEqual(stage.counter(), stage.added)
            stage.add(1)
            self.assertEqual(stage.worker.stop(), 0)
            stage.worker_proxy.point_at(stage.node.url)
            stage.start_worker()
        finally:
            other_way.close()


class NodeIsBehind(Connected):
    """Another node of the same chain that has not the blocks that the worker has processed."""

    def test_is_named_and_waited_for_and_no_block_counts_twice(self):
        stage.add(1)
        position = len(stage.worker.process.lines)
        last = stage.worker.events("block_imported")[-1]["number"]
        stage.node.call("dev_setFault", "rolled-back-chain", stage.head() - last + 3)
        stage.worker_proxy.cut()
        where, behind = stage.worker.wait_event("chain_refused", EVENT_SECONDS_MAX, position)
        self.assert_behind(behind, last)
        # The same for a worker that starts: its own state is newer, and it does not go back.
        self.assertEqual(stage.worker.stop(), 0)
        stage.worker = Worker(stage.worker_proxy.url, stage.work_dir / "data")
        where, behind = stage.worker.wait_event("chain_refused", EVENT_SECONDS_MAX)
        self.assert_behind(behind, last)
        self.assertEqual(stage.worker.events("block_imported"), [])
        stage.node.call("dev_clearFault")
        stage.worker.wait_event("chain_accepted", EVENT_SECONDS_MAX, where)
        first = stage.wait_imported(where)[1]["number"]
        self.assertGreater(first, last)
        stage.worker.wait_ready()
        self.assert_every_call_once(1)

    def assert_behind(self, told, last):
        self.assertEqual(told["reason"], "node_behind")
        self.assertLess(told["block"], last)
        self.assertIn(stage.worker_proxy.url, told["cause"])
        self.assertIn("below block", told["cause"])
        self.assertIn("caught up", told["remedy"])


class NodeForgesHeads(unittest.TestCase):
    """The node announces heads that are no blocks while a confirmation is on its way, which holds the only place."""

    def test_and_calls_are_confirmed_soon_afterwards(self):
        own = Stage(stage.work_dir / "forged", "--transactions-in-flight-max", "1")
        try:
            own.add(1)
            wallet = own.start_add(2, chain_url=own.node.url)
            wallet.wait_line(lambda line: line.startswith("submitted"), EVENT_SECONDS_MAX)
            position = self.forge_heads(own)
            # What was called is executed now, and its confirmation is sent.
            own.worker.wait_event("block_imported", EVENT_SECONDS_MAX, position, lambda event: event["outbox"] > 0)
            self.forge_heads(own)
            wallet.wait_exit(EVENT_SECONDS_MAX)  # it believes the node, and may end with an error
            own.added += 2
            began = time.monotonic()
            own.add(4)
            self.assertLess(time.monotonic() - began, CONFIRMED_SECONDS_MAX)
            self.assertEqual(own.counter(), own.added)
        finally:
            own.stop()

    def forge_heads(self, own):
        """Some blocks long. The line of the worker's output from which on it goes on."""
        position = len(own.worker.process.lines)
        own.node.call("dev_setFault", "forged-header", True)
        own.worker.wait_event("chain_refused", EVENT_SECONDS_MAX, position)
        own.wait_blocks(3)
        own.node.call("dev_clearFault", "forged-header")
        return position


class WalletGoesOn(Connected):
    def wallet_that_waits(self, *options):
        wallet = stage.start_add(5, *options)
        wallet.wait_line(lambda line: line.startswith(WAITING), EVENT_SECONDS_MAX)
        return wallet

    def test_when_its_connection_breaks_before_the_confirmation(self):
        wallet = self.wallet_that_waits()
        stage.wallet_proxy.refuse()
        stage.wait_blocks(4)
        stage.wallet_proxy.accept()
        stage.finish_add(wallet, 5)
        output = "\n".join(wallet.lines)
        self.assertIn("confirmed", output)
        self.assertNotIn("[info]", output)
        self.assertNotIn("[warning]", output)
        self.assert_every_call_once(1)

    def test_or_reports_what_was_submitted_when_the_chain_stays_away(self):
        wallet = self.wallet_that_waits("--timeout", "12")
        stage.wallet_proxy.refuse()
        self.assertEqual(wallet.wait_exit(EVENT_SECONDS_MAX), TIMED_OUT, wallet.tail())
        stage.wallet_proxy.accept()
        details = dict(line.strip().split(": ", 1) for line in wallet.lines if re.match(r"  \w+: \w+$", line))
        chain = Chain(stage.node.url)
        try:
            block_hash, extrinsics = chain.block(int(details["block_number"]))
        finally:
            chain.close()
        self.assertIn(details["extrinsic_hash"], ["0x" + one.hash.hex() for one in extrinsics])
        self.assertEqual(stage.direct_wallet().ok("trusted", "status", details["operation_hash"])["status"], "executed")
        stage.added += 5
        self.assert_every_call_once(1)

    def test_and_speaks_of_nothing_submitted_when_the_chain_was_never_there(self):
        stage.wallet_proxy.refuse()
        result = stage.wallet.run("--timeout", "3", "transfer", "//Alice", "//Bob", "1")
        stage.wallet_proxy.accept()
        self.assertIn(result.code, (UNREACHABLE, TIMED_OUT), str(result))
        self.assertNotIn("details", result.json["error"])
        self.assertNotIn("submitted", str(result))


class ProxyItself(unittest.TestCase):
    """What the tests above stand on."""

    def test_finds_the_inside_of_a_frame_however_the_bytes_are_split(self):
        frames = Frames()
        frame = b"\x81\x7e" + (300).to_bytes(2, "big") + b"p" * 300
        self.assertIsNone(frames.inside_payload(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frame[:3]))
        self.assertEqual(frames.inside_payload(frame[3:]), 1 + 150)
        self.assertIsNone(frames.inside_payload(b"\x81\x05short"))
        self.assertEqual(frames.inside_payload(b"\x81\x05short" + frame), 7 + 4 + 150)

    def test_rewrites_a_text_however_the_bytes_are_split(self):
        rewriter = Rewriter([(b"abcd", b"wxyz")])
        told = b"".join(rewriter.feed(bytes([byte])) for byte in b"ababcdabcab!")
        self.assertEqual((told, rewriter.rewritten), (b"abwxyzabcab!", 1))


class AnotherChain(unittest.TestCase):
    """A node with another genesis is refused by name, while the worker runs and when it starts."""

    def test_is_named_with_both_genesis_hashes(self):
        work_dir = stage.work_dir / "another"
        own = Stage(work_dir)
        foreign = Devchain(work_dir, "--block-time", BLOCK_TIME, "--authorities", "3", name="foreign")
        try:
            own.add(2)
            hashes = (own.genesis, foreign.call("chain_getBlockHash", 0))
            self.assertNotEqual(*hashes)
            own.worker_proxy.point_at(foreign.url)
            own.worker_proxy.cut()
            self.assertEqual(own.worker.process.wait_exit(EVENT_SECONDS_MAX), CHAIN_ERROR, own.worker.process.tail())
            self.assert_names(hashes, own.worker)
            # Started again, it finds that its data belong to the other chain, and touches nothing of them.
            own.worker = Worker(own.worker_proxy.url, work_dir / "data", name="redoubtd-foreign")
            self.assertEqual(own.worker.process.wait_exit(EVENT_SECONDS_MAX), DATA_DIRECTORY_ERROR, own.worker.process.tail())
            self.assert_names(hashes, own.worker)
            own.worker_proxy.point_at(own.node.url)
            own.start_worker()
            self.assertEqual(own.counter(), own.added)
            own.add(1)
            self.assertEqual(own.counter(), own.added)
        finally:
            own.stop()
            foreign.process.kill()

    def assert_names(self, hashes, worker):
        text = "\n".join(worker.process.lines)
        for one in hashes:
            self.assertIn(one, text, worker.process.tail())


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
