#include <attestation/ra_tls/dice_evidence.hpp>

#include <attestation/cbor/cbor_reader.hpp>
#include <attestation/limits.hpp>

namespace redoubt::attestation::ra_tls {
namespace {

constexpr std::uint64_t kQuoteTag = 60'000;

/// The hash functions of the IANA registry of named information.
Result<HashAlgorithm> hash_of_id(std::uint64_t id) {
    switch (id) {
        case 1:
            return HashAlgorithm::kSha256;
        case 7:
            return HashAlgorithm::kSha384;
        case 8:
            return HashAlgorithm::kSha512;
        default:
            return Reason::kRatlsEvidenceMalformed;
    }
}

std::size_t digest_bytes(HashAlgorithm algorithm) {
    switch (algorithm) {
        case HashAlgorithm::kSha256:
            return 32;
        case HashAlgorithm::kSha384:
            return 48;
        case HashAlgorithm::kSha512:
            return 64;
    }
    return 0;
}

Result<void> read_key_hash(ByteView encoded, DiceClaims& out) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(encoded));
    BOOST_OUTCOME_TRY(const auto items, in.enter_array());
    if (items != 2) {
        return Reason::kRatlsEvidenceMalformed;
    }
    BOOST_OUTCOME_TRY(const auto id, in.take_unsigned());
    BOOST_OUTCOME_TRY(out.key_hash_algorithm, hash_of_id(id));
    const auto size = digest_bytes(out.key_hash_algorithm);
    BOOST_OUTCOME_TRY(out.key_hash, in.take_bytes(size, size));
    return success();
}

Result<DiceClaims> read_claims(ByteView claims) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(claims));
    BOOST_OUTCOME_TRY(const auto entries, in.enter_map());
    DiceClaims out;
    for (std::size_t i = 0; i < entries; ++i) {
        BOOST_OUTCOME_TRY(const auto name, in.take_text());
        if (name == "pubkey-hash") {
            BOOST_OUTCOME_TRY(const auto encoded, in.take_bytes(0, claims.size()));
            BOOST_OUTCOME_TRY(read_key_hash(encoded, out));
        } else if (name == "nonce") {
            BOOST_OUTCOME_TRY(out.nonce, in.take_bytes(1, kClaimedNonceBytesMax));
        } else {
            BOOST_OUTCOME_TRY(in.skip());
        }
    }
    if (out.key_hash.empty()) {
        return Reason::kRatlsEvidenceMalformed;
    }
    return out;
}

Result<DiceEvidence> read_evidence_item(ByteView value) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(value));
    BOOST_OUTCOME_TRY(const auto tag, in.take_tag());
    BOOST_OUTCOME_TRY(const auto items, in.enter_array());
    if (tag != kQuoteTag || items != 2) {
        return Reason::kRatlsEvidenceMalformed;
    }
    DiceEvidence out;
    BOOST_OUTCOME_TRY(out.quote, in.take_bytes(0, kQuoteBytesMax));
    BOOST_OUTCOME_TRY(out.claims_bytes, in.take_bytes(0, kCborStringBytesMax));
    BOOST_OUTCOME_TRY(out.claims, read_claims(out.claims_bytes));
    return out;
}

}  // namespace

Result<DiceEvidence> read_dice_evidence(ByteView value) {
    auto out = read_evidence_item(value);
    if (!out) {
        return Reason::kRatlsEvidenceMalformed;
    }
    return out;
}

Result<DiceClaims> read_dice_claims(ByteView claims) {
    auto out = read_claims(claims);
    if (!out) {
        return Reason::kRatlsEvidenceMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::ra_tls
