// TLS certificates with evidence: whatever becomes of them, nothing is verified but keys that the kept
// inputs' quotes name. The keys that signed them exist no more.
#include <attestation/digest.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <tests/support/ra_tls_evidence.hpp>

#include <set>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

/// The verified keys; filled from the kept inputs.
std::set<Hash256>& verified_keys() {
    static std::set<Hash256> out;
    return out;
}

/// One of the enclave's certificates, one of the domain's.
constexpr std::size_t kKeptKeys = 2;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto evidence = tests::split_ra_tls_evidence({data, size});
    if (!evidence) {
        return 0;
    }
    const auto collateral = dcap::parse_collateral(evidence->collateral);
    if (!collateral) {
        return 0;
    }
    const auto verdict =
        ra_tls::verify_certificate(evidence->certificate, collateral.value(),
                                   {.time = tests::kRaTlsTestTime, .roots = tests::ra_tls_test_roots()});
    REDOUBT_ASSERT(verdict.checks.size() >= ra_tls::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.collateral && !verdict.nonce && verdict.claims.index() == 0);
        return 0;
    }
    const auto certificate = x509::Certificate::decode_of_peer(to_bytes(evidence->certificate));
    verified_keys().insert(sha2_256({certificate.value().public_key_info()}));
    REDOUBT_ASSERT(verified_keys().size() <= kKeptKeys);
    return 0;
}
