#include <attestation/x509/signed_body.hpp>

namespace redoubt::attestation::x509 {

Result<SignedBody> read_signed_body(ByteView document, Origin origin) {
    SignedBody out;
    BOOST_OUTCOME_TRY(const auto whole, der::read_single(document, der::kSequence));
    der::Reader parts{whole.content};
    BOOST_OUTCOME_TRY(const auto body, parts.expect(der::kSequence));
    out.signed_bytes = body.whole;
    out.fields = body.content;
    BOOST_OUTCOME_TRY(out.scheme, read_signature_scheme(parts, origin));
    BOOST_OUTCOME_TRY(out.signature, parts.take_bit_bytes());
    BOOST_OUTCOME_TRY(parts.expect_end());
    return out;
}

}  // namespace redoubt::attestation::x509
