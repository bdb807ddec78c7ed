/// SEV-SNP evidence that needs no shared material: kept inputs of the fuzz target snp_verify, under roots of
/// their own. make_snp_evidence.py makes them.
#pragma once

#include <attestation/limits.hpp>
#include <attestation/snp/verifier.hpp>
#include <attestation/trust_roots.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>
#include <tests/support/snp_test_roots.hpp>

#include <optional>

namespace redoubt::tests {

/// When the evidence is valid.
inline constexpr attestation::VerificationTime kSnpTestTime{1'800'000'000};  // 2027-01-15

struct SnpEvidence {
    Bytes report;
    attestation::snp::Certificates certificates;
};

/// @return nullopt when a length is beyond the input, or a certificate is missing
inline std::optional<SnpEvidence> split_snp_evidence(ByteView input) {
    ByteCursor in{input};
    const auto report = in.take(attestation::kSnpReportBytes);
    if (!report) {
        return std::nullopt;
    }
    std::vector<Bytes> parts;
    while (!in.empty()) {
        const auto size = in.take_le<std::uint32_t>();
        const auto part = size ? in.take(size.value()) : Result<ByteView>{size.error()};
        if (!part) {
            return std::nullopt;
        }
        parts.push_back(to_bytes(part.value()));
    }
    if (parts.size() < 3) {
        return std::nullopt;
    }
    SnpEvidence out{.report = to_bytes(report.value()),
                    .certificates = {.vek = parts[0], .ask = parts[1], .ark = parts[2]}};
    out.certificates.revocation_lists.assign(parts.begin() + 3, parts.end());
    return out;
}

inline const attestation::TrustRoots& snp_test_roots() {
    static const auto roots = [] {
        auto amd = attestation::TrustRoots::built_in().amd;
        for (std::size_t i = 0; i < amd.size(); ++i) {
            const auto& root = kSnpTestRoots.at(i);
            amd.at(i) = {root.product, parse_hex_fixed<Hash256>(root.key_sha256).value()};
        }
        return attestation::TrustRoots::with_amd_roots(amd);
    }();
    return roots;
}

}  // namespace redoubt::tests
