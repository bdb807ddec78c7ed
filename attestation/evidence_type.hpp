/// The kinds of evidence. Evidence always travels with its type; a verifier dispatches on the type alone and
/// never guesses from the content.
///
/// @source attestation.md, section 1.3
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace redoubt::attestation {

enum class EvidenceType : std::uint16_t {
    kSgxDcap = 0x0001,
    kTdxDcap = 0x0002,
    kSgxIas = 0x0003,
    kSnp = 0x0010,
    kParavisor = 0x0011,
    kNitro = 0x0020,
    kCca = 0x0030,
    kKeystone = 0x0031,
    kTpm = 0x0040,
    kSimulation = 0xff51,
};

/// The type with this code. @return nullopt for a code that names none
[[nodiscard]] std::optional<EvidenceType> evidence_type_of(std::uint16_t code);
/// A short name for people and settings, for example `tdx`.
[[nodiscard]] std::string_view evidence_name(EvidenceType type);
/// The type with this name. @return nullopt for a name of none
[[nodiscard]] std::optional<EvidenceType> evidence_type_named(std::string_view name);

}  // namespace redoubt::attestation
