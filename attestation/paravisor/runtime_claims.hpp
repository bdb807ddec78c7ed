/// What is read of the paravisor's claims: the public key of the virtual TPM's attestation key.
///
/// @source attestation.md, section 11.4; RFC 7517, RFC 7518 section 6.3.1
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/reason.hpp>
#include <primitives/result.hpp>

#include <string_view>

namespace redoubt::attestation::paravisor {

/// The only key in `keys` whose `kid` is `HCLAkPub`, an RSA key.
/// @param claims JSON, at most kJsonBytesMax
/// @errors kHclMalformed
[[nodiscard]] Result<PublicKey> read_attestation_key(std::string_view claims);

}  // namespace redoubt::attestation::paravisor
