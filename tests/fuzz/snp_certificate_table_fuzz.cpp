// The host's table of SEV-SNP certificates: whatever it says, its parts lie inside of it.
#include <attestation/snp/certificate_table.hpp>

using namespace redoubt;                    // NOLINT: a fuzz target is one function
using namespace redoubt::attestation::snp;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto table = read_certificate_table(input);
    if (!table) {
        return 0;
    }
    for (const auto part : {table.value().vcek, table.value().vlek, table.value().ask, table.value().ark,
                            table.value().revocation_list}) {
        REDOUBT_ASSERT(part.empty() || (part.data() >= data && part.data() + part.size() <= data + size));
    }
    const auto certificates = table.value().certificates(redoubt::attestation::SnpSigningKey::kVlek);
    REDOUBT_ASSERT(equal(certificates.vek, table.value().vlek));
    return 0;
}
