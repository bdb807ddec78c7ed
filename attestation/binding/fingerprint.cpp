#include <attestation/binding/fingerprint.hpp>

#include <attestation/digest.hpp>

#include <array>

namespace redoubt::attestation {

std::optional<Hash256> fingerprint(EvidenceType type, ByteView measurement) {
    using namespace std::string_view_literals;
    constexpr auto kDomain = "redoubt/tee-measurement/v1\0"sv;
    if (type == EvidenceType::kSgxDcap || type == EvidenceType::kSgxIas ||
        type == EvidenceType::kSimulation) {
        if (measurement.size() != Hash256::kSize) {
            return std::nullopt;
        }
        return Hash256::copy_of(measurement.first<Hash256::kSize>());
    }
    if (measurement.empty()) {
        return std::nullopt;
    }
    const auto code = static_cast<std::uint16_t>(type);
    const std::array<std::uint8_t, 2> code_le = {static_cast<std::uint8_t>(code),
                                                 static_cast<std::uint8_t>(code >> 8U)};
    return sha2_256({bytes_of(kDomain), code_le, measurement});
}

}  // namespace redoubt::attestation
