/// What a program shows its own verifiers when it starts: evidence that nobody may believe. One that believes
/// it, because it was built or changed in a wrong way, judges nothing.
///
/// Two pieces, through the same function as all evidence: simulated evidence, valid and with everything
/// allowed, which a production build has to refuse; and a quote of SGX under a root of its own, valid in
/// everything else, which has to be refused for its root. It shows that what must be asked is asked, not
/// that a verifier is right in everything. Nothing is read but what the program holds.
///
/// @source attestation.md, section 15.2;
/// docs/adr/0028-production-builds-have-no-verifier-of-simulated-evidence.md
#pragma once

#include <attestation/appraisal/appraisal.hpp>
#include <primitives/result.hpp>

#include <functional>
#include <string_view>

namespace redoubt::attestation {

enum class SelfTestError : int {
    kSimulationBelieved = 1,  ///< simulated evidence is taken where none may be, or for hardware's
    kRootBelieved,            ///< certificates of anybody's are taken
    kOtherReason,             ///< refused, but for something else: the test shows nothing
    kSimulationRefused,       ///< a build for development refuses what it is for
};
[[nodiscard]] std::string_view error_domain(SelfTestError);
/// Cause and remedy.
[[nodiscard]] std::string_view error_message(SelfTestError);
REDOUBT_ERROR_DOMAIN(SelfTestError)

using Appraise = std::function<Verdict(EvidenceType, ByteView, const Endorsements&, const AppraisalSetting&)>;

/// @param appraise             what judges evidence
/// @param verifies_simulation  whether this is a build for development
/// @errors all of SelfTestError
[[nodiscard]] Result<void> self_test(const Appraise& appraise, bool verifies_simulation);
/// The same of this program's own verifiers, as it was built.
[[nodiscard]] Result<void> self_test();

/// The exit code of a program that fails its test.
inline constexpr int kSelfTestExitCode = 3;

/// Ends the process when a test has failed, with a line on standard error.
/// @param program  its name, ends with a zero byte
void end_if_failed(const Result<void>& tested, const char* program);

}  // namespace redoubt::attestation

template <>
struct std::is_error_code_enum<redoubt::attestation::SelfTestError> : std::true_type {};
