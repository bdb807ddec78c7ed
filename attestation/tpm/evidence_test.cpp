#include <attestation/tpm/evidence.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::tpm {
namespace {

using cbor::Kind;

/// A map of these members, the value of each in CBOR.
Bytes mapping(const std::vector<std::pair<std::string, Bytes>>& members) {
    Bytes out;
    cbor::append_head(out, Kind::kMap, members.size());
    for (const auto& [name, value] : members) {
        cbor::append_text(out, name);
        append(out, value);
    }
    return out;
}

Bytes octets(const Bytes& content) {
    Bytes out;
    cbor::append_bytes(out, content);
    return out;
}

Bytes list(std::size_t count, std::uint64_t bank = kTpmSha256, std::uint64_t index = 1) {
    Bytes out;
    cbor::append_head(out, Kind::kArray, count);
    for (std::size_t i = 0; i < count; ++i) {
        cbor::append_head(out, Kind::kArray, 3);
        cbor::append_head(out, Kind::kUnsigned, bank);
        cbor::append_head(out, Kind::kUnsigned, index);
        cbor::append_bytes(out, Bytes(32));
    }
    return out;
}

const Bytes kTpmtSignature{0x00, 0x14, 0x00, 0x0b, 0x00, 0x01, 0xaa};

TEST(TpmEvidence, takes_both_forms_of_signatures) {
    const auto tpmt = read_evidence(
        mapping({{"attest", octets({1})}, {"signature", octets(kTpmtSignature)}, {"pcrs", list(2)}}));
    ASSERT_OK(tpmt);
    EXPECT_EQ(tpmt.value().signature.number, Bytes{0xaa});
    EXPECT_EQ(tpmt.value().pcrs.size(), 2U);
    const auto bare = read_evidence(mapping({{"rsassa", octets({0xbb})}, {"attest", octets({1})}}));
    ASSERT_OK(bare);
    EXPECT_EQ(bare.value().signature.number, Bytes{0xbb});
    EXPECT_EQ(bare.value().signature.scheme, SignatureScheme::kRsaPkcs1Sha256);
}

TEST(TpmEvidence, rejects_missing_unknown_and_ambiguous_members) {
    const auto attest = std::pair{std::string{"attest"}, octets({1})};
    const auto signature = std::pair{std::string{"signature"}, octets(kTpmtSignature)};
    const auto rejects = [](const std::vector<std::pair<std::string, Bytes>>& members) {
        EXPECT_ERROR(read_evidence(mapping(members)), Reason::kTpmMalformed);
    };
    rejects({});
    rejects({attest});
    rejects({signature});
    rejects({attest, signature, {"rsassa", octets({1})}});
    rejects({attest, signature, {"event_log", octets({1})}});
    rejects({attest, {"signature", octets({1})}});
    rejects({{"attest", octets({})}, signature});
    rejects({attest, signature, {"pcrs", octets({1})}});
    EXPECT_ERROR(read_evidence(ByteView{}), Reason::kTpmMalformed);
}

TEST(TpmEvidence, bounds_its_parts) {
    const auto read = [](std::size_t attest, const Bytes& pcrs) {
        return read_evidence(mapping(
            {{"attest", octets(Bytes(attest))}, {"signature", octets(kTpmtSignature)}, {"pcrs", pcrs}}));
    };
    EXPECT_OK(read(kAttestBytesMax, list(kPcrValuesMax)));
    EXPECT_ERROR(read(kAttestBytesMax + 1, list(1)), Reason::kTpmMalformed);
    EXPECT_ERROR(read(1, list(kPcrValuesMax + 1)), Reason::kTpmMalformed);
    EXPECT_ERROR(read(1, list(1, 0x10000)), Reason::kTpmMalformed);
    EXPECT_ERROR(read(1, list(1, kTpmSha256, 0x100)), Reason::kTpmMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::tpm
