#!/usr/bin/env python3
"""The tests' own tools: textbook cryptography against known answers, and the chain they start."""
import unittest

from support import chains, crypto, suite, traces, unseal
from support.chain import PAYERS, Chain, invoke_call, transfer_call
from support.scale import Reader, compact


class TextbookCryptography(unittest.TestCase):
    def test_keccak_256_of_nothing(self):
        self.assertEqual(crypto.keccak_256(b"").hex(), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")

    def test_ed25519_first_vector_of_rfc_8032(self):
        key = crypto.Ed25519Key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
        self.assertEqual(key.public.hex(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        self.assertEqual(key.sign(b"").hex(), "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a"
                                              "33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")

    def test_ed25519_development_key(self):
        self.assertEqual(crypto.dev_key("//Alice").public.hex(), "88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee")

    def test_merkle_root_of_three_moves_the_odd_one_up(self):
        leaves = [bytes([n]) * 32 for n in range(3)]
        first, second, third = map(crypto.keccak_256, leaves)
        pair = crypto.keccak_256(min(first, second) + max(first, second))
        self.assertEqual(crypto.merkle_root(leaves), crypto.keccak_256(min(pair, third) + max(pair, third)))

    def test_hchacha20_and_hkdf_against_their_documents(self):
        subkey = unseal.hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927"))
        self.assertEqual(subkey.hex(), "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc")
        derived = unseal.hkdf_sha256(b"\x0b" * 22, b"")  # RFC 5869, case 3
        self.assertEqual(derived.hex(), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")

    def test_joins_what_a_log_of_rocksdb_cuts_in_two(self):
        def fragment(kind, data):
            return bytes(4) + len(data).to_bytes(2, "little") + bytes([kind]) + data
        first = 32768 - 7 - 3
        log = fragment(2, b"a" * first + b"sec") + fragment(4, b"ret") + fragment(1, b"!")
        self.assertNotIn(b"secret", log)
        self.assertEqual(traces.joined_log(log), b"a" * first + b"secret!")

    def test_compact_at_each_boundary(self):
        for value in (0, 63, 64, 16383, 16384, 2**30 - 1, 2**30, 2**64):
            self.assertEqual(Reader(compact(value)).compact(), value)


class SubmittedCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = chains.start(suite.work_dir())
        cls.chain = Chain(cls.node.url)

    @classmethod
    def tearDownClass(cls):
        cls.chain.close()
        cls.node.stop()

    def test_executes_what_is_submitted_in_an_account_s_name(self):
        to, amount, since = bytes([7]) * 32, 5 * 10**12, self.chain.number()
        transfer = self.chain.send("//Alice", transfer_call(to, amount))
        invoke = self.chain.send("//Alice", invoke_call(bytes(32), b"nothing"))
        number, _, index = self.chain.find_extrinsic(transfer, since)
        self.assertEqual(self.chain.block(number)[1][index].signer, PAYERS["//Alice"].public)
        number, _, index = self.chain.find_extrinsic(invoke, since)
        self.assertEqual(self.chain.account(to)[1], amount, "the transfer has the earlier nonce")
        extrinsics = self.chain.block(number)[1]
        self.assertEqual(len([x for x in extrinsics if x.leaf()]), 2, "the timestamp and the invocation")


if __name__ == "__main__":
    suite.main("chain")
