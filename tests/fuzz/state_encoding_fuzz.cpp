// States and diffs as the original worker encodes them: whatever decodes encodes to the same bytes, in
// ascending order, and the hash of what comes entry by entry is the hash of the bytes.
#include <primitives/crypto/hashing.hpp>
#include <stf/state_encoding.hpp>
#include <tests/support/memory_state.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const ByteView input{data, size};
    if (const auto entries = stf::decode_state(input)) {
        stf::MemoryState::Entries copied;
        stf::StateHasher hasher{entries.value().size()};
        for (const auto& [key, value] : entries.value()) {
            copied.emplace_hint(copied.end(), to_bytes(key), to_bytes(value));
            hasher.add(key, value);
        }
        REDOUBT_ASSERT(copied.size() == entries.value().size());
        REDOUBT_ASSERT(equal(stf::encode_state(stf::MemoryState{std::move(copied)}), input));
        REDOUBT_ASSERT(hasher.finish() == crypto::blake2b_256(input));
    }
    if (const auto changes = stf::decode_state_diff(input)) {
        REDOUBT_ASSERT(equal(stf::encode_state_diff(changes.value()), input));
    }
    return 0;
}
