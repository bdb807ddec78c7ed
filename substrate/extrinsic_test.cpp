#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/signing.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sample_metadata.hpp>

namespace redoubt::substrate {
namespace {

const Metadata& sample() {
    static const auto metadata = Metadata::decode(tests::sample_metadata()).value();
    return metadata;
}

SigningContext context_with(Era era) {
    SigningContext context;
    context.nonce = 5;
    context.tip = 1'000;
    context.era = era;
    context.genesis_hash = Hash256{{1}};
    context.birth_hash = Hash256{{2}};
    return context;
}

TEST(Call, is_encoded_by_name) {
    Value::Fields args;
    args.push_back({.name = "remark", .value = Value::bytes(Bytes{1, 2})});
    const auto call = encode_call(sample(), "System", "remark", Value::fields(std::move(args)));
    ASSERT_OK(call);
    EXPECT_EQ(call.value(), (Bytes{0, 0, 8, 1, 2}));
    const auto decoded = decode_call(sample(), call.value());
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value().pallet, "System");
    EXPECT_EQ(decoded.value().call, "remark");
    EXPECT_EQ(call_index(sample(), "Balances", "transfer").value(), (std::array<std::uint8_t, 2>{10, 3}));
}

TEST(Call, rejects_unknown_names_and_trailing_bytes) {
    EXPECT_ERROR(call_index(sample(), "Nothing", "remark"), LookupError::kNoSuchPallet);
    EXPECT_ERROR(call_index(sample(), "System", "nothing"), LookupError::kNoSuchCall);
    EXPECT_ERROR(decode_call(sample(), Bytes{9, 0}), LookupError::kNoSuchPallet);
    EXPECT_ERROR(decode_call(sample(), Bytes{0, 9}), ValueError::kUnknownVariant);
    EXPECT_ERROR(decode_call(sample(), Bytes{0, 0, 0, 0}), DecodeError::kTrailingBytes);
}

TEST(Signing, puts_the_extensions_in_order) {
    const auto era = Era::mortal(64, 42);
    const auto bytes = extension_bytes(sample(), context_with(era));
    ASSERT_OK(bytes);
    EXPECT_EQ(bytes.value().extra, (Bytes{0xa5, 0x02, 5 << 2, 0xa1, 0x0f}));
    EXPECT_EQ(bytes.value().additional,
              concat(scale::encode_all(std::uint32_t{7}, std::uint32_t{3}), Hash256{{1}}, Hash256{{2}}));
    const auto immortal = extension_bytes(sample(), context_with(Era::immortal()));
    ASSERT_OK(immortal);
    EXPECT_EQ(immortal.value().additional,
              concat(scale::encode_all(std::uint32_t{7}, std::uint32_t{3}), Hash256{{1}}, Hash256{{1}}));
}

TEST(Signing, names_the_extension_it_does_not_know) {
    const auto metadata = Metadata::decode(tests::sample_metadata("CheckSomethingNew")).value();
    EXPECT_EQ(unsupported_extension(metadata), "CheckSomethingNew");
    EXPECT_ERROR(signing_payload(metadata, Bytes{0, 0, 0}, {}), ExtrinsicError::kUnknownExtension);
    EXPECT_FALSE(unsupported_extension(sample()).has_value());
}

TEST(Signing, hashes_payloads_above_256_bytes) {
    const auto context = context_with(Era::immortal());
    const auto rest = full_signing_payload(sample(), {}, context).value().size();
    EXPECT_EQ(signing_payload(sample(), Bytes(256 - rest, 0), context).value().size(), 256U);
    EXPECT_EQ(signing_payload(sample(), Bytes(257 - rest, 0), context).value().size(), 32U);
}

TEST(Extrinsic, reads_what_signing_wrote) {
    const auto context = context_with(Era::mortal(64, 42));
    const Bytes call{0, 0, 4, 9};
    const AccountId signer{{7}};
    const crypto::MultiSignature signature{crypto::Ed25519Signature{{3}}};
    const auto bytes = signed_extrinsic(sample(), call, context, signer, signature);
    ASSERT_OK(bytes);
    const auto decoded = decode_extrinsic(sample(), bytes.value());
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value().kind, ExtrinsicKind::kSigned);
    EXPECT_EQ(decoded.value().signer, signer);
    EXPECT_EQ(decoded.value().nonce, 5U);
    EXPECT_TRUE(decoded.value().tip == uint128{1'000});
    EXPECT_EQ(decoded.value().era, context.era);
    EXPECT_TRUE(equal(decoded.value().call, call));
    for (std::size_t size = 0; size < bytes.value().size(); ++size) {
        EXPECT_TRUE(decode_extrinsic(sample(), ByteView{bytes.value()}.first(size)).has_error());
    }
}

TEST(Extrinsic, has_no_signer_when_the_address_is_no_account) {
    const auto& metadata = sample();
    Bytes body{0x84, 2, 4, 1};   // MultiAddress::Raw of one byte
    append(body, Bytes(65, 0));  // ed25519
    append(body, Bytes{0, 0, 0, 0, 0, 0});
    const auto bytes = scale::encode(body);
    const auto decoded = decode_extrinsic(metadata, bytes);
    ASSERT_OK(decoded);
    EXPECT_FALSE(decoded.value().signer.has_value());
}

TEST(Extrinsic, rejects_versions_that_do_not_exist) {
    for (unsigned version = 0; version < 256; ++version) {
        const Bytes bytes{8, static_cast<std::uint8_t>(version), 0};
        const auto decoded = decode_extrinsic(sample(), bytes);
        const bool is_bare = version == 0x04 || version == 0x05;
        EXPECT_EQ(decoded.has_value(), is_bare) << version;
        if (!is_bare && version != 0x84 && version != 0x45) {
            EXPECT_EQ(decoded.error(), make_error_code(ExtrinsicError::kUnsupportedVersion)) << version;
        }
    }
}

TEST(Extrinsic, rejects_wrong_lengths_and_unknown_extension_versions) {
    EXPECT_ERROR(decode_extrinsic(sample(), Bytes{8, 4}), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_extrinsic(sample(), Bytes{4, 4, 0}), DecodeError::kTrailingBytes);
    EXPECT_ERROR(decode_extrinsic(sample(), Bytes(kExtrinsicBytesMax + 1, 0)), ExtrinsicError::kTooLarge);
    EXPECT_ERROR(decode_extrinsic(sample(), Bytes{28, 0x45, 1, 0, 0, 0, 0, 0}),
                 ExtrinsicError::kUnsupportedVersion);
    EXPECT_OK(decode_extrinsic(sample(), Bytes{28, 0x45, 0, 0, 0, 0, 0, 0}));
}

TEST(Era, rounds_its_period_and_knows_birth_and_death) {
    EXPECT_EQ(Era::mortal(1, 0).period(), 4U);
    EXPECT_EQ(Era::mortal(65, 0).period(), 128U);
    EXPECT_EQ(Era::mortal(1'000'000, 0).period(), 65'536U);
    const auto era = Era::mortal(64, 42);
    EXPECT_EQ(era.birth(42), 42U);
    EXPECT_EQ(era.birth(105), 42U);
    EXPECT_EQ(era.death(105), 106U);
    EXPECT_EQ(era.birth(106), 106U);
    const auto long_era = Era::mortal(65'536, 100'007);
    EXPECT_EQ(long_era.phase() % 16, 0U);
    EXPECT_LE(long_era.birth(100'007), 100'007U);
    EXPECT_EQ(Era::immortal().birth(7), 0U);
}

TEST(Era, decodes_what_it_encodes_and_nothing_else) {
    unsigned valid = 0;
    for (unsigned code = 0; code < 65'536; ++code) {
        const Bytes bytes{static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(code >> 8)};
        ByteCursor in{bytes};
        const auto era = Era::decode(in);
        if (!era || era.value().is_immortal()) {
            continue;
        }
        ++valid;
        Bytes encoded;
        era.value().encode(encoded);
        EXPECT_EQ(encoded, bytes);
    }
    // Periods 4 ... 4096 have as many phases as blocks, the four longer ones 4096 each; first byte 0 is
    // immortal.
    EXPECT_GT(valid, 20'000U);
    const Bytes too_short{0x10, 0x00};
    ByteCursor in{too_short};
    EXPECT_ERROR(Era::decode(in), ExtrinsicError::kBadEra);
}

}  // namespace
}  // namespace redoubt::substrate
