/// A policy on evidence as a TOML file. Whatever the file does not name is as in the built-in policy; what
/// it names and nobody knows is refused, because a rule that is spelled wrong must not be a rule that is not
/// there.
///
/// @source docs/ATTESTATION.md, "Policy files"
#pragma once

#include <attestation/cca/verifier.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/simulation_allowance.hpp>
#include <attestation/tpm/verifier.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::policy_file {

/// No policy is longer.
inline constexpr std::size_t kPolicyFileBytesMax = 256 * 1024;
/// Entries of one list.
inline constexpr std::size_t kPolicyListMax = 4096;

/// How results call the policy of a program that was given no file. No file may have this name.
inline constexpr std::string_view kBuiltInPolicyName = "built-in";

/// What a file says.
struct PolicyDocument {
    attestation::Policy policy;
    /// For people and results; empty when the file has none.
    std::string name;
    /// Counted up by whoever changes the file.
    std::uint64_t revision = 0;
    /// Of the file's bytes; nullopt for the built-in policy alone.
    std::optional<Hash256> sha256;
    /// The file is for a development chain: without it no simulated evidence is looked at.
    bool is_development_chain = false;
    /// Handed to the verifier: keys of Arm CCA platforms. There is no built-in one.
    std::vector<attestation::cca::PlatformKey> cca_platform_keys;
    /// The same for devices with Keystone: Ed25519.
    std::vector<FixedBytes<32>> keystone_device_keys;
    /// The same for TPMs that were enrolled.
    std::vector<attestation::tpm::AttestationKey> tpm_attestation_keys;

    /// What the verifier may take for simulated evidence.
    [[nodiscard]] attestation::SimulationAllowance simulation() const;
};

/// Why a file is no policy.
struct Problem {
    std::string message;  ///< begins with FILE:LINE where there is one
    std::string remedy;
};
template <class T>
using Outcome = outcome::basic_result<T, Problem, outcome::policy::terminate>;

/// Reads the text of a policy.
/// @param file how messages call it
[[nodiscard]] Outcome<PolicyDocument> parse_policy(std::string_view text, const std::string& file);
/// Reads a file of at most kPolicyFileBytesMax.
[[nodiscard]] Outcome<PolicyDocument> load_policy(const std::filesystem::path& file);

}  // namespace redoubt::policy_file
