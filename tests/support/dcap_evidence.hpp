/// DCAP evidence that needs no shared material: kept inputs of the fuzz target dcap_verify, under a root of
/// their own. make_dcap_evidence.py makes them.
#pragma once

#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/trust_roots.hpp>
#include <primitives/byte_cursor.hpp>
#include <tests/support/dcap_test_root.hpp>

#include <optional>

namespace redoubt::tests {

/// When the evidence is valid.
inline constexpr attestation::VerificationTime kDcapTestTime{1'800'000'000};  // 2027-01-15

/// A quote and the text of its collateral; views into the input.
struct DcapEvidence {
    ByteView quote;
    std::string_view collateral;

    [[nodiscard]] attestation::EvidenceType type() const {
        return quote.size() > 4 && quote[4] == 0x81 ? attestation::EvidenceType::kTdxDcap
                                                    : attestation::EvidenceType::kSgxDcap;
    }
};

/// @return nullopt when the quote's length is beyond the input
inline std::optional<DcapEvidence> split_dcap_evidence(ByteView input) {
    ByteCursor in{input};
    const auto size = in.take_le<std::uint32_t>();
    if (!size) {
        return std::nullopt;
    }
    const auto quote = in.take(size.value());
    if (!quote) {
        return std::nullopt;
    }
    return DcapEvidence{quote.value(), text_of(in.rest())};
}

inline const attestation::TrustRoots& dcap_test_roots() {
    static const auto roots = attestation::TrustRoots::with_intel_root(to_bytes(kDcapTestRoot)).value();
    return roots;
}

}  // namespace redoubt::tests
