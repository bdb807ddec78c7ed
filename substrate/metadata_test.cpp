#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <substrate/metadata.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/storage_key.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sample_metadata.hpp>

namespace redoubt::substrate {
namespace {

using tests::sample_metadata;

TEST(Metadata, accepts_the_four_wrappings) {
    const auto plain = sample_metadata();
    const auto with_length = scale::encode(plain);
    for (const auto& bytes : {plain, with_length, concat(Bytes{1}, plain), concat(Bytes{1}, with_length)}) {
        EXPECT_OK(Metadata::decode(bytes));
    }
}

TEST(Metadata, rejects_other_wrappings_and_trailing_bytes) {
    const auto plain = sample_metadata();
    EXPECT_ERROR(Metadata::decode({}), MetadataError::kBadMagic);
    EXPECT_ERROR(Metadata::decode(Bytes{0}), MetadataError::kBadMagic);
    EXPECT_ERROR(Metadata::decode(concat(Bytes{2}, plain)), MetadataError::kBadMagic);
    EXPECT_ERROR(Metadata::decode(concat(plain, Bytes{0})), DecodeError::kTrailingBytes);
    EXPECT_ERROR(Metadata::decode(concat(scale::encode(plain), Bytes{0})), MetadataError::kBadMagic);
}

TEST(Metadata, rejects_other_versions_and_sizes) {
    auto bytes = sample_metadata();
    for (const int version : {13, 17, 255}) {
        bytes[4] = static_cast<std::uint8_t>(version);
        EXPECT_ERROR(Metadata::decode(bytes), MetadataError::kUnsupportedVersion);
    }
    EXPECT_ERROR(Metadata::decode(Bytes(kMetadataBytesMax + 1, 0)), MetadataError::kTooLarge);
}

TEST(Metadata, rejects_every_truncation) {
    const auto bytes = sample_metadata();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_TRUE(Metadata::decode(ByteView{bytes}.first(size)).has_error()) << size;
    }
}

TEST(Metadata, rejects_ids_out_of_order) {
    auto bytes = sample_metadata();
    // "meta", the version, a count of one byte, then the first id.
    ASSERT_EQ(bytes[6], 0);
    bytes[6] = 1 << 2;
    EXPECT_ERROR(Metadata::decode(bytes), MetadataError::kTypeIdsNotConsecutive);
}

TEST(Metadata, rejects_two_pallets_of_one_name) {
    auto bytes = sample_metadata();
    const Bytes balances = scale::encode(std::string{"Balances"});
    // The second match is the pallet; the first is the variant of the outer enum.
    auto found = std::search(bytes.begin(), bytes.end(), balances.begin(), balances.end());
    found = std::search(found + 1, bytes.end(), balances.begin(), balances.end());
    ASSERT_NE(found, bytes.end());
    auto renamed = Bytes(bytes.begin(), found);
    append(renamed, scale::encode(std::string{"System"}));
    renamed.insert(renamed.end(), found + static_cast<std::ptrdiff_t>(balances.size()), bytes.end());
    EXPECT_ERROR(Metadata::decode(renamed), MetadataError::kDuplicatePallet);
}

TEST(Metadata, rejects_descriptions_that_expand) {
    // A million enums of nothing: each takes a few bytes here and many in memory.
    constexpr std::uint32_t kVariants = 1'000'000;
    Bytes bytes{'m', 'e', 't', 'a', 14, 4, 0, 0, 0, 1};
    scale::append_compact(bytes, kVariants);
    bytes.resize(bytes.size() + std::size_t{kVariants} * 4, 0);
    EXPECT_ERROR(Metadata::decode(bytes), MetadataError::kTooMuchMemory);
}

TEST(Metadata, stays_valid_when_moved) {
    auto first = Metadata::decode(sample_metadata()).value();
    const auto second = std::move(first);
    ASSERT_NE(second.find_pallet("Balances"), nullptr);
    EXPECT_EQ(second.find_pallet("Balances")->storage_prefix, "BalancesStorage");
    EXPECT_EQ(second.pallet_by_index(10), second.find_pallet("Balances"));
    EXPECT_EQ(second.pallet_by_index(11), nullptr);
    EXPECT_EQ(second.find_pallet("balances"), nullptr);
}

TEST(Metadata, tells_the_runtime_version) {
    const auto version = runtime_version(Metadata::decode(sample_metadata()).value());
    ASSERT_OK(version);
    EXPECT_EQ(version.value().spec_name, "sample");
    EXPECT_EQ(version.value().spec_version, 7U);
    EXPECT_EQ(version.value().transaction_version, 3U);
    EXPECT_EQ(version.value().system_version, 1);
}

TEST(StorageKey, checks_names_and_parts) {
    const auto metadata = Metadata::decode(sample_metadata()).value();
    const std::vector<Bytes> one{Bytes(32, 1)};
    const std::vector<Bytes> two{Bytes(32, 1), Bytes(4, 2)};
    EXPECT_ERROR(storage_key(metadata, "Nothing", "Account", one), LookupError::kNoSuchPallet);
    EXPECT_ERROR(storage_key(metadata, "System", "Nothing", one), LookupError::kNoSuchStorageItem);
    EXPECT_ERROR(storage_key(metadata, "System", "Account", two), LookupError::kWrongKeyParts);
    EXPECT_ERROR(storage_key(metadata, "System", "Number", one), LookupError::kWrongKeyParts);
    const auto prefix = storage_key(metadata, "System", "Account");
    ASSERT_OK(prefix);
    EXPECT_EQ(prefix.value(), storage_prefix(metadata, "System", "Account").value());
    EXPECT_EQ(storage_prefix(metadata, "Balances", "Locks").value(),
              storage_prefix("BalancesStorage", "Locks"));
}

TEST(StorageKey, reads_parts_back_and_refuses_forged_hashes) {
    const auto metadata = Metadata::decode(sample_metadata()).value();
    const std::vector<Bytes> parts{Bytes(32, 1), Bytes{1, 2, 3, 4}};
    auto key = storage_key(metadata, "Balances", "Locks", parts).value();
    EXPECT_EQ(split_storage_key(metadata, "Balances", "Locks", key).value(), parts);
    EXPECT_EQ(decode_storage_key(metadata, "Balances", "Locks", key).value()[1].as_u64(), 0x04030201U);
    EXPECT_ERROR(split_storage_key(metadata, "System", "Account", key), LookupError::kForeignKey);
    key[32] ^= 1;
    EXPECT_ERROR(split_storage_key(metadata, "Balances", "Locks", key), LookupError::kForeignKey);
    key[32] ^= 1;
    key.push_back(0);
    EXPECT_ERROR(split_storage_key(metadata, "Balances", "Locks", key), DecodeError::kTrailingBytes);
}

TEST(StorageKey, reads_absent_values_as_the_item_says) {
    const auto metadata = Metadata::decode(sample_metadata()).value();
    const auto with_default = decode_storage_value(metadata, "System", "Account", std::nullopt);
    ASSERT_OK(with_default);
    EXPECT_EQ(with_default.value()->as_u64(), 0U);
    const auto optional = decode_storage_value(metadata, "System", "Number", std::nullopt);
    ASSERT_OK(optional);
    EXPECT_FALSE(optional.value().has_value());
}

}  // namespace
}  // namespace redoubt::substrate
