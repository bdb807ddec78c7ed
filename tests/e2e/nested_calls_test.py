#!/usr/bin/env python3
"""Calls that users wrap: in batches, derivatives, sudo, proxies and multisigs. What succeeded on the chain runs in the
enclave, in its order, and nothing else; the wallet finds the same merkle root as the worker."""
import unittest

from support import suite
from support.chain import PAYERS, transfer_call
from support.crypto import merkle_root
from support.scale import blake2_256, compact, u32
from support.stage import UNIT, Stage

ALICE, BOB = PAYERS["//Alice"].public, PAYERS["//Bob"].public
SENDER, RECEIVER, SHIELDED, BYSTANDER = "//Dave", "//Eve", "//Ferdie", "//Charlie"
FUNDS = 10_000
stage = None
pallets = {}


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())
    for name in ("Utility", "Proxy", "Multisig", "Sudo"):
        found = stage.wallet.run("chain", "metadata", "--pallet", name)
        if found.code == 0:
            calls = {call["name"]: bytes([found.json["index"], call["index"]]) for call in found.json["calls"]}
            pallets[name] = calls
    stage.wallet.ok("shield", "//Alice", SENDER, str(FUNDS))


def tearDownModule():
    if stage is not None:
        stage.stop()


def index(pallet, call):
    """The two bytes that a call begins with."""
    if call not in pallets.get(pallet, {}):
        raise unittest.SkipTest(f"this chain has no {pallet}.{call}")
    return pallets[pallet][call]


class Invoke:
    """A call to the enclave as the wallet prints it: the extrinsic's call, signed with `nonce`."""

    def __init__(self, nonce, amount, *words):
        printed = stage.wallet.ok("trusted", *words, "--print-call", "--nonce", str(nonce))
        self.amount = amount
        self.call = bytes.fromhex(printed["call"].removeprefix("0x"))
        self.operation = printed["operation_hash"]
        self.leaf = blake2_256(b"\x01" + self.call[2:])


class Shield:
    """A shielding as the wallet prints it."""

    def __init__(self, amount):
        printed = stage.wallet.ok("shield", "//Alice", SHIELDED, str(amount), "--print-call")
        self.amount = amount
        self.call = bytes.fromhex(printed["call"].removeprefix("0x"))
        self.leaf = blake2_256(b"\x00" + self.call[2:])


class Call:
    """Any other call; the enclave does not see it."""

    def __init__(self, call):
        self.call = call


def failing():
    """A transfer that nobody can pay."""
    return Call(transfer_call(BOB, 10**30))


def listed(name, *items):
    return Call(index("Utility", name) + compact(len(items)) + b"".join(item.call for item in items))


def batch(*items):
    return listed("batch", *items)


def batch_all(*items):
    return listed("batch_all", *items)


def force_batch(*items):
    return listed("force_batch", *items)


def as_derivative(number, item):
    return Call(index("Utility", "as_derivative") + number.to_bytes(2, "little") + item.call)


def sudo(item):
    return Call(index("Sudo", "sudo") + item.call)


def sudo_as(who, item):
    return Call(index("Sudo", "sudo_as") + b"\x00" + who + item.call)


def proxy(real, item):
    return Call(index("Proxy", "proxy") + b"\x00" + real + b"\x00" + item.call)


def multisig_account(threshold, *members):
    return blake2_256(b"modlpy/utilisuba" + compact(len(members)) + b"".join(sorted(members)) + threshold.to_bytes(2, "little"))


def as_multi(threshold, other, timepoint, item):
    """Approves `item`, and executes it as the last one; `timepoint` is that of the first approval."""
    weight = compact(10**10) + compact(10**5)
    when = b"\x00" if timepoint is None else b"\x01" + u32(timepoint[0]) + u32(timepoint[1])
    return Call(index("Multisig", "as_multi") + threshold.to_bytes(2, "little") + compact(1) + other + when + item.call + weight)


def as_multi_threshold_1(other, item):
    return Call(index("Multisig", "as_multi_threshold_1") + compact(1) + other + item.call)


def nonce_of(who):
    return int(stage.wallet.ok("trusted", "nonce", who)["nonce"])


def balances():
    return [int(stage.wallet.ok("trusted", "balance", who)["free"]) for who in (SENDER, RECEIVER, SHIELDED)]


def submit(item, sender="//Alice"):
    """(block number, index) of the extrinsic that holds the call."""
    since = stage.chain.number()
    number, _, position = stage.chain.find_extrinsic(stage.chain.send(sender, item.call), since)
    return number, position


