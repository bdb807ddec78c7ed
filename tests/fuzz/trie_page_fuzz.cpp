// Pages of a state trie: arbitrary bytes are refused; so is a genuine page with any byte changed, and a
// genuine page at another place is never taken for one with another hash.
#include <trie/state_trie.hpp>
#include <trie/trie_page.hpp>

using namespace redoubt;        // NOLINT: a fuzz target is one function
using namespace redoubt::trie;  // NOLINT

namespace {

struct Genuine {
    Hash256 root;
    Bytes root_page;
};

Genuine make_genuine() {
    StateTrie trie;
    for (std::uint8_t i = 0; i < 100; ++i) {
        trie.put(Bytes{i, static_cast<std::uint8_t>(i * 7), 3}, Bytes(static_cast<std::size_t>(i), i));
    }
    Genuine out{.root = trie.root(), .root_page = {}};
    // The root's page is written last.
    static_cast<void>(trie.page_changes([&](ByteView, ByteView page) { out.root_page = to_bytes(page); }));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto genuine = make_genuine();
    const ByteView input{data, size};
    const auto& page = genuine.root_page;
    REDOUBT_ASSERT(decode_page(page, {}, genuine.root, StateVersion::kV1).has_value());
    REDOUBT_ASSERT(equal(input, page) ||
                   !decode_page(input, {}, genuine.root, StateVersion::kV1).has_value());
    const Bytes place{0x10};
    static_cast<void>(decode_page(input, NibbleView{place}.first(1), Hash256{}, StateVersion::kV1));
    if (size >= 3) {
        auto altered = page;
        altered[static_cast<std::size_t>(data[0] | (data[1] << 8)) % altered.size()] ^= data[2];
        REDOUBT_ASSERT(data[2] == 0 || !decode_page(altered, {}, genuine.root, StateVersion::kV1));
    }
    return 0;
}
