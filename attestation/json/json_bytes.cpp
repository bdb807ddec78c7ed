#include <attestation/json/json_bytes.hpp>

#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>

namespace redoubt::attestation {

Result<Bytes> read_base64(JsonCursor& value, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    if (text.size() > (bytes_max + 2) / 3 * 4) {
        return Reason::kLimitExceeded;
    }
    BOOST_OUTCOME_TRY(auto bytes, x509::decode_base64(text));
    if (bytes.size() > bytes_max) {
        return Reason::kLimitExceeded;
    }
    return bytes;
}

Result<Bytes> read_hex(JsonCursor& value, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    if (text.size() > 2 * bytes_max) {
        return Reason::kLimitExceeded;
    }
    auto bytes = parse_hex(text);
    if (!bytes || to_hex(bytes.value()) != text) {
        return Reason::kMalformed;
    }
    return bytes;
}

}  // namespace redoubt::attestation
