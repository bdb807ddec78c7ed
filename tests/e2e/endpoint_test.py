#!/usr/bin/env python3
"""The trusted endpoint: TLS that ends in the enclave, its methods, and what does not belong there."""
import base64
import concurrent.futures
import hashlib
import json
import os
import resource
import socket
import ssl
import time
import unittest

from support import suite
from support.scale import Reader
from support.stage import UNIT, Stage, user
from support.trusted import any_certificate, ed25519_certificate_key
from support.websocket import BINARY, JsonRpc, RpcError, WebSocket, WebSocketError

# How a connection looks that the endpoint ended; waiting in vain is something else.
ENDED_BY_PEER = (WebSocketError, ConnectionError, ssl.SSLError)
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class Methods(unittest.TestCase):
    def setUp(self):
        self.endpoint = stage.endpoint()
        self.addCleanup(self.endpoint.close)

    def test_tls_key_is_the_registered_account(self):
        key = ed25519_certificate_key(stage.endpoint_address)
        self.assertEqual(key.hex(), stage.account.hex())
        registered = [e["account_id"] for e in stage.wallet.ok("registry", "list")["enclaves"]]
        self.assertIn("0x" + key.hex(), registered)

    def test_shielding_key_is_rsa_3072(self):
        modulus, exponent = self.endpoint.shielding_key()
        self.assertEqual(modulus.bit_length(), 3072)
        self.assertEqual(exponent, 65537)

    def test_shard_and_fingerprint(self):
        self.assertEqual(self.endpoint.value("author_getShard"), stage.shard)
        self.assertEqual(self.endpoint.value("author_getFingerprint"), stage.fingerprint)

    def test_nonce_and_balance_of_a_funded_account(self):
        key = user(10)
        self.assertEqual(self.endpoint.account_info(key, stage.shard), (0, 0))
        stage.shield(key, 3 * UNIT)
        stage.wait_account(key, (0, 3 * UNIT))

    def test_getter_with_a_wrong_signature_tells_nothing(self):
        key, other = user(10), user(11)
        getter = b"\x00" + key.public
        signed = b"\x01" + getter + b"\x00" + b"\x00" + other.sign(getter)
        request = stage.shard + bytes([len(signed) << 2 & 0xFF | 1, len(signed) >> 6]) + signed
        self.assertEqual(self.endpoint.value("state_executeGetter", "0x" + request.hex()), b"\x00")

    def test_getter_for_another_shard_is_refused(self):
        with self.assertRaises((RpcError, RuntimeError)):
            self.endpoint.account_info(user(10), bytes(32))

    def test_lists_its_methods(self):
        methods = self.endpoint.rpc.call("rpc_methods")
        names = methods["methods"] if isinstance(methods, dict) else methods
        for name in ("author_getShieldingKey", "author_getShard", "author_getFingerprint", "state_executeGetter",
                     "author_getNextNonce", "rpc_methods", "system_version", "system_health", "redoubt_callStatus"):
            self.assertIn(name, names)

    def test_next_nonce_of_a_fresh_account(self):
        reader = Reader(self.endpoint.value("author_getNextNonce", "0x" + stage.shard.hex(), "0x" + user(12).public.hex()))
        self.assertEqual(reader.integer(4), 0)


