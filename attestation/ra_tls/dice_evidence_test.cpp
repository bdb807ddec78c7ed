#include <attestation/ra_tls/dice_evidence.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::ra_tls {
namespace {

using cbor::Kind;

/// `[id, size bytes]`, in CBOR.
Bytes key_hash(std::uint64_t id, std::size_t size) {
    Bytes out;
    cbor::append_head(out, Kind::kArray, 2);
    cbor::append_head(out, Kind::kUnsigned, id);
    cbor::append_bytes(out, Bytes(size, 7));
    return out;
}

/// A map of claims with this hash and, when it is not empty, this nonce.
Bytes claims(const Bytes& hash, const Bytes& nonce = {}) {
    Bytes out;
    cbor::append_head(out, Kind::kMap, nonce.empty() ? 1 : 2);
    cbor::append_text(out, "pubkey-hash");
    cbor::append_bytes(out, hash);
    if (!nonce.empty()) {
        cbor::append_text(out, "nonce");
        cbor::append_bytes(out, nonce);
    }
    return out;
}

TEST(DiceClaims, take_the_three_hash_functions_with_their_lengths) {
    for (const auto& [id, size] : {std::pair<std::uint64_t, std::size_t>{1, 32}, {7, 48}, {8, 64}}) {
        const auto whole = claims(key_hash(id, size));
        const auto read = read_dice_claims(whole);
        ASSERT_OK(read);
        EXPECT_EQ(read.value().key_hash.size(), size);
        EXPECT_FALSE(read.value().nonce);
        EXPECT_ERROR(read_dice_claims(claims(key_hash(id, size - 1))), Reason::kRatlsEvidenceMalformed);
        EXPECT_ERROR(read_dice_claims(claims(key_hash(id, size + 1))), Reason::kRatlsEvidenceMalformed);
    }
    EXPECT_ERROR(read_dice_claims(claims(key_hash(2, 32))), Reason::kRatlsEvidenceMalformed);
}

TEST(DiceClaims, bound_the_nonce) {
    const auto hash = key_hash(1, 32);
    const auto whole = claims(hash, Bytes(kClaimedNonceBytesMax, 1));
    const auto read = read_dice_claims(whole);
    ASSERT_OK(read);
    EXPECT_EQ(read.value().nonce->size(), kClaimedNonceBytesMax);
    EXPECT_ERROR(read_dice_claims(claims(hash, Bytes(kClaimedNonceBytesMax + 1, 1))),
                 Reason::kRatlsEvidenceMalformed);
}

TEST(DiceClaims, reject_what_is_no_map_of_texts_with_a_key_hash) {
    Bytes without;
    cbor::append_head(without, Kind::kMap, 1);
    cbor::append_text(without, "nonce");
    cbor::append_bytes(without, Bytes(16));
    EXPECT_ERROR(read_dice_claims(without), Reason::kRatlsEvidenceMalformed);
    Bytes numbered;
    cbor::append_head(numbered, Kind::kMap, 2);
    cbor::append_text(numbered, "pubkey-hash");
    cbor::append_bytes(numbered, key_hash(1, 32));
    cbor::append_head(numbered, Kind::kUnsigned, 1);
    cbor::append_head(numbered, Kind::kUnsigned, 1);
    EXPECT_ERROR(read_dice_claims(numbered), Reason::kRatlsEvidenceMalformed);
    EXPECT_ERROR(read_dice_claims({}), Reason::kRatlsEvidenceMalformed);
    EXPECT_ERROR(read_dice_claims(key_hash(1, 32)), Reason::kRatlsEvidenceMalformed);
    auto followed = key_hash(1, 32);
    followed.push_back(0);
    EXPECT_ERROR(read_dice_claims(claims(followed)), Reason::kRatlsEvidenceMalformed);
}

TEST(DiceEvidence, is_tag_60000_over_quote_and_claims) {
    const auto evidence = [](std::uint64_t tag, std::size_t items) {
        Bytes out;
        cbor::append_head(out, Kind::kTag, tag);
        cbor::append_head(out, Kind::kArray, items);
        cbor::append_bytes(out, Bytes{1, 2, 3});
        cbor::append_bytes(out, claims(key_hash(1, 32)));
        for (std::size_t i = 2; i < items; ++i) {
            cbor::append_head(out, Kind::kNull);
        }
        return out;
    };
    const auto whole = evidence(60'000, 2);
    const auto read = read_dice_evidence(whole);
    ASSERT_OK(read);
    EXPECT_EQ(to_bytes(read.value().quote), (Bytes{1, 2, 3}));
    EXPECT_EQ(to_bytes(read.value().claims_bytes), claims(key_hash(1, 32)));
    for (const std::uint64_t tag : {59'999U, 60'001U, 60'002U}) {
        EXPECT_ERROR(read_dice_evidence(evidence(tag, 2)), Reason::kRatlsEvidenceMalformed);
    }
    EXPECT_ERROR(read_dice_evidence(evidence(60'000, 3)), Reason::kRatlsEvidenceMalformed);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_ERROR(read_dice_evidence(ByteView{whole}.first(size)), Reason::kRatlsEvidenceMalformed);
    }
}

}  // namespace
}  // namespace redoubt::attestation::ra_tls
