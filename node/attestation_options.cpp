#include <fmt/format.h>
#include <node/attestation_options.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace redoubt::node {

namespace {

constexpr std::array<std::string_view, 3> kMethodNames{"skip", "ias", "dcap"};
constexpr std::array<std::string_view, 3> kRegistryNames{"Skip", "Ias", "Dcap"};

}  // namespace

std::string_view to_text(AttestationMethod method) {
    return kMethodNames.at(static_cast<std::size_t>(method));
}

std::string_view registry_name(AttestationMethod method) {
    return kRegistryNames.at(static_cast<std::size_t>(method));
}

std::optional<AttestationMethod> parse_attestation_method(std::string_view text) {
    const auto* const found = std::ranges::find(kMethodNames, text);
    if (found == kMethodNames.end()) {
        return std::nullopt;
    }
    return static_cast<AttestationMethod>(found - kMethodNames.begin());
}

Outcome<> check_attestation_options(const AttestationOptions& options, std::size_t shards) {
    const auto method = to_text(options.method);
    const auto mistake = [](std::string cause, std::string remedy) {
        return Problem{ExitCode::kUsage, std::move(cause), std::move(remedy)};
    };
    if (options.method == AttestationMethod::kSkip) {
        if (!options.collateral.empty() || !options.evidence.empty() || !options.test_root.empty()) {
            return mistake("evidence, collateral or a root is named, and the method of attestation is skip",
                           "Name the method with --attestation, or leave the files out.");
        }
        return success();
    }
    if (options.evidence.empty() && options.method == AttestationMethod::kIas) {
        return mistake("--attestation ias needs evidence", "Name its file with --attestation-evidence.");
    }
    if (shards > 1 && !options.evidence.empty()) {
        return mistake("one file of evidence is for one shard, and this worker carries several",
                       "Carry one shard with each redoubtd.");
    }
    if ((options.method == AttestationMethod::kDcap) == options.collateral.empty()) {
        return mistake(fmt::format("--attestation {} {} collateral", method,
                                   options.collateral.empty() ? "needs" : "has no"),
                       options.collateral.empty()
                           ? "Name the file or folder with --attestation-collateral (docs/DAEMON.md says how "
                             "it is made)."
                           : "Leave --attestation-collateral out.");
    }
    return success();
}

}  // namespace redoubt::node
