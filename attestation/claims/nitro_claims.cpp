#include <attestation/claims/nitro_claims.hpp>

#include <attestation/digest.hpp>

#include <algorithm>
#include <span>

namespace redoubt::attestation {

bool NitroClaims::is_debug() const {
    return std::ranges::any_of(std::span{pcrs}.first<kNitroImagePcrs>(),
                               [](const auto& pcr) { return !pcr || pcr->is_zero(); });
}

std::optional<FixedBytes<48>> NitroClaims::image_digest() const {
    Bytes image;
    for (const auto& pcr : std::span{pcrs}.first<kNitroImagePcrs>()) {
        if (!pcr) {
            return std::nullopt;
        }
        append(image, pcr->view());
    }
    return sha2_384(image);
}

VerificationTime NitroClaims::made_at() const {
    return {static_cast<std::int64_t>(timestamp_ms / 1000)};
}

}  // namespace redoubt::attestation
