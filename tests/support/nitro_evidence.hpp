/// Nitro documents that need no shared material: kept inputs of the fuzz target nitro_verify, under a root of
/// their own. make_nitro_evidence.py makes them.
#pragma once

#include <attestation/nitro/verifier.hpp>
#include <attestation/trust_roots.hpp>
#include <primitives/hex.hpp>
#include <tests/support/nitro_test_root.hpp>

namespace redoubt::tests {

/// When the documents were made, and are valid.
inline constexpr attestation::VerificationTime kNitroTestTime{1'800'000'000};  // 2027-01-15T08:00:00Z

inline const attestation::TrustRoots& nitro_test_roots() {
    static const auto roots =
        attestation::TrustRoots::with_nitro_root(parse_hex_fixed<Hash256>(kNitroTestRoot).value());
    return roots;
}

}  // namespace redoubt::tests
