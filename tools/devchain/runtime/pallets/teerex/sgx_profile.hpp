/// How the pallet Teerex judges SGX evidence: its own rules, over the building blocks of attestation/.
///
/// These rules are weaker than those of attestation/dcap/verifier.hpp and are what real chains do: nobody is
/// asked about revoked certificates, the quoting enclave is held against one record in the state whatever the
/// status of its level, expired collateral goes on counting, and the status of the platform is stored instead
/// of judged. Only a runtime that has to decide as those chains do uses them. Never judge a peer by them.
///
/// Certificates and JSON are decoded by the library, which is stricter than the pallet: a certificate that is
/// not DER or a document with doubled members is refused here and may be taken there.
///
/// @source integritee-wire.md, sections 2.3.1 and 2.3.2; attestation.md, section 8.4
#pragma once

#include <attestation/trust_roots.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <tools/devchain/runtime/pallets/teerex/errors.hpp>
#include <tools/devchain/runtime/pallets/teerex/types.hpp>

namespace redoubt::devchain::teerex {

/// The value, or why the evidence is refused.
template <class T>
using Judged = outcome::basic_result<T, VerifyError, outcome::policy::terminate>;

/// What a quote proves about an enclave, and which TCB info decides on its platform.
struct QuotedEnclave {
    SgxReportData report_data;
    std::array<std::uint8_t, 32> mr_enclave{};
    std::array<std::uint8_t, 32> mr_signer{};
    SgxBuildMode build_mode = SgxBuildMode::kProduction;
    Fmspc fmspc{};
    /// The platform's own versions, as its certificate states them. The status says nothing.
    TcbVersionStatus platform;
};

/// Verifies a DCAP quote: version 3 with the PCK chain inside.
/// @param quote   the quote and nothing behind it
/// @param qe      the quoting enclave of the state; its dates are not looked at
/// @param now     the chain's time
[[nodiscard]] Judged<QuotedEnclave> verify_quote(ByteView quote,
                                                 const SgxQuotingEnclave& qe,
                                                 Moment now,
                                                 const attestation::TrustRoots& roots);

/// What a report of Intel's attestation service proves about an enclave.
struct ReportedEnclave {
    SgxReportData report_data;
    std::array<std::uint8_t, 32> mr_enclave{};
    std::array<std::uint8_t, 32> mr_signer{};
    SgxBuildMode build_mode = SgxBuildMode::kProduction;
    Moment timestamp = 0;  ///< of the report
    SgxStatus status = SgxStatus::kInvalid;
};

/// Verifies the report in a worker's self-signed certificate. The service's certificate is judged at one
/// moment of 2019, and the worker's own signature is not looked at.
[[nodiscard]] Judged<ReportedEnclave> verify_ias_certificate(ByteView certificate, Moment now);

/// The status of the first level that `platform` reaches, as the registry writes it; nullopt when it reaches
/// none.
[[nodiscard]] std::optional<SgxStatus> status_of_platform(const SgxTcbInfoOnChain& info,
                                                          const TcbVersionStatus& platform);

/// Checks that a chain of certificates leads to Intel's root at `now` and that its first key signed `text`.
/// @param chain      PEM, signer first, at least two certificates
/// @param signature  r ++ s
/// @param refusal    the pallet's name for a signature by another key
[[nodiscard]] Judged<void> verify_collateral_text(ByteView text,
                                                  ByteView signature,
                                                  ByteView chain,
                                                  Moment now,
                                                  const attestation::TrustRoots& roots,
                                                  VerifyError refusal);

/// What the state keeps of an identity; nullopt when it is no identity of a quoting enclave, or not in force.
[[nodiscard]] Judged<std::optional<SgxQuotingEnclave>> read_quoting_enclave(ByteView text, Moment now);

/// What the state keeps of TCB info, and for which platforms.
struct TcbInfoRecord {
    Fmspc fmspc{};
    SgxTcbInfoOnChain info;
};
/// The same for TCB info.
[[nodiscard]] Judged<std::optional<TcbInfoRecord>> read_tcb_info(ByteView text, Moment now);

}  // namespace redoubt::devchain::teerex
