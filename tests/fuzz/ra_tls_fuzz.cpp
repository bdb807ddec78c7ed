// TLS certificates with evidence: whatever becomes of them, nothing is verified but keys that the kept
// inputs' quotes name. The keys that signed them exist no more.
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/ra_tls_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

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
    // One of the enclave's certificates, one of the domain's.
    static tests::KeptSignatures kept{2};
    kept.verified(certificate.value().public_key_info());
    return 0;
}
