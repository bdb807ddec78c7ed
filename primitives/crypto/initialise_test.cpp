#include <primitives/crypto/initialise.hpp>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/kdf.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>

namespace redoubt::crypto {
namespace {

/// Uses every part of the library; true when all of it works.
bool everything_works() {
    const auto key = SecretBytes<32>::random();
    bool works = aead_open(key, {}, aead_seal(key, {}, bytes_of("x"))).has_value();
    for (const auto scheme : {Scheme::kEd25519, Scheme::kSr25519, Scheme::kEcdsa}) {
        const auto pair = KeyPair::from_secret_uri("//Alice", scheme);
        works = works && verify(pair.value().sign({}), pair.value().account_id(), {});
    }
    works = works && mnemonic_to_mini_secret(generate_mnemonic(12), "").has_value();
    works = works && !hkdf_sha256(key.expose(), {}).expose().empty() && !sha2_512({}).is_zero();
    const auto shielding = RsaKeyPair::generate();
    const auto again = RsaKeyPair::from_private_der(shielding.value().private_der().value().expose());
    const auto sealed =
        RsaPublicKey::from_json(shielding.value().public_key().to_json()).value().encrypt_oaep({});
    return works && again.value().decrypt_oaep(sealed.value(), 1).has_value();
}

/// With a limit of zero open files, every attempt to open one fails.
[[noreturn]] void work_without_files() {
    initialise();
    const rlimit none{0, 0};
    const bool limited = setrlimit(RLIMIT_NOFILE, &none) == 0;
    std::_Exit(limited && everything_works() ? 0 : 1);
}

TEST(Initialise, leaves_nothing_that_has_to_open_a_file) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(work_without_files(), ::testing::ExitedWithCode(0), "");
}

TEST(Initialise, may_be_called_again) {
    initialise();
    initialise();
}

}  // namespace
}  // namespace redoubt::crypto
