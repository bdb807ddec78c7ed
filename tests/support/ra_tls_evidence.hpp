/// TLS certificates with evidence that need no shared material: kept inputs of the fuzz target ra_tls, under
/// a root of their own. make_ra_tls_evidence.py makes them.
#pragma once

#include <attestation/ra_tls/verifier.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>
#include <tests/support/ra_tls_test_root.hpp>

#include <optional>

namespace redoubt::tests {

/// When the evidence is valid.
inline constexpr attestation::VerificationTime kRaTlsTestTime{1'800'000'000};  // 2027-01-15

/// A certificate and the text of the collateral of its quote; views into the input.
struct RaTlsEvidence {
    ByteView certificate;
    std::string_view collateral;
};

/// @return nullopt when the certificate's length is beyond the input
inline std::optional<RaTlsEvidence> split_ra_tls_evidence(ByteView input) {
    ByteCursor in{input};
    const auto size = in.take_le<std::uint32_t>();
    const auto certificate = size ? in.take(size.value()) : Result<ByteView>{size.error()};
    if (!certificate) {
        return std::nullopt;
    }
    return RaTlsEvidence{certificate.value(), text_of(in.rest())};
}

inline const attestation::TrustRoots& ra_tls_test_roots() {
    static const auto roots =
        attestation::TrustRoots::with_intel_root(parse_hex(kRaTlsTestRoot).value()).value();
    return roots;
}

}  // namespace redoubt::tests
