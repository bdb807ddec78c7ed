#include <primitives/crypto/streaming_hash.hpp>

#include <primitives/crypto/initialise.hpp>
#include <primitives/result.hpp>

#include <sodium.h>

namespace redoubt::crypto {
namespace {

using State = crypto_generichash_blake2b_state;

State* state_in(std::array<std::uint8_t, sizeof(State)>& bytes) {
    return reinterpret_cast<State*>(bytes.data());
}

}  // namespace

Blake2b256Stream::Blake2b256Stream() {
    static_assert(sizeof(State) == kStateBytes && alignof(State) <= 64);
    initialise();
    const int done = crypto_generichash_blake2b_init(state_in(state_), nullptr, 0, Hash256::kSize);
    REDOUBT_ASSERT(done == 0);
}

void Blake2b256Stream::add(ByteView bytes) {
    const int done = crypto_generichash_blake2b_update(state_in(state_), bytes.data(), bytes.size());
    REDOUBT_ASSERT(done == 0);
}

Hash256 Blake2b256Stream::finish() {
    Hash256 out;
    const int done = crypto_generichash_blake2b_final(state_in(state_), out.data(), Hash256::kSize);
    REDOUBT_ASSERT(done == 0);
    return out;
}

}  // namespace redoubt::crypto
