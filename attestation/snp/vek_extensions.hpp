/// What AMD writes into the certificate of a chip's or a provider's key (VCEK, VLEK).
///
/// @source attestation.md, section 9.3
#pragma once

#include <attestation/claims/snp_claims.hpp>
#include <attestation/reason.hpp>
#include <attestation/x509/certificate.hpp>

#include <optional>
#include <string>

namespace redoubt::attestation::snp {

struct VekExtensions {
    std::string product;  ///< without what follows `-`, the stepping
    SnpSvns svns;
    /// The chip's id, followed by zeros. A VCEK has one.
    std::optional<FixedBytes<64>> hardware_id;
    /// The provider's name. A VLEK has one.
    std::optional<std::string> csp_id;
};

/// @param product that of the chain: Turin's certificates have one more number
/// @errors kSnpCertProfileInvalid: an extension is missing, twice there or cannot be decoded
[[nodiscard]] Result<VekExtensions> read_vek_extensions(const x509::Certificate& vek, SnpProduct product);

}  // namespace redoubt::attestation::snp
