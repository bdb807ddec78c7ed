/// Which TCB level a platform is at, and what that means.
///
/// @source attestation.md, section 7
#pragma once

#include <attestation/check_log.hpp>
#include <attestation/dcap/enclave_identity.hpp>
#include <attestation/dcap/pck_extension.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/tcb_info.hpp>
#include <attestation/verdict.hpp>

namespace redoubt::attestation::dcap {

/// Finds the levels of platform, TDX module and quoting enclave, and merges their statuses.
/// @param qe_level the level of the quoting enclave, one of `identity`'s
/// @param log takes the outcome of `tcb_level`, `tdx_module` and `tcb_status`
/// @errors kTcbLevelNotFound, kTdxModuleMismatch, kTdxModuleIsvsvnUnsupported, kTcbRevoked
[[nodiscard]] Result<TcbFacts> evaluate_tcb(const PckExtension& platform,
                                            const TdxClaims* td,
                                            const TcbInfo& info,
                                            const EnclaveIdentity& identity,
                                            const SvnLevel& qe_level,
                                            CheckLog& log);

}  // namespace redoubt::attestation::dcap
