// TCB info: what is read has levels in their order, and of a TD the module that judges it.
#include <attestation/dcap/tcb_info.hpp>
#include <attestation/limits.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto info = dcap::parse_tcb_info(text_of({data, size}));
    if (!info) {
        return 0;
    }
    const auto& levels = info.value().levels;
    REDOUBT_ASSERT(!levels.empty() && levels.size() <= kTcbLevelsMax);
    for (const auto& level : levels) {
        REDOUBT_ASSERT(level.state.advisories.size() <= kAdvisoriesMax);
    }
    REDOUBT_ASSERT(info.value().tee == dcap::Tee::kSgx || info.value().tdx_module);
    return 0;
}
