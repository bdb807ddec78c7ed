/// What a file with evidence looks like, for people who do not name its type, or another one than it is of.
/// The verifier follows the type alone that it is given.
#pragma once

#include <attestation/evidence_type.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <string>
#include <string_view>

namespace redoubt::wallet {

struct Likeness {
    attestation::EvidenceType type = attestation::EvidenceType::kSgxDcap;
    /// With its article: "a TDX quote".
    std::string_view name;
    /// A part of such evidence, or what only the same machine can check: how it becomes evidence, as half a
    /// sentence. Empty for the evidence as a whole.
    std::string_view completion{};
};

/// What the bytes are, when they cannot be read as `named`.
/// @return nullopt for bytes of this type, and for what nobody knows
[[nodiscard]] std::optional<Likeness> likeness_of(attestation::EvidenceType named, ByteView evidence);

/// The same without a type.
[[nodiscard]] std::optional<Likeness> likeness_of(ByteView evidence);

/// The name of a type that somebody may have meant who wrote `name`, in another case or as others call it.
[[nodiscard]] std::optional<std::string> nearest_type(std::string_view name);

}  // namespace redoubt::wallet