class NestedCalls(unittest.TestCase):
    def setUp(self):
        self.nonce = nonce_of(SENDER)

    def invoke(self, amount, ahead=0):
        """A transfer inside the enclave, which executes a sender's calls in the order of their nonces only.

        `ahead`: how many of the sender's calls have to be executed before.
        """
        return Invoke(self.nonce + ahead, amount, "transfer", SENDER, RECEIVER, str(amount))

    def run_extrinsic(self, item, executed, ignored=(), sender="//Alice"):
        """Submits a call. Exactly `executed` has effect, in its order, and nothing of `ignored`.

        @returns (block number, index) of the extrinsic
        """
        before = balances()
        number, position = submit(item, sender)
        if executed:
            self.check_confirmation(number, position, executed)
        else:
            self.wait_for_a_later_call()
        invokes = [one for one in executed if isinstance(one, Invoke)]
        for one in invokes:
            status = stage.wallet.ok("trusted", "status", one.operation)
            self.assertEqual((status["status"], status["block_number"]), ("executed", number), status)
        for one in ignored:
            self.assertEqual(stage.wallet.ok("trusted", "status", one.operation)["status"], "unknown")
        moved = sum(one.amount for one in invokes) * UNIT
        shielded = sum(one.amount for one in executed if isinstance(one, Shield)) * UNIT
        self.assertEqual(balances(), [before[0] - moved, before[1] + moved, before[2] + shielded])
        self.assertEqual(nonce_of(SENDER), self.nonce + len(invokes))
        self.nonce += len(invokes)
        return number, position

    def wait_for_a_later_call(self):
        """When it is executed, the enclave has done what there was to do in the blocks before."""
        later = Invoke(nonce_of(BYSTANDER), 0, "counter", "add", BYSTANDER, "1")
        submit(later)
        self.assertEqual(stage.wallet.ok("trusted", "status", later.operation, "--wait")["status"], "executed")

    def check_confirmation(self, number, position, executed):
        """The block's confirmation commits to the executed calls, and the wallet expects the same."""
        confirmation = stage.wait_confirmation(number)
        leaves = []
        for at, extrinsic in enumerate(stage.chain.block(number)[1]):
            own = extrinsic.leaf()
            leaves += [one.leaf for one in executed] if at == position else [own] if own else []
        self.assertEqual(confirmation.root.hex(), merkle_root(leaves).hex(), f"{len(leaves)} leaves")
        invoke = next(one for one in executed if isinstance(one, Invoke))
        answer = stage.wallet.ok("trusted", "status", invoke.operation, "--wait")
        told = answer["confirmation"]
        self.assertEqual((told["merkle_root"], told["merkle_root_matches"]), ("0x" + confirmation.root.hex(), True))
        self.assertNotIn("merkle_root_differs", [one["code"] for one in answer.get("warnings", [])])

    def test_the_printed_call_itself(self):
        one = self.invoke(1)
        self.run_extrinsic(one, [one])

    def test_batch(self):
        items = [self.invoke(1), Shield(2), self.invoke(4, 1)]
        self.run_extrinsic(batch(*items), items)

    def test_interrupted_batch(self):
        first, shield, late = self.invoke(1), Shield(2), self.invoke(4, 1)
        self.run_extrinsic(batch(first, shield, failing(), late, Shield(8)), [first, shield], [late])

    def test_batch_all(self):
        items = [Shield(1), self.invoke(2), self.invoke(4, 1), Shield(8)]
        self.run_extrinsic(batch_all(*items), items)

    def test_failing_batch_all(self):
        one = self.invoke(1)
        self.run_extrinsic(batch_all(one, Shield(2), failing()), [], [one])

    def test_force_batch_with_failing_items(self):
        first, second, shield = self.invoke(1), self.invoke(2, 1), Shield(4)
        self.run_extrinsic(force_batch(first, failing(), second, Shield(10**15), shield), [first, second, shield])

    def test_batches_inside_batches(self):
        first, undone, second, late = self.invoke(1), self.invoke(2, 1), self.invoke(4, 1), self.invoke(8, 2)
        inner = batch_all(undone, Shield(1), failing())
        self.run_extrinsic(force_batch(batch(first), inner, batch(second, failing(), late)), [first, second], [undone, late])

    def test_derivative(self):
        items = [self.invoke(1), self.invoke(2, 1)]
        self.run_extrinsic(batch_all(as_derivative(3, items[0]), items[1]), items)

    def test_sudo(self):
        by_root, by_bob, shield = self.invoke(1), self.invoke(2), Shield(4)
        # Root is no account, and invokes nothing.
        self.run_extrinsic(batch(sudo(by_root), sudo_as(BOB, batch(by_bob, shield))), [by_bob, shield], [by_root])

    def test_proxy(self):
        stranger = self.invoke(1)
        self.run_extrinsic(batch(proxy(ALICE, stranger)), [], [stranger], sender="//Bob")
        submit(Call(index("Proxy", "add_proxy") + b"\x00" + BOB + b"\x00" + u32(0)))
        items = [self.invoke(2), Shield(4)]
        before = stage.chain.account(ALICE)[1]
        self.run_extrinsic(proxy(ALICE, batch(*items)), items, sender="//Bob")
        self.assertEqual(stage.chain.account(ALICE)[1], before - 4 * UNIT, "the account behind the proxy paid")

    def test_multisig(self):
        account = multisig_account(2, ALICE, BOB)
        items = [self.invoke(1), Shield(2), self.invoke(4, 1)]
        approved = as_multi(2, BOB, None, batch_all(*items))
        submit(Call(transfer_call(account, 50 * UNIT)))
        timepoint = self.run_extrinsic(approved, [], items[::2])
        before = stage.chain.account(account)[1]
        self.run_extrinsic(as_multi(2, ALICE, timepoint, batch_all(*items)), items, sender="//Bob")
        self.assertEqual(stage.chain.account(account)[1], before - 2 * UNIT, "the multisig paid")

    def test_multisig_with_threshold_1(self):
        items = [self.invoke(1), self.invoke(2, 1)]
        self.run_extrinsic(batch_all(as_multi_threshold_1(BOB, items[0]), items[1]), items)


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
