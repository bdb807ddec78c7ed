// Verification of quotes with their collateral: whatever becomes of evidence, nothing is verified that the
// test root's keys, which exist no more, did not sign.
#include <attestation/dcap/quote.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/kept_signatures.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto evidence = tests::split_dcap_evidence(input);
    if (!evidence) {
        return 0;
    }
    const auto collateral = dcap::parse_collateral(evidence->collateral);
    if (!collateral) {
        return 0;
    }
    const dcap::Setting setting{
        .type = evidence->type(), .time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()};
    const auto verdict = dcap::verify_quote(evidence->quote, collateral.value(), setting);
    REDOUBT_ASSERT(verdict.checks.size() == dcap::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.tcb && !verdict.collateral && verdict.claims.index() == 0);
        return 0;
    }
    const auto quote = dcap::parse_quote(evidence->quote);
    REDOUBT_ASSERT(quote.has_value());
    static tests::KeptSignatures kept{6};
    kept.verified(quote.value().signed_bytes);
    return 0;
}
