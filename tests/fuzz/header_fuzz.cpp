// Headers and seals: never crash; what decodes encodes to the same bytes.
#include <substrate/header.hpp>
#include <substrate/seal.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto item = decode_digest_item(input);
    REDOUBT_ASSERT(!item || equal(encode(item.value()), input));
    const auto decoded = decode_header(input);
    if (!decoded) {
        return 0;
    }
    const auto& header = decoded.value();
    REDOUBT_ASSERT(equal(encode(header), input));
    REDOUBT_ASSERT(header_hash(header) == header_hash(input));
    static_cast<void>(babe_next_epoch(header));
    static_cast<void>(babe_next_config(header));
    const std::vector<BabeAuthority> authorities(3, {header.parent_hash, 1});
    const BabeEpoch epoch{.index = 1,
                          .randomness = header.state_root,
                          .authorities = authorities,
                          .config = {.c_numerator = 1, .c_denominator = 4, .allowed_slots = 2}};
    REDOUBT_ASSERT(verify_babe_block(header, epoch).has_error());
    const std::vector<Hash256> aura_authorities{header.parent_hash, header.state_root};
    static_cast<void>(verify_aura_block(header, AuraScheme::kEd25519, aura_authorities));
    static_cast<void>(verify_aura_block(header, AuraScheme::kSr25519, aura_authorities));
    return 0;
}