class Evidence(unittest.TestCase):
    """What the TEE vouches for, made while everything else goes on."""

    def bundle(self, nonce):
        endpoint = stage.endpoint()
        self.addCleanup(endpoint.close)
        return endpoint.rpc.call("redoubt_evidence", "0x" + nonce.hex())

    def block_of(self, bundle):
        """The items of the binding block by their tag."""
        block, items = base64.b64decode(bundle["binding_block"]), {}
        while block:
            size = int.from_bytes(block[1:5], "little")
            items[block[0]] = block[5:5 + size]
            block = block[5 + size:]
        return items

    def test_vouches_for_the_keys_the_chain_and_the_nonce(self):
        nonce = os.urandom(32)
        bundle = self.bundle(nonce)
        self.assertEqual((bundle["format"], bundle["type"]), ("redoubt-evidence/1", "sim"))
        block = self.block_of(bundle)
        self.assertEqual(block[1], b"worker")
        self.assertEqual(block[2], b"\x01" + ed25519_certificate_key(stage.endpoint_address))
        self.assertEqual(block[5], stage.shard)
        endpoint = stage.endpoint()
        self.addCleanup(endpoint.close)
        modulus, _ = endpoint.shielding_key()
        self.assertIn(modulus.to_bytes(384, "big"), block[3])
        self.assertLess(abs(int.from_bytes(block[10], "little") - time.time()), 300)
        proof = bundle["nonce_proof"]
        self.assertEqual((proof["nonce"], proof["count"], proof["path"]), (nonce.hex(), 1, []))
        self.assertEqual(block[7], hashlib.sha256(b"\x00" + nonce).digest())
        evidence = base64.b64decode(bundle["evidence"])
        domain = b"offchain-tee/attest-bind/v1\x00"
        self.assertEqual(evidence[84:148],
                         hashlib.sha512(domain + base64.b64decode(bundle["binding_block"])).digest())

    def test_is_shared_by_those_who_ask_at_once(self):
        nonces = [os.urandom(16) for _ in range(8)]
        with concurrent.futures.ThreadPoolExecutor(len(nonces)) as pool:
            bundles = list(pool.map(self.bundle, nonces))
        for nonce, bundle in zip(nonces, bundles):
            self.assertEqual(bundle["nonce_proof"]["nonce"], nonce.hex())
        blocks = {bundle["binding_block"] for bundle in bundles}
        counts = sum({bundle["binding_block"]: bundle["nonce_proof"]["count"] for bundle in bundles}.values())
        self.assertEqual(counts, len(nonces))
        self.assertLessEqual(len(blocks), len(nonces))

    def test_is_refused_without_a_nonce(self):
        endpoint = stage.endpoint()
        self.addCleanup(endpoint.close)
        with self.assertRaises(RpcError):
            endpoint.rpc.call("redoubt_evidence", "0x" + bytes(15).hex())


class BadInput(unittest.TestCase):
    """Whatever one connection sends, the others and the worker go on."""

    def connect(self):
        return WebSocket(f"wss://{stage.endpoint_address}", any_certificate())

    def tearDown(self):
        endpoint = stage.endpoint()
        self.assertEqual(endpoint.value("author_getShard"), stage.shard, "the endpoint still serves")
        endpoint.close()

    def error_of(self, text):
        connection = self.connect()
        try:
            connection.send(text)
            return json.loads(connection.receive())["error"]["code"]
        finally:
            connection.close()

    def test_unknown_method(self):
        self.assertEqual(self.error_of('{"jsonrpc":"2.0","id":1,"method":"author_makeCoffee","params":[]}'), -32601)

    def test_no_json(self):
        self.assertEqual(self.error_of("{"), -32700)

    def test_no_request(self):
        self.assertEqual(self.error_of('{"jsonrpc":"2.0","id":1}'), -32600)

    def test_wrong_parameters(self):
        self.assertEqual(self.error_of('{"jsonrpc":"2.0","id":1,"method":"redoubt_callStatus","params":["0xzz"]}'), -32602)

    def test_deep_nesting(self):
        self.assertIn(self.error_of("[" * 5000), (-32700, -32600))

    def test_message_of_5_megabytes(self):
        request = '{"jsonrpc":"2.0","id":1,"method":"state_executeGetter","params":["' + "a" * 5_000_000 + '"]}'
        self.assertEqual(self.error_of(request), -32602)

    def test_message_above_the_limit(self):
        connection = self.connect()
        with self.assertRaises(ENDED_BY_PEER):
            connection.send('{"jsonrpc":"2.0","id":1,"method":"rpc_methods","params":["' + "a" * 6_000_000 + '"]}')
            connection.receive()
        connection.close()

    def test_endless_fragments(self):
        connection = self.connect()
        with self.assertRaises(ENDED_BY_PEER):
            connection.send("a" * 1000, final=False)
            for _ in range(6000):
                connection.send(b"a" * 1000, opcode=0, final=False)
            connection.receive()
        connection.close()

    def test_binary_frame(self):
        connection = self.connect()
        connection.send(b"\x00\x01\x02", opcode=BINARY)
        try:
            connection.send('{"jsonrpc":"2.0","id":1,"method":"system_version","params":[]}')
            connection.receive()
        except ENDED_BY_PEER:
            pass  # closing is a fair answer; the endpoint goes on (tearDown)
        connection.close()

    def test_half_open_connections(self):
        host, port = stage.endpoint_address.rsplit(":", 1)
        silent = [socket.create_connection((host, int(port))) for _ in range(40)]
        half_tls = []
        for _ in range(10):
            connection = socket.create_connection((host, int(port)))
            connection.sendall(bytes.fromhex("1603010200010001fc0303"))
            half_tls.append(connection)
        half_http = []
        for _ in range(10):
            connection = any_certificate().wrap_socket(socket.create_connection((host, int(port))), server_hostname="x")
            connection.sendall(b"GET / HTTP/1.1\r\nUpgrade: webso")
            half_http.append(connection)
        endpoint = stage.endpoint()
        self.assertEqual(endpoint.value("author_getShard"), stage.shard)
        endpoint.close()
        for connection in silent + half_tls + half_http:
            connection.close()

    def test_plain_text_instead_of_tls(self):
        host, port = stage.endpoint_address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), 30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            try:
                while connection.recv(4096):
                    pass
            except ConnectionError:
                pass  # a reset is a fair answer too

    def test_many_requests_on_one_connection(self):
        rpc = JsonRpc(self.connect())
        for _ in range(200):
            self.assertIn("methods", str(rpc.call("rpc_methods")))
        rpc.close()

    def test_tls_1_2_and_1_3(self):
        host, port = stage.endpoint_address.rsplit(":", 1)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = any_certificate()
            context.minimum_version = context.maximum_version = version
            with context.wrap_socket(socket.create_connection((host, int(port)), 30), server_hostname="x") as connection:
                self.assertIn(connection.version(), ("TLSv1.2", "TLSv1.3"))


