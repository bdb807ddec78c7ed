#include <attestation/initialise.hpp>

#include <attestation/digest.hpp>
#include <attestation/public_key.hpp>
#include <attestation/trust_roots.hpp>
#include <primitives/crypto/initialise.hpp>

#include <array>

namespace redoubt::attestation {
namespace {

bool initialise_once() {
    crypto::initialise();
    const auto& root = TrustRoots::built_in().intel_sgx;
    const auto key = root.public_key();
    REDOUBT_ASSERT(key.has_value() && root.is_signed_by(key.value()));
    static_cast<void>(digest(HashAlgorithm::kSha384, {}));
    // RSA has no root of its own here: a number that is no product of primes fetches the algorithms as well.
    std::array<std::uint8_t, 256> modulus{};
    modulus.fill(0xff);
    constexpr std::array<std::uint8_t, 3> kExponent{1, 0, 1};
    const auto rsa = PublicKey::from_rsa(modulus, kExponent);
    REDOUBT_ASSERT(rsa.has_value());
    for (const auto scheme : {SignatureScheme::kRsaPkcs1Sha256, SignatureScheme::kRsaPssSha384}) {
        REDOUBT_ASSERT(!rsa.value().verify(scheme, {}, modulus));
    }
    return true;
}

}  // namespace

void initialise() {
    static const bool done = initialise_once();
    static_cast<void>(done);
}

}  // namespace redoubt::attestation
