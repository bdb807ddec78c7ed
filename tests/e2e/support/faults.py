"""What a running worker has to make of each fault of redoubt-devchain.

Each fault has one expectation. The series run at the same time, each against a chain and a worker of its own, and the
faults of a series one after the other; what spoils the chain itself comes last in its series.
"""
import dataclasses
import json
import subprocess

from . import material

PROOF_MISSING, PROOF_BAD = "state_proof_missing", "state_proof_bad"
# The header that was announced is in no block that the node has, or does not hash to what was asked for.
HEADER = frozenset({"block_missing", "answer_unusable", "justification_wrong_target", "other_branch"})
EVENTS_KEY = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"


@dataclasses.dataclass(frozen=True)
class Refused:
    """`chain_refused` with one of these reasons, no block from the named one on, and `chain_accepted` afterwards."""
    reasons: frozenset
    setting: object = True
    changes_authorities: bool = False
    with_transfer: bool = False


@dataclasses.dataclass(frozen=True)
class Stale:
    """Nothing false is said, only nothing new: `stale` when the limit has passed, and `fresh` afterwards."""
    setting: object = True


@dataclasses.dataclass(frozen=True)
class Survived:
    """No effect on a running worker, for this reason: blocks are imported all the while and none is refused."""
    why: str
    setting: object = True
    with_failing_call: bool = False


@dataclasses.dataclass(frozen=True)
class Hindered:
    """Answers are lost: the worker says so in these words, believes nothing, and goes on when the node speaks again."""
    words: str
    setting: object = True


@dataclasses.dataclass(frozen=True)
class Spoilt:
    """The chain itself is broken by more authorities than a light client can stand: refused, and nothing after it."""
    reasons: frozenset


def refused(*reasons, **more):
    return Refused(frozenset(reasons), **more)


SERIES = {
    "proofs-and-bodies": {
        "missing-proof-node": refused(PROOF_MISSING, PROOF_BAD),
        "missing-proof-root": refused(PROOF_MISSING),
        "empty-proof": refused(PROOF_MISSING),
        "forged-proof-node": refused(PROOF_MISSING, PROOF_BAD),
        "truncated-proof": refused(PROOF_MISSING, PROOF_BAD),
        "duplicate-proof-node": refused(PROOF_BAD),
        "unused-proof-node": refused(PROOF_BAD),
        "proof-of-other-block": refused(PROOF_MISSING),
        "extra-extrinsic": refused("extrinsics_root_mismatch"),
        "removed-extrinsic": refused("extrinsics_root_mismatch"),
        "reordered-extrinsics": refused("extrinsics_root_mismatch", with_transfer=True),
        "withheld-body": refused("block_missing"),
        "forged-header": Refused(HEADER),
        "forged-set-change": Refused(HEADER),
        "forged-forced-change": Refused(HEADER),
        "hidden-set-change": Refused(HEADER, changes_authorities=True),
        "wrong-state-root": Spoilt(frozenset({PROOF_MISSING})),
    },
    "finality": {
        "truncated-justification": refused("justification_unreadable"),
        "bad-precommit-signature": refused("justification_bad_signature"),
        "minority-precommits": refused("justification_too_light"),
        "wrong-set-id": refused("justification_bad_signature"),
        "wrong-round": refused("justification_bad_signature"),
        "equivocating-voters": refused("justification_too_light", "justification_bad_ancestry"),
        "unknown-voters": refused("justification_foreign"),
        "votes-for-other-fork": refused("justification_bad_ancestry"),
        "wrong-justification-target": refused("justification_wrong_target"),
        "unused-ancestry-header": refused("justification_bad_ancestry"),
        "missing-ancestry-header": refused("justification_bad_ancestry"),
        "duplicate-ancestry-header": refused("justification_bad_ancestry"),
        "replayed-justification": refused("justification_wrong_target"),
        "skipped-set-change": refused("set_change_skipped", changes_authorities=True),
        "wrong-extrinsics-root": Spoilt(frozenset({"extrinsics_root_mismatch"})),
    },
    "silence": {
        "missing-justification": Stale(),
        "stale-finalized-head": Stale(),
        "rolled-back-chain": Stale(),
        "withheld-blocks": Stale(),
        "stalled-time": Stale(),
    },
    "words": {
        "wrong-storage-value": Survived("blocks are judged by proofs alone", EVENTS_KEY + ":00"),
        "forged-events": Survived("events are taken out of the proof"),
        "failed-extrinsic-as-success": Survived("events are taken out of the proof", with_failing_call=True),
        "wrong-call-result": Survived("runtime calls decide nothing", "Core_version:00"),
        "wrong-metadata": Survived("known metadata is kept while the proven runtime version stays"),
        "wrong-runtime-version": Survived("the proof shows which runtime made the block"),
        "wrong-genesis": Survived("which chain it is was checked when the connection was made"),
        "slow-connection": Survived("it takes longer, no more", 20),
    },
    "connections": {
        "dying-connection": Hindered("connection lost"),
        "garbage-json": Hindered("connection lost: the peer's answer is malformed"),
        "truncated-json": Hindered("connection lost: the peer's answer is malformed"),
        "wrong-response-id": Hindered("nothing came within the time allowed"),
    },
}
EXPECTED = {name: expectation for series in SERIES.values() for name, expectation in series.items()}


def listed():
    """The names of all faults that the program knows."""
    said = subprocess.run([material.program("redoubt-devchain"), "faults", "--json"], capture_output=True, text=True,
                          check=True, timeout=60)
    return [fault["name"] for fault in json.loads(said.stdout)]
