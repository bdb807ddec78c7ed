// decode_ss58: an address that is accepted has exactly one text.
#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/ss58.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const auto text = text_of({data, size});
    if (const auto address = crypto::decode_ss58(text)) {
        REDOUBT_ASSERT(crypto::encode_ss58(address.value().body, address.value().prefix) == text);
    }
    if (const auto bytes = crypto::decode_base58(text)) {
        REDOUBT_ASSERT(crypto::encode_base58(bytes.value()) == text);
    }
    static_cast<void>(crypto::parse_account_id(text, crypto::kGenericSs58Prefix));
    return 0;
}
