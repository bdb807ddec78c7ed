/// Reports of an attestation service that need no shared material: kept inputs of the fuzz target ias_verify,
/// under a CA of their own. make_ias_evidence.py makes them.
#pragma once

#include <attestation/trust_roots.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/hex.hpp>
#include <tests/support/ias_test_ca.hpp>

namespace redoubt::tests {

/// When the evidence is valid; a minute after its reports were made.
inline constexpr attestation::VerificationTime kIasTestTime{1'800'000'000};  // 2027-01-15T08:00:00Z

inline const attestation::TrustRoots& ias_test_roots() {
    static const auto roots = attestation::TrustRoots::with_ias_ca(parse_hex(kIasTestCa).value()).value();
    return roots;
}

}  // namespace redoubt::tests
