/// Distinguished names of certificates.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>
#include <string_view>

namespace redoubt::attestation::x509 {

/// The same name: equal attributes in equal order. The string types UTF8String, PrintableString and IA5String
/// are not told apart; the texts have to agree byte by byte, which is stricter than RFC 5280.
/// @param a, b the DER of a Name, tag included; one that cannot be decoded equals nothing
[[nodiscard]] bool is_same_name(ByteView a, ByteView b);

/// The common name. @return nullopt when there is none, or several, or the name cannot be decoded
[[nodiscard]] std::optional<std::string_view> common_name(ByteView name);

}  // namespace redoubt::attestation::x509
