#include <attestation/dcap/signed_document.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>
#include <primitives/hex.hpp>

#include <optional>

namespace redoubt::attestation::dcap {

Result<SignedDocument> read_signed_document(std::string_view response, std::string_view member) {
    if (response.size() > kJsonBytesMax) {
        return Reason::kLimitExceeded;
    }
    JsonCursor cursor{response};
    std::optional<std::string_view> text;
    std::optional<FixedBytes<64>> signature;
    const auto read_member = [&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "signature") {
            BOOST_OUTCOME_TRY(const auto digits, value.read_string());
            const auto parsed = parse_hex_fixed<FixedBytes<64>>(digits);
            if (!parsed || digits.size() != 2 * FixedBytes<64>::kSize) {
                return Reason::kJsonMalformed;
            }
            signature = parsed.value();
            return success();
        }
        BOOST_OUTCOME_TRY(const auto raw, value.skip_value());
        if (name == member) {
            text = raw;
        }
        return success();
    };
    BOOST_OUTCOME_TRY(cursor.read_object(read_member));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    if (!text || !text->starts_with('{') || !signature) {
        return Reason::kJsonMalformed;
    }
    return SignedDocument{*text, *signature};
}

bool is_signed_by(const SignedDocument& document, const PublicKey& key) {
    return key.verify_ecdsa_raw(HashAlgorithm::kSha256, bytes_of(document.text), document.signature.view());
}

}  // namespace redoubt::attestation::dcap
