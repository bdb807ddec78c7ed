/// PEM: DER in base64 between two lines of text.
///
/// @source RFC 7468, attestation.md section 3.3
#pragma once

#include <attestation/reason.hpp>
#include <attestation/x509/certificate.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation::x509 {

/// Decodes base64 of the ordinary alphabet with its padding; no other characters.
/// @errors kMalformed
[[nodiscard]] Result<Bytes> decode_base64(std::string_view text);

/// Base64 of the ordinary alphabet, with padding and without line breaks.
[[nodiscard]] std::string encode_base64(ByteView bytes);

/// The certificates of a chain, in its order. Trailing NULs and white space are ignored, as is text between
/// the blocks; a block of another kind is refused.
/// @param text at most kPemBytesMax
/// @errors kMalformed: no block, more than kChainCertificatesMax, or one that is not exactly one certificate;
///   kLimitExceeded
[[nodiscard]] Result<std::vector<Certificate>> read_pem_chain(std::string_view text);

/// The content of the only block of `text`, which has this label.
/// @errors kMalformed, kLimitExceeded
[[nodiscard]] Result<Bytes> read_pem_block(std::string_view text,
                                           std::string_view label,
                                           std::size_t bytes_max);

}  // namespace redoubt::attestation::x509
