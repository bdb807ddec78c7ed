/// TPM quotes and composite evidence that need no shared material: kept inputs of the fuzz targets tpm_quote
/// and paravisor. make_tpm_evidence.py makes them.
#pragma once

#include <attestation/paravisor/verifier.hpp>
#include <attestation/tpm/verifier.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>
#include <tests/support/tpm_test_keys.hpp>

#include <optional>

namespace redoubt::tests {

/// When the composite evidence is valid.
inline constexpr attestation::VerificationTime kParavisorTestTime{1'800'000'000};  // 2027-01-15

inline attestation::tpm::AttestationKey tpm_test_key(std::string_view key) {
    return {.public_key_info = parse_hex(key).value()};
}

struct ParavisorEvidence {
    Bytes evidence;
    std::optional<attestation::snp::Certificates> certificates{};
    std::optional<attestation::dcap::Collateral> collateral{};

    [[nodiscard]] attestation::paravisor::HardwareEndorsements endorsements() const {
        return {.certificates = certificates ? &*certificates : nullptr,
                .collateral = collateral ? &*collateral : nullptr};
    }
};

/// @return nullopt when a length is beyond the input, or the endorsements cannot be read
inline std::optional<ParavisorEvidence> split_paravisor_evidence(ByteView input) {
    ByteCursor in{input};
    const auto take_part = [&in]() -> Result<ByteView> {
        BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
        return in.take(size);
    };
    const auto evidence = take_part();
    if (!evidence) {
        return std::nullopt;
    }
    ParavisorEvidence out{.evidence = to_bytes(evidence.value())};
    if (auto collateral = attestation::dcap::parse_collateral(text_of(in.rest()))) {
        out.collateral = std::move(collateral).value();
        return out;
    }
    const auto vek = take_part();
    const auto ask = take_part();
    const auto ark = take_part();
    if (!vek || !ask || !ark) {
        return std::nullopt;
    }
    out.certificates = attestation::snp::Certificates{
        .vek = to_bytes(vek.value()), .ask = to_bytes(ask.value()), .ark = to_bytes(ark.value())};
    return out;
}

inline const attestation::TrustRoots& paravisor_test_roots() {
    static const auto roots = [] {
        auto out =
            attestation::TrustRoots::with_intel_root(parse_hex(kParavisorTestIntelRoot).value()).value();
        out.amd.front() = {"Milan", parse_hex_fixed<Hash256>(kParavisorTestArkKeySha256).value()};
        return out;
    }();
    return roots;
}

}  // namespace redoubt::tests
