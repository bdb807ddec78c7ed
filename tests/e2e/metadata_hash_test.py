#!/usr/bin/env python3
"""What is signed together with the metadata's digest (CheckMetadataHash): accepted when it is true, refused when a node lies.

The dev chain's runtime computes the digest of its own metadata and verifies signatures over it, as a release runtime does.
"""
import unittest

from support import suite
from support.chain import DEV_ACCOUNTS, Chain
from support.devchain import Devchain
from support.proxy import TcpProxy
from support.scale import sized, u32
from support.wallet import Wallet
from support.worker import Worker

BLOCK_TIME = "600ms"
REFUSED = 1
DIGEST_SIGNED = 1
TRANSFER_KEEP_ALIVE = bytes([10, 3])
REGISTER_SGX_ENCLAVE = bytes([50, 0])
CONFIRM_PROCESSED = bytes([54, 1])
EVENT_SECONDS_MAX = 120
node = None


def setUpModule():
    global node
    node = Devchain(suite.work_dir(), "--block-time", BLOCK_TIME)


def tearDownModule():
    if node is not None:
        node.stop()


def version_in_metadata(version, spec_version):
    """The beginning of System.Version as it stands in the metadata's hex."""
    spec_name, impl_name = (sized(version[name].encode()) for name in ("specName", "implName"))
    return (spec_name + impl_name + u32(version["authoringVersion"]) + u32(spec_version)).hex().encode()


def lies():
    """What a dishonest or confused node may say instead: name and rewriting of its answers."""
    version = node.call("state_getRuntimeVersion")
    properties = node.call("system_properties")
    decimals, symbol = properties["tokenDecimals"], properties["tokenSymbol"]
    spec = version["specVersion"]
    return {
        "other decimals": (f'"tokenDecimals":{decimals}'.encode(), f'"tokenDecimals":{decimals + 1}'.encode()),
        "another symbol": (f'"tokenSymbol":"{symbol}"'.encode(), f'"tokenSymbol":"{symbol[:-1]}?"'.encode()),
        "another spec version": (version_in_metadata(version, spec), version_in_metadata(version, spec + 1)),
    }


class MetadataHash(unittest.TestCase):
    def extrinsics(self, call, first=0):
        """All signed extrinsics with this call in finalized blocks from `first` on."""
        chain = Chain(node.url)
        try:
            blocks = [chain.block(number)[1] for number in range(first, chain.number() + 1)]
        finally:
            chain.close()
        return [one for block in blocks for one in block if one.signer is not None and one.call[:2] == call]

    def wallet(self, url=None):
        return Wallet(url or node.url, suite_folder() / "keystore")

    def test_the_wallet_signs_it_and_the_chain_accepts(self):
        done = self.wallet().ok("transfer", "//Charlie", "//Dave", "3")
        found = self.extrinsics(TRANSFER_KEEP_ALIVE, done["block_number"])
        ours = [one for one in found if one.signer == DEV_ACCOUNTS["//Charlie"]]
        self.assertEqual([one.mode for one in ours], [DIGEST_SIGNED])
        self.assertEqual(ours[0].hash.hex(), done["extrinsic_hash"].removeprefix("0x"))

    def test_the_wallet_is_refused_when_the_node_lies(self):
        nonce = self.wallet().ok("balance", "//Ferdie")["nonce"]
        for name, rewriting in lies().items():
            with self.subTest(name):
                proxy = TcpProxy(node.url, [rewriting])
                result = self.wallet(proxy.url).run("transfer", "//Ferdie", "//Dave", "1")
                proxy.close()
                self.assertGreater(proxy.rewritten, 0, "the lie was told")
                self.assertEqual(result.code, REFUSED, str(result))
                self.assertEqual(result.json["error"]["code"], "transaction_refused", str(result))
                self.assertIn("bad signature", result.json["error"]["message"])
        self.assertEqual(self.wallet().ok("balance", "//Ferdie")["nonce"], nonce, "nothing got into a block")

    def test_the_enclave_signs_it_and_the_chain_accepts(self):
        folder = suite_folder() / "worker"
        worker = Worker(node.url, folder)
        try:
            account = bytes.fromhex(worker.wait_ready()["account_hex"].removeprefix("0x"))
            worker.wait_event("confirmed", EVENT_SECONDS_MAX)
        finally:
            self.assertEqual(worker.stop(), 0)
        for call in (REGISTER_SGX_ENCLAVE, CONFIRM_PROCESSED):
            ours = [one for one in self.extrinsics(call) if one.signer == account]
            self.assertGreaterEqual(len(ours), 1, call)
            self.assertEqual({one.mode for one in ours}, {DIGEST_SIGNED}, call)

    def test_the_enclave_is_refused_when_the_node_lies(self):
        told = lies()
        # The enclave itself notices this one: the proven state says which version made the block.
        version = told.pop("another spec version")
        for name, rewriting in told.items():
            with self.subTest(name):
                with_lie = LiedTo(name, rewriting)
                try:
                    account = with_lie.worker.wait_event("waiting_for_funds", EVENT_SECONDS_MAX)[1]["account_hex"]
                    self.wallet().ok("transfer", "//Eve", account, "10")
                    with_lie.worker.process.wait_line(
                        lambda line: "registering the enclave: " in line and "bad signature" in line, EVENT_SECONDS_MAX)
                    self.assert_nothing_registered(with_lie)
                finally:
                    with_lie.stop()
        with self.subTest("another spec version"):
            with_lie = LiedTo("another spec version", version)
            try:
                _, refused = with_lie.worker.wait_event("chain_refused", EVENT_SECONDS_MAX)
                self.assertEqual(refused["reason"], "runtime_mismatch")
                self.assertTrue(refused["cause"] and refused["remedy"])
                self.assert_nothing_registered(with_lie)
                # Without a block there is nothing to sign with: it does not even ask for funds.
                for event in ("block_imported", "waiting_for_funds", "confirmed"):
                    self.assertEqual(with_lie.worker.events(event), [])
            finally:
                with_lie.stop()

    def assert_nothing_registered(self, with_lie):
        self.assertTrue(with_lie.worker.process.running(), "it goes on trying: another node may tell the truth")
        self.assertEqual(with_lie.worker.events("registered"), [])
        self.assertGreater(with_lie.proxy.rewritten, 0, "the lie was told")
        self.assertNotIn(str(with_lie.proxy.url), str(self.wallet().ok("registry", "list")))


class LiedTo:
    """A worker that hears a lie. Not in development mode, in which //Alice's transfer to it would be refused already."""

    def __init__(self, name, rewriting):
        words = name.replace(" ", "-")
        self.proxy = TcpProxy(node.url, [rewriting])
        self.worker = Worker(self.proxy.url, suite_folder() / f"worker-{words}", name=f"redoubtd-{words}", dev=False)

    def stop(self):
        self.worker.kill()
        self.proxy.close()


def suite_folder():
    return node.process.log_path.parent


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
