#include <tools/wallet/trusted_request.hpp>

#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <stf/types/module_calls.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::wallet {
namespace {

Hash256 hash_of(std::uint8_t byte) {
    Hash256 hash;
    hash.bytes.fill(byte);
    return hash;
}

crypto::KeyPair alice() {
    return crypto::KeyPair::from_secret_uri("//Alice", crypto::Scheme::kSr25519).value();
}

const crypto::RsaKeyPair& shielding_key() {
    static const auto key = crypto::RsaKeyPair::generate().value();
    return key;
}

stf::TrustedCall transfer() {
    return stf::call::BalanceTransfer{.from = alice().account_id(), .to = {}, .amount = 5};
}

TEST(TrustedRequest, the_enclave_reads_and_believes_what_was_sealed) {
    const auto sealed =
        seal_call(transfer(), 7, hash_of(1), hash_of(2), alice(), shielding_key().public_key());
    ASSERT_TRUE(sealed);
    const auto plain = shielding_key().decrypt_oaep(sealed.value().ciphertext, 4);
    ASSERT_OK(plain);
    const auto operation = stf::decode_trusted_operation(plain.value().expose());
    ASSERT_OK(operation);
    const auto* indirect = std::get_if<stf::IndirectCallOperation>(&operation.value());
    ASSERT_NE(indirect, nullptr);
    EXPECT_EQ(indirect->signed_call.nonce, 7U);
    EXPECT_EQ(indirect->signed_call.call, transfer());
    EXPECT_TRUE(stf::verify(indirect->signed_call, hash_of(1), hash_of(2)));
    EXPECT_EQ(stf::operation_hash(operation.value()), sealed.value().hash);
}

TEST(TrustedRequest, a_sealed_call_is_worthless_to_other_code_and_other_shards) {
    const auto sealed =
        seal_call(transfer(), 7, hash_of(1), hash_of(2), alice(), shielding_key().public_key());
    ASSERT_TRUE(sealed);
    const auto& signed_call = std::get<stf::IndirectCallOperation>(sealed.value().operation).signed_call;
    EXPECT_FALSE(stf::verify(signed_call, hash_of(3), hash_of(2)));
    EXPECT_FALSE(stf::verify(signed_call, hash_of(1), hash_of(3)));
}

TEST(TrustedRequest, the_same_call_is_encrypted_differently_each_time) {
    const auto seal = [] {
        return seal_call(transfer(), 7, hash_of(1), hash_of(2), alice(), shielding_key().public_key())
            .value()
            .ciphertext;
    };
    EXPECT_NE(seal(), seal());
}

TEST(TrustedRequest, a_long_call_takes_several_blocks) {
    const stf::TrustedCall call =
        stf::call::ModuleCall{.origin = alice().account_id(), .module = "counter", .call = Bytes(400, 1)};
    const auto sealed = seal_call(call, 0, hash_of(1), hash_of(2), alice(), shielding_key().public_key());
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed.value().ciphertext.size(), 2 * crypto::kRsaModulusBytes);
}

TEST(TrustedRequest, a_getter_is_signed_by_its_owner) {
    const stf::TrustedGetter getter = stf::trusted_getter::AccountInfo{.account = alice().account_id()};
    const auto signed_getter = sign_getter(getter, alice());
    EXPECT_TRUE(stf::verify(std::get<stf::TrustedGetterSigned>(signed_getter)));
    const auto bob = crypto::KeyPair::from_secret_uri("//Bob", crypto::Scheme::kSr25519).value();
    EXPECT_FALSE(stf::verify(std::get<stf::TrustedGetterSigned>(sign_getter(getter, bob))));
}

}  // namespace
}  // namespace redoubt::wallet
