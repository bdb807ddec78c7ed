#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <stf/chain_account.hpp>
#include <stf/chain_reader.hpp>
#include <stf/stf_error.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::stf {
namespace {

Bytes key_of(std::uint8_t n) {
    return Bytes{1, 2, n};
}

TEST(ChainReader, gives_values_and_proven_absence) {
    const ProvenChainState proven{{key_of(1), Bytes{7}}, {key_of(2), std::nullopt}};
    ChainReader chain{proven};
    EXPECT_EQ(chain.read(key_of(1)).value(), Bytes{7});
    EXPECT_EQ(chain.read(key_of(2)).value(), std::nullopt);
    EXPECT_TRUE(chain.missing().empty());
}

TEST(ChainReader, names_each_missing_key_once) {
    const ProvenChainState proven;
    ChainReader chain{proven};
    EXPECT_ERROR(chain.read(key_of(1)), ChainReadError::kNotProvenYet);
    EXPECT_ERROR(chain.read(key_of(2)), ChainReadError::kNotProvenYet);
    EXPECT_ERROR(chain.read(key_of(1)), ChainReadError::kNotProvenYet);
    EXPECT_EQ(chain.missing(), (std::vector<Bytes>{key_of(1), key_of(2)}));
}

TEST(ChainReader, limits_the_number_of_different_keys) {
    ProvenChainState proven;
    for (std::uint8_t n = 0; n <= kChainKeysPerCallMax; ++n) {
        proven.emplace(key_of(n), Bytes{n});
    }
    ChainReader chain{proven};
    for (std::uint8_t n = 0; n < kChainKeysPerCallMax; ++n) {
        EXPECT_OK(chain.read(key_of(n)));
    }
    EXPECT_ERROR(chain.read(key_of(kChainKeysPerCallMax)), StfError::kChainReadLimit);
    EXPECT_OK(chain.read(key_of(0)));
}

TEST(ChainReader, limits_the_length_of_keys_and_values) {
    const Bytes longest(kChainKeyBytesMax, 1);
    const Bytes too_long(kChainKeyBytesMax + 1, 1);
    const ProvenChainState proven{{longest, Bytes(kChainValueBytesMax, 5)},
                                  {too_long, Bytes{}},
                                  {key_of(1), Bytes(kChainValueBytesMax + 1, 5)}};
    ChainReader chain{proven};
    EXPECT_EQ(chain.read(longest).value()->size(), kChainValueBytesMax);
    EXPECT_ERROR(chain.read(too_long), StfError::kChainReadLimit);
    EXPECT_ERROR(chain.read(key_of(1)), StfError::kChainReadLimit);
    EXPECT_ERROR(chain.read({}), StfError::kChainReadLimit);
    EXPECT_TRUE(chain.missing().empty());
}

TEST(ChainAccount, has_the_key_that_chains_use) {
    const auto alice = AccountId::copy_of(
        ByteView{parse_hex("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d").value()}
            .first<32>());
    EXPECT_EQ(
        to_hex(chain_account_key(alice)),
        "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9"
        "de1e86a9a8c739864cf3cc5ec2bea59fd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
}

TEST(ChainAccount, is_read_from_its_80_bytes_only) {
    const AccountId account;
    const auto key = chain_account_key(account);
    const AccountInfo info{.nonce = 3, .providers = 1, .free = 5'000, .reserved = 7};
    ProvenChainState proven{{key, scale::encode(info)}};
    const auto read = [&] {
        ChainReader chain{proven};
        return read_chain_account(chain, account);
    };
    EXPECT_EQ(read().value(), info);
    proven[key] = std::nullopt;
    EXPECT_EQ(read().value(), std::nullopt);
    proven[key] = Bytes(79, 0);
    EXPECT_ERROR(read(), StfError::kChainValueUnreadable);
    proven[key] = Bytes(81, 0);
    EXPECT_ERROR(read(), StfError::kChainValueUnreadable);
    proven.clear();
    EXPECT_ERROR(read(), ChainReadError::kNotProvenYet);
}

}  // namespace
}  // namespace redoubt::stf
