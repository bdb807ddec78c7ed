// PEM and base64: what is read keeps its limits, and base64 has one text for each value.
#include <attestation/limits.hpp>
#include <attestation/x509/pem.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kBlockBytesMax = 4096;
    const auto text = text_of({data, size});
    if (const auto bytes = x509::decode_base64(text)) {
        REDOUBT_ASSERT(x509::encode_base64(bytes.value()) == text);
    }
    if (const auto chain = x509::read_pem_chain(text)) {
        REDOUBT_ASSERT(!chain.value().empty() && chain.value().size() <= kChainCertificatesMax);
        for (const auto& certificate : chain.value()) {
            REDOUBT_ASSERT(certificate.bytes().size() <= kCertificateBytesMax);
        }
    }
    for (const auto* label : {"CERTIFICATE", "PUBLIC KEY", ""}) {
        if (const auto block = x509::read_pem_block(text, label, kBlockBytesMax)) {
            REDOUBT_ASSERT(block.value().size() <= kBlockBytesMax);
        }
    }
    return 0;
}
