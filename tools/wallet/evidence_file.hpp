/// Evidence and its endorsements as files that people have, from a path or from standard input: binary, or in
/// a text form.
#pragma once

#include <attestation/bundle/bundle.hpp>
#include <attestation/tpm/verifier.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/evidence_advice.hpp>
#include <tools/wallet/failure.hpp>
#include <vector>

namespace redoubt::wallet {

/// What names evidence on a command line.
struct EvidenceArguments {
    std::string file{};                       ///< `-` is standard input
    std::string type{};                       ///< empty: the file is a bundle, or shows what it is
    std::string collateral{};                 ///< a file, or empty
    std::vector<std::string> certificates{};  ///< files: VEK, then ASK, then ARK, or the table of a host;
                                              ///< of sgx-ias who signed
    std::vector<std::string> revocation_lists{};
    std::string attestation_key{};  ///< a file, or empty: of a TPM
    std::string signature{};        ///< a file, or empty: of the report's body, with sgx-ias
    std::string binding_block{};    ///< a file, or empty
};

/// Evidence as it was found in a file.
struct ReadEvidence : attestation::Bundle {
    /// The TLS certificate (RA-TLS) that the evidence was inside of, whose key it vouches for; or empty.
    Bytes certificate{};
};

/// Reads all of a file, or of standard input for `-`. @errors file_unreadable, file_too_large
[[nodiscard]] Fallible<Bytes> read_input(const std::string& path, std::size_t bytes_max);

/// Undoes URL encoding (RFC 3986), as in the header of a service. @return nullopt where a % begins no byte
[[nodiscard]] std::optional<std::string> decode_url(std::string_view text);

/// Evidence with everything that was passed for it. The type is the named one, a bundle's own, or the one
/// whose form the file has as a whole; what the parts mean is decided by it alone.
/// @errors those of read_input; evidence_type_unknown; evidence_options_contradict; evidence_malformed, with
/// the reason in its
///   details
[[nodiscard]] Fallible<ReadEvidence> read_evidence(const EvidenceArguments& arguments);

/// The key that --attestation-key names, to be trusted; none without it. @errors those of read_input
[[nodiscard]] Fallible<std::vector<attestation::tpm::AttestationKey>> read_attestation_keys(
    const EvidenceArguments& arguments);

/// The failure for evidence that cannot be read, or what belongs to it. @return evidence_malformed
/// @param evidence  nullopt where nobody knows what it is of
[[nodiscard]] Failure malformed_evidence(attestation::Reason reason,
                                         const std::string& what,
                                         const std::optional<RefusedEvidence>& evidence);

}  // namespace redoubt::wallet
