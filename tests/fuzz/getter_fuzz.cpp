// Getters of both client generations: what decodes encodes to the same bytes, no getter is both, and the
// executor answers or refuses every input.
#include <cstdint>
#include <stf/executor.hpp>
#include <stf/modules.hpp>
#include <tests/support/memory_state.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const ByteView input{data, size};
    const auto getter = scale::decode<stf::Getter>(input);
    const auto legacy = stf::legacy::decode_getter(input);
    REDOUBT_ASSERT(!getter || !legacy);
    if (getter) {
        REDOUBT_ASSERT(equal(scale::encode(getter.value()), input));
    }
    if (legacy) {
        REDOUBT_ASSERT(equal(scale::encode_all(std::uint8_t{1}, legacy.value()), input));
    }
    static const stf::Executor executor{stf::make_modules(), {}, {}, true};
    const stf::MemoryState state;
    const stf::ProvenChainState proven;
    stf::ChainReader chain{proven};
    stf::QueryContext context{.state = state, .chain = chain, .block_number = 0, .block_hash = {}};
    static_cast<void>(executor.query(input, context));
    return 0;
}
