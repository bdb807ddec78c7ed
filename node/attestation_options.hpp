/// How the operator wants the enclave registered: the method, and the files that it takes. Nothing is read
/// here.
///
/// @source integritee-wire.md, section 2.3
#pragma once

#include <node/problem.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace redoubt::node {

/// With the numbers of the registry.
enum class AttestationMethod : std::uint8_t { kSkip = 0, kIas = 1, kDcap = 2 };
/// `skip`, `ias`, `dcap`.
[[nodiscard]] std::string_view to_text(AttestationMethod method);
[[nodiscard]] std::optional<AttestationMethod> parse_attestation_method(std::string_view text);
/// As the registry's metadata writes it: `Skip`, `Ias`, `Dcap`.
[[nodiscard]] std::string_view registry_name(AttestationMethod method);

struct AttestationOptions {
    AttestationMethod method = AttestationMethod::kSkip;
    /// Of a quote: a container, or a folder of containers (`*.json`), one for each family of platforms.
    std::filesystem::path collateral;
    /// The quote, or the certificate with a report (DER). Empty with kDcap: the enclave's TEE makes the
    /// quote.
    std::filesystem::path evidence;
    /// For tests: a certificate (DER) that takes the place of Intel's root. Only a chain that was told of it
    /// takes such a quote, and no wallet does.
    std::filesystem::path test_root;
};

/// Whether the options fit together.
/// @param shards how many shards the worker carries; each has an account of its own
/// @errors kUsage
[[nodiscard]] Outcome<> check_attestation_options(const AttestationOptions& options, std::size_t shards);

}  // namespace redoubt::node
