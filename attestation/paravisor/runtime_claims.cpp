#include <attestation/paravisor/runtime_claims.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/pem.hpp>

#include <algorithm>
#include <optional>

namespace redoubt::attestation::paravisor {
namespace {

constexpr std::string_view kKeyName = "HCLAkPub";
constexpr std::size_t kKeysMax = 16;

struct WebKey {
    std::string kid;
    std::string kty;
    std::string modulus;
    std::string exponent;
};

/// base64url without padding.
Result<Bytes> decode_base64url(std::string text) {
    if (text.find_first_of("+/=") != std::string::npos) {
        return Reason::kHclMalformed;
    }
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return x509::decode_base64(text);
}

Result<WebKey> read_key(JsonCursor& in) {
    WebKey out;
    BOOST_OUTCOME_TRY(in.read_object([&](std::string_view name, JsonCursor& value) -> Result<void> {
        auto* member = name == "kid"   ? &out.kid
                       : name == "kty" ? &out.kty
                       : name == "n"   ? &out.modulus
                       : name == "e"   ? &out.exponent
                                       : nullptr;
        if (member == nullptr) {
            BOOST_OUTCOME_TRY(value.skip_value());
            return success();
        }
        BOOST_OUTCOME_TRY(*member, value.read_string());
        return success();
    }));
    return out;
}

/// The key of that name among those that the cursor's array holds.
struct KeyList {
    std::optional<WebKey> wanted;
    std::size_t count = 0;

    Result<void> read(JsonCursor& in) {
        return in.read_array([this](JsonCursor& item) -> Result<void> {
            BOOST_OUTCOME_TRY(auto key, read_key(item));
            if (++count > kKeysMax || (key.kid == kKeyName && wanted)) {
                return Reason::kHclMalformed;
            }
            if (key.kid == kKeyName) {
                wanted = std::move(key);
            }
            return success();
        });
    }
};

Result<PublicKey> find_key(std::string_view claims) {
    JsonCursor in{claims};
    KeyList keys;
    BOOST_OUTCOME_TRY(in.read_object([&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "keys") {
            return keys.read(value);
        }
        BOOST_OUTCOME_TRY(value.skip_value());
        return success();
    }));
    BOOST_OUTCOME_TRY(in.expect_end());
    if (!keys.wanted || keys.wanted->kty != "RSA") {
        return Reason::kHclMalformed;
    }
    BOOST_OUTCOME_TRY(const auto modulus, decode_base64url(keys.wanted->modulus));
    BOOST_OUTCOME_TRY(const auto exponent, decode_base64url(keys.wanted->exponent));
    return PublicKey::from_rsa(modulus, exponent);
}

}  // namespace

Result<PublicKey> read_attestation_key(std::string_view claims) {
    if (claims.size() > kJsonBytesMax) {
        return Reason::kHclMalformed;
    }
    auto out = find_key(claims);
    if (!out) {
        return Reason::kHclMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::paravisor
