// The value that a relay chain proves for a parachain: only a header that encodes to the same bytes is a
// head.
#include <light-client/parachain_head.hpp>
#include <primitives/scale.hpp>
#include <trie/state_trie.hpp>

using namespace redoubt;                // NOLINT: a fuzz target is one function
using namespace redoubt::light_client;  // NOLINT
using namespace redoubt::trie;          // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const std::vector<Bytes> keys{parachain_head_key(2015)};
    // Taken as it is, and with the length prefix that most inputs lack.
    for (const auto& value : {to_bytes(input), scale::encode(to_bytes(input))}) {
        StateTrie relay;
        relay.put(Bytes{1}, Bytes(40, 1));
        relay.put(keys.front(), value);
        const auto root = relay.root();
        const auto head = read_parachain_head(root, 2015, relay.prove(keys));
        if (head) {
            REDOUBT_ASSERT(scale::encode(head.value().header) == value);
            const auto header = substrate::decode_header(head.value().header).value();
            REDOUBT_ASSERT(substrate::encode(header) == head.value().header);
            REDOUBT_ASSERT(head.value().block.block.number == header.number);
        } else {
            REDOUBT_ASSERT(head.error() == make_error_code(ParachainError::kBadHead));
        }
    }
    return 0;
}
