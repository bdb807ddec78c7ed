// Certificates and their names: what decodes owns its parts, and an altered certificate is not signed by the
// key that signed the genuine one.
#include <attestation/dcap/pck_extension.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/name.hpp>
#include <attestation/x509/path.hpp>
#include <tests/support/dcap_evidence.hpp>

using namespace redoubt;                     // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;        // NOLINT
using namespace redoubt::attestation::x509;  // NOLINT

namespace {

void look_at(const Certificate& certificate) {
    const auto& root = tests::dcap_test_roots().intel_sgx;
    static const auto key = root.public_key().value();
    const auto begin = certificate.bytes().data();
    const auto end = begin + certificate.bytes().size();
    for (const auto part :
         {certificate.serial(), certificate.issuer(), certificate.subject(), certificate.public_key_info()}) {
        REDOUBT_ASSERT(part.data() >= begin && part.data() + part.size() <= end);
    }
    REDOUBT_ASSERT(is_same_name(certificate.subject(), certificate.subject()) ||
                   !common_name(certificate.subject()));
    static_cast<void>(certificate.public_key());
    static_cast<void>(dcap::read_pck_extension(certificate));
    if (certificate.is_signed_by(key)) {
        REDOUBT_ASSERT(is_same_name(certificate.issuer(), root.subject()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    if (const auto certificate = Certificate::decode(to_bytes(input))) {
        look_at(certificate.value());
    }
    static_cast<void>(is_same_name(input, input));
    static_cast<void>(common_name(input));
    return 0;
}
