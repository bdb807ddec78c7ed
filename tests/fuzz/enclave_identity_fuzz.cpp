// Identities of quoting enclaves: what is read has levels, the newest first.
#include <attestation/dcap/enclave_identity.hpp>
#include <attestation/limits.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto identity = dcap::parse_enclave_identity(text_of({data, size}));
    if (!identity) {
        return 0;
    }
    const auto& levels = identity.value().levels;
    REDOUBT_ASSERT(!levels.empty() && levels.size() <= kTcbLevelsMax);
    for (std::size_t i = 1; i < levels.size(); ++i) {
        REDOUBT_ASSERT(levels[i - 1].isv_svn > levels[i].isv_svn);
    }
    return 0;
}
