/// Why no evidence could be produced. One enumerator for each remedy.
#pragma once

#include <primitives/result.hpp>

#include <string_view>
#include <system_error>

namespace redoubt::attestation::produce {

enum class ProduceError : int {
    kInterfaceMissing = 1,  ///< no file or device of the TEE
    kPermission,            ///< the files are there and may not be used
    kWrongProvider,         ///< another TEE answers than the one that was opened, or an unknown one
    kNoQuotes,              ///< the TEE was set up without remote attestation
    kRefused,               ///< the TEE does not take the request
    kProviderFailed,        ///< the driver or firmware failed
    kTimedOut,              ///< the quoting service did not answer
    kBusy,                  ///< others used the TEE for as long as was waited
    kInterfered,            ///< others wrote to the same entry, each time
    kShortAnswer,           ///< a file or answer is shorter than its format
    kTooLarge,              ///< a file or answer is above its limit
    kEvidenceMalformed,     ///< what came is no evidence of the TEE's kind
    kReportDataDiffers,     ///< the evidence vouches for something else
    kDebug,                 ///< the TEE lets its host read its memory
    kNoSealingKey,          ///< the TEE derives no sealing key
    kKeyUnwanted,           ///< a sealing key is given to a TEE that derives its own
    kSystem,                ///< a system call failed in another way
};
[[nodiscard]] std::string_view error_domain(ProduceError);
/// Cause and remedy.
[[nodiscard]] std::string_view error_message(ProduceError);
REDOUBT_ERROR_DOMAIN(ProduceError)

/// What a failed system call means. Errors of other domains stay as they are.
[[nodiscard]] std::error_code explain(std::error_code error);

}  // namespace redoubt::attestation::produce

template <>
struct std::is_error_code_enum<redoubt::attestation::produce::ProduceError> : std::true_type {};
