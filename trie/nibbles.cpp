#include <trie/nibbles.hpp>

namespace redoubt::trie {

std::size_t common_length(NibbleView a, NibbleView b) noexcept {
    const auto end = std::min(a.size(), b.size());
    std::size_t at = 0;
    if (a.starts_low() == b.starts_low()) {
        if (a.starts_low() && end > 0) {
            if (a[0] != b[0]) {
                return 0;
            }
            at = 1;
        }
        const auto whole = (end - at) / 2;
        const auto left = a.subview(at).bytes().first(whole);
        const auto right = b.subview(at).bytes().first(whole);
        const auto parted = std::ranges::mismatch(left, right).in1;
        at += 2 * static_cast<std::size_t>(parted - left.begin());
    }
    while (at < end && a[at] == b[at]) {
        ++at;
    }
    return at;
}

bool begins_with(NibbleView nibbles, NibbleView prefix) noexcept {
    return nibbles.size() >= prefix.size() && common_length(nibbles, prefix) == prefix.size();
}

void append_unpacked(Bytes& out, NibbleView nibbles) {
    out.reserve(out.size() + nibbles.size());
    for (std::size_t i = 0; i < nibbles.size(); ++i) {
        out.push_back(nibbles[i]);
    }
}

void append_packed(Bytes& out, NibbleView nibbles) {
    if (nibbles.size() % 2 == 1) {
        out.push_back(nibbles[0]);
        nibbles = nibbles.subview(1);
    }
    if (!nibbles.starts_low()) {
        append(out, nibbles.bytes());
        return;
    }
    for (std::size_t i = 0; i < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
}

}  // namespace redoubt::trie
