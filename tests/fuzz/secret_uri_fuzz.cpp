// parse_secret_uri and the phrase behind it: bounded, and the parts lie inside the text.
#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/secret_uri.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const auto text = text_of({data, size});
    if (const auto uri = crypto::parse_secret_uri(text)) {
        REDOUBT_ASSERT(text.size() <= crypto::kSecretUriBytesMax);
        REDOUBT_ASSERT(uri.value().path.size() <= crypto::kJunctionsMax);
        REDOUBT_ASSERT(uri.value().password.empty() || text.ends_with(uri.value().password));
        REDOUBT_ASSERT(uri.value().phrase == crypto::kDevelopmentPhrase ||
                       text.starts_with(uri.value().phrase));
        // A phrase with a good checksum costs 2048 rounds of hashing; reading the words is what matters here.
        static_cast<void>(crypto::mnemonic_to_entropy(uri.value().phrase));
    }
    return 0;
}
