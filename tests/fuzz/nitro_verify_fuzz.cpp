// AWS Nitro documents: what is read lies inside of the input and within its limits, and whatever becomes of a
// document, nothing is verified that the keys below the test root, which exist no more, did not sign.
#include <attestation/limits.hpp>
#include <attestation/nitro/document.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/nitro_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = nitro::parse_document(input);
    const auto verdict =
        nitro::verify_document(input, {.time = tests::kNitroTestTime, .roots = tests::nitro_test_roots()});
    REDOUBT_ASSERT(verdict.checks.size() == nitro::kChecks.size());
    if (parsed) {
        const auto& document = parsed.value();
        REDOUBT_ASSERT(size <= kNitroDocumentBytesMax && document.claims.timestamp_ms > 0 &&
                       !document.claims.module_id.empty());
        REDOUBT_ASSERT(!document.bundle.empty() && document.bundle.size() <= kNitroBundleCertificatesMax);
        REDOUBT_ASSERT(document.certificate.data() >= data &&
                       document.certificate.data() + document.certificate.size() <= data + size);
    }
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.collateral && !verdict.produced_at && verdict.claims.index() == 0);
        return 0;
    }
    static tests::KeptSignatures kept{3};
    kept.verified(parsed.value().sign1.payload);
    return 0;
}
