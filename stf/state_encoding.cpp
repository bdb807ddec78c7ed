#include <limits>
#include <stf/state_encoding.hpp>

namespace redoubt::stf {
namespace {

constexpr std::uint8_t kRemoved = 0;
constexpr std::uint8_t kPresent = 1;

void append_leb128(Bytes& out, std::uint64_t number) {
    for (; number > 0x7f; number >>= 7) {
        out.push_back(static_cast<std::uint8_t>(number | 0x80));
    }
    out.push_back(static_cast<std::uint8_t>(number));
}

/// @errors DecodeError: kUnexpectedEnd, kNonCanonical, kOutOfRange, kLengthLimit
Result<std::uint64_t> read_leb128(ByteCursor& in, std::uint64_t max) {
    constexpr unsigned kBits = std::numeric_limits<std::uint64_t>::digits;
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < kBits; shift += 7) {
        BOOST_OUTCOME_TRY(const auto byte, in.take_byte());
        const auto bits = static_cast<std::uint64_t>(byte & 0x7f);
        if (bits << shift >> shift != bits) {
            return DecodeError::kOutOfRange;
        }
        number |= bits << shift;
        if ((byte & 0x80) == 0) {
            if (byte == 0 && shift > 0) {
                return DecodeError::kNonCanonical;
            }
            if (number > max) {
                return DecodeError::kLengthLimit;
            }
            return number;
        }
    }
    return DecodeError::kOutOfRange;
}

Result<ByteView> read_sized(ByteCursor& in, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto size, read_leb128(in, bytes_max));
    return in.take(size);
}

void append_sized(Bytes& out, ByteView bytes) {
    append_leb128(out, bytes.size());
    append(out, bytes);
}

/// The next key, which lies above the one before. @errors as read_leb128; kBadOrder
Result<ByteView> read_key(ByteCursor& in, const std::optional<ByteView>& last) {
    BOOST_OUTCOME_TRY(const auto key, read_sized(in, kEncodedKeyBytesMax));
    if (last && !std::ranges::lexicographical_compare(*last, key)) {
        return DecodeError::kBadOrder;
    }
    return key;
}

std::uint64_t count_entries(const StateReader& state) {
    std::uint64_t entries = 0;
    state.for_each({}, [&entries](ByteView, ByteView) {
        ++entries;
        return true;
    });
    return entries;
}

}  // namespace

Result<std::vector<EncodedEntry>> decode_state(ByteView encoded) {
    if (encoded.size() > kEncodedStateBytesMax) {
        return DecodeError::kLengthLimit;
    }
    ByteCursor in{encoded};
    BOOST_OUTCOME_TRY(const auto count, read_leb128(in, kEncodedEntriesMax));
    std::vector<EncodedEntry> out;
    std::optional<ByteView> last;
    for (std::uint64_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto key, read_key(in, last));
        BOOST_OUTCOME_TRY(const auto value, read_sized(in, kEncodedValueBytesMax));
        out.push_back({.key = key, .value = value});
        last = key;
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

Result<Changes> decode_state_diff(ByteView encoded) {
    if (encoded.size() > kEncodedDiffBytesMax) {
        return DecodeError::kLengthLimit;
    }
    ByteCursor in{encoded};
    BOOST_OUTCOME_TRY(const auto count, read_leb128(in, kEncodedDiffEntriesMax));
    Changes out;
    std::optional<ByteView> last;
    for (std::uint64_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto key, read_key(in, last));
        BOOST_OUTCOME_TRY(const auto kind, in.take_byte());
        std::optional<Bytes> value;
        if (kind == kPresent) {
            BOOST_OUTCOME_TRY(const auto bytes, read_sized(in, kEncodedValueBytesMax));
            value = to_bytes(bytes);
        } else if (kind != kRemoved) {
            return DecodeError::kBadTag;
        }
        out.emplace_hint(out.end(), to_bytes(key), std::move(value));
        last = key;
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

Bytes encode_state(const StateReader& state) {
    Bytes out;
    append_leb128(out, count_entries(state));
    state.for_each({}, [&out](ByteView key, ByteView value) {
        append_sized(out, key);
        append_sized(out, value);
        return true;
    });
    return out;
}

Bytes encode_state_diff(const Changes& changes) {
    Bytes out;
    append_leb128(out, changes.size());
    for (const auto& [key, value] : changes) {
        append_sized(out, key);
        out.push_back(value ? kPresent : kRemoved);
        if (value) {
            append_sized(out, *value);
        }
    }
    return out;
}

StateHasher::StateHasher(std::uint64_t entries) : entries_left_(entries) {
    Bytes count;
    append_leb128(count, entries);
    hash_.add(count);
}

void StateHasher::add(ByteView key, ByteView value) {
    if (entries_left_ == 0 || (last_key_ && !std::ranges::lexicographical_compare(*last_key_, key))) {
        is_sound_ = false;
        return;
    }
    --entries_left_;
    Bytes size;
    append_leb128(size, key.size());
    hash_.add(size);
    hash_.add(key);
    size.clear();
    append_leb128(size, value.size());
    hash_.add(size);
    hash_.add(value);
    last_key_ = to_bytes(key);
}

std::optional<Hash256> StateHasher::finish() {
    return is_sound_ && entries_left_ == 0 ? std::optional{hash_.finish()} : std::nullopt;
}

Hash256 state_hash(const StateReader& state) {
    StateHasher hasher{count_entries(state)};
    state.for_each({}, [&hasher](ByteView key, ByteView value) {
        hasher.add(key, value);
        return true;
    });
    const auto hash = hasher.finish();
    REDOUBT_ASSERT(hash.has_value());
    return *hash;
}

}  // namespace redoubt::stf
