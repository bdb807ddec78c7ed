// Certificates of SEV-SNP keys: what AMD writes into them is read or refused for each product.
#include <attestation/snp/vek_extensions.hpp>
#include <attestation/x509/certificate.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto certificate = x509::Certificate::decode(to_bytes({data, size}));
    if (!certificate) {
        return 0;
    }
    for (const auto product : {SnpProduct::kMilan, SnpProduct::kGenoa, SnpProduct::kTurin}) {
        const auto read = snp::read_vek_extensions(certificate.value(), product);
        REDOUBT_ASSERT(read || read.error() == Reason::kSnpCertProfileInvalid);
        REDOUBT_ASSERT(!read || product == SnpProduct::kTurin || read.value().svns.fmc == 0);
    }
    return 0;
}
