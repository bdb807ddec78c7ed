// Evidence as people have it: a file is taken as it is, or is digits that say the same bytes.
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tools/evidence-text/text_form.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = to_bytes(ByteView{data, size});
    const auto bytes = evidence_text::decode_text_form(file);
    if (bytes == file) {
        return 0;
    }
    REDOUBT_ASSERT(bytes.size() < size);
    if (!bytes.empty()) {
        REDOUBT_ASSERT(evidence_text::decode_text_form(to_bytes(bytes_of(to_hex(bytes)))) == bytes);
    }
    const auto pem =
        "-----BEGIN EVIDENCE-----\n" + attestation::x509::encode_base64(bytes) + "\n-----END EVIDENCE-----\n";
    REDOUBT_ASSERT(evidence_text::decode_text_form(to_bytes(bytes_of(pem))) == bytes);
    return 0;
}
