/// Simulated evidence of a key of the tests' own.
#pragma once

#include <attestation/claims/sim_claims.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/scale.hpp>

namespace redoubt::tests {

inline const crypto::ed25519::SecretKey& sim_test_secret() {
    static const auto key = [] {
        crypto::SecretBytes<32> seed;
        std::ranges::fill(seed.expose_mut(), std::uint8_t{0x51});
        return crypto::ed25519::SecretKey::from_seed(seed);
    }();
    return key;
}

inline const FixedBytes<32>& sim_test_key() {
    return sim_test_secret().public_key();
}

/// A program that was made at 2027-01-15T08:00:00Z.
inline attestation::SimClaims sim_claims() {
    attestation::SimClaims out;
    out.isv_prod_id = 0x0102;
    out.isv_svn = 0x0304;
    out.made_at_s = 1'800'000'000;
    out.mr_enclave.bytes.fill(0x11);
    out.mr_signer.bytes.fill(0x22);
    out.report_data.bytes.fill(0x33);
    return out;
}

/// The claims, with the tests' key, as signed evidence. Written as the format says, not with its constants.
inline Bytes make_sim_evidence(const attestation::SimClaims& claims) {
    auto out =
        concat(std::array<std::uint8_t, 10>{'S', 'I', 'M', 'A', 'T', 'T', 0, 1, 1, 0},
               scale::encode_all(claims.flags, claims.mr_enclave, claims.mr_signer, claims.isv_prod_id,
                                 claims.isv_svn, std::uint32_t{0}, claims.report_data, claims.made_at_s),
               sim_test_key());
    const std::string_view domain{"offchain-tee/sim-attestation/v1\0", 32};
    append(out, sim_test_secret().sign(concat(bytes_of(domain), out)).view());
    return out;
}

}  // namespace redoubt::tests
