// DICE evidence and its claims by themselves, without the certificate around them: what is read lies inside.
#include <attestation/ra_tls/dice_evidence.hpp>
#include <attestation/reason.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto is_inside = [&](ByteView part) {
        return part.empty() || (part.data() >= data && part.data() + part.size() <= data + size);
    };
    const auto evidence = ra_tls::read_dice_evidence(input);
    if (evidence) {
        REDOUBT_ASSERT(is_inside(evidence.value().quote) && is_inside(evidence.value().claims_bytes));
        REDOUBT_ASSERT(ra_tls::read_dice_claims(evidence.value().claims_bytes));
        REDOUBT_ASSERT(!ra_tls::read_dice_evidence(input.first(size - 1)));
    } else {
        REDOUBT_ASSERT(evidence.error() == Reason::kRatlsEvidenceMalformed);
    }
    if (const auto claims = ra_tls::read_dice_claims(input)) {
        REDOUBT_ASSERT(is_inside(claims.value().key_hash));
        REDOUBT_ASSERT(!claims.value().nonce ||
                       claims.value().nonce->size() <= ra_tls::kClaimedNonceBytesMax);
    }
    return 0;
}
