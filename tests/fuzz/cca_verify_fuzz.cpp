// Arm CCA tokens: what is read keeps its limits, and whatever becomes of a token, nothing is verified that
// the keys of the kept inputs, which exist no more, did not sign.
#include <attestation/cca/token.hpp>
#include <attestation/limits.hpp>
#include <tests/support/cca_evidence.hpp>
#include <tests/support/kept_signatures.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = cca::parse_token(input);
    if (parsed) {
        const auto& claims = parsed.value().claims;
        REDOUBT_ASSERT(!claims.platform.components.empty() &&
                       claims.platform.components.size() <= kCcaComponentsMax);
        REDOUBT_ASSERT(cca::hash_named(claims.realm.key_hash_algorithm) && !claims.realm.key.empty());
        static_cast<void>(cca::read_realm_key(claims.realm.key));
    }
    const auto verdict =
        cca::verify_token(input, {.time = {1'800'000'000}, .platform_keys = tests::cca_test_keys()});
    REDOUBT_ASSERT(verdict.checks.size() == cca::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.nonce && verdict.claims.index() == 0);
        return 0;
    }
    const auto& token = parsed.value();
    static tests::KeptSignatures kept{3};
    kept.verified(concat(token.platform.payload, token.realm.payload));
    return 0;
}
