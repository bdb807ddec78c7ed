#include <tools/wallet/identifiers.hpp>

#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>

namespace redoubt::wallet {

std::string to_base58(const Hash256& hash) {
    return crypto::encode_base58(hash.view());
}

Fallible<Hash256> parse_identifier(std::string_view text, std::string_view what) {
    if (text.starts_with("0x")) {
        if (const auto hash = parse_hex_fixed<Hash256>(text)) {
            return hash.value();
        }
    } else if (const auto bytes = crypto::decode_base58(text);
               bytes && bytes.value().size() == Hash256::kSize) {
        return Hash256::copy_of(std::span<const std::uint8_t, 32>{bytes.value()});
    }
    return usage_failure("identifier_malformed", "'" + std::string{text} + "' is no " + std::string{what},
                         "Write 32 bytes in base58, or 0x and 64 hex digits.");
}

}  // namespace redoubt::wallet