class Flood(unittest.TestCase):
    """One address cannot take the endpoint from others, and not from itself either."""

    SILENT = 1000
    ESTABLISHED = 300
    ANSWER_SECONDS_MAX = 1.0

    @classmethod
    def setUpClass(cls):
        cls.key = user(13)
        stage.shield(cls.key, 2 * UNIT)
        stage.wait_account(cls.key, (0, 2 * UNIT))
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))

    def connect(self, source):
        host, port = stage.endpoint_address.rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), 30, source_address=(source, 0))
        self.addCleanup(connection.close)
        return connection

    def answer_seconds(self):
        """How long a fresh connection, a signed getter and its answer take; the best of three, because the machine has other work."""
        times = []
        for _ in range(3):
            begin = time.monotonic()
            self.assertEqual(stage.account_info(self.key), (0, 2 * UNIT))
            times.append(time.monotonic() - begin)
        return min(times)

    def assert_answers(self, under):
        seconds = self.answer_seconds()
        print(f"under {under} a getter took {seconds:.3f} s", flush=True)
        self.assertLess(seconds, self.ANSWER_SECONDS_MAX)

    def test_silent_connections_of_another_address(self):
        for _ in range(self.SILENT):
            self.connect("127.0.0.2")
        self.assert_answers(f"{self.SILENT} silent connections of another address")

    def test_silent_connections_of_the_same_address(self):
        for _ in range(self.SILENT):
            self.connect("127.0.0.1")
        self.assert_answers(f"{self.SILENT} silent connections of the same address")

    def test_half_handshakes(self):
        for _ in range(self.SILENT):
            connection = self.connect("127.0.0.2")
            try:
                connection.sendall(bytes.fromhex("1603010200010001fc0303"))
            except ConnectionError:
                pass  # it gave way already
        self.assert_answers(f"{self.SILENT} half handshakes")

    def test_established_connections_give_way_and_an_early_client_stays(self):
        early = stage.endpoint()
        self.addCleanup(early.close)
        ended = 0
        for _ in range(self.ESTABLISHED):
            try:
                connection = any_certificate().wrap_socket(self.connect("127.0.0.2"), server_hostname="x")
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                self.assertIn(b"101", connection.recv(4096))
                self.addCleanup(connection.close)
            except (OSError, AssertionError):
                ended += 1
        self.assertGreater(ended, 0, "one address cannot have all places")
        self.assert_answers(f"{self.ESTABLISHED - ended} established connections")
        self.assertEqual(early.value("author_getShard"), stage.shard)


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
