#include <attestation/cbor/cbor_reader.hpp>

#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace redoubt::attestation::cbor {
namespace {

constexpr unsigned kMajorSimple = 7;
/// The head of a map without a count, and the byte that ends it.
constexpr std::uint8_t kOpenMap = 0xbf;
constexpr std::uint8_t kBreak = 0xff;
constexpr std::uint64_t kFalse = 20;
constexpr std::uint64_t kTrue = 21;
constexpr std::uint64_t kNull = 22;
/// Up to this value the additional information of a head is its argument.
constexpr unsigned kInHeadMax = 23;
/// From here to kInHeadMax + 4 it says that 1, 2, 4 or 8 bytes follow.
constexpr unsigned kArgumentBytesMax = 3;

/// The argument of a head in its shortest form.
Result<std::uint64_t> read_argument(ByteCursor& in, unsigned info) {
    if (info <= kInHeadMax) {
        return info;
    }
    const unsigned power = info - kInHeadMax - 1;
    if (power > kArgumentBytesMax) {
        return Reason::kMalformed;  // reserved, or an indefinite length
    }
    BOOST_OUTCOME_TRY(const auto bytes, in.take(std::uint64_t{1} << power));
    std::uint64_t out = 0;
    for (const auto byte : bytes) {
        out = (out << 8U) | byte;
    }
    // What fewer bytes can hold stands in fewer bytes.
    const std::uint64_t first =
        power == 0 ? kInHeadMax + 1 : std::uint64_t{1} << (8 * (std::uint64_t{1} << (power - 1)));
    if (out < first) {
        return Reason::kMalformed;
    }
    return out;
}

Result<Item> simple_of(unsigned info, std::uint64_t value) {
    if (info > kInHeadMax || value < kFalse || value > kNull) {
        return Reason::kMalformed;
    }
    return Item{.kind = value == kNull ? Kind::kNull : Kind::kBoolean, .number = value == kTrue ? 1U : 0U};
}

Result<Item> read_item(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const unsigned head, in.take_byte());
    const unsigned major = head >> 5U;
    const unsigned info = head & 0x1fU;
    BOOST_OUTCOME_TRY(const auto argument, read_argument(in, info));
    if (major == kMajorSimple) {
        return simple_of(info, argument);
    }
    Item out{.kind = static_cast<Kind>(major), .number = argument};
    if (out.kind == Kind::kBytes || out.kind == Kind::kText) {
        if (argument > kCborStringBytesMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(out.content, in.take(argument));
    }
    return out;
}

bool can_be_key(Kind kind) {
    return kind == Kind::kUnsigned || kind == Kind::kNegative || kind == Kind::kBytes || kind == Kind::kText;
}

bool is_container(Kind kind) {
    return kind == Kind::kArray || kind == Kind::kMap || kind == Kind::kTag;
}

/// How many items stand directly inside of this one.
std::uint64_t inner_items(const Item& item) {
    switch (item.kind) {
        case Kind::kArray:
            return item.number;
        case Kind::kMap:
            return 2 * item.number;
        case Kind::kTag:
            return 1;
        default:
            return 0;
    }
}

/// Goes through one item without recursion.
class Check {
  public:
    Check(ByteView input, Lengths lengths) : in_(input), lengths_(lengths) {}

    Result<void> run() {
        do {
            BOOST_OUTCOME_TRY(read_one());
            BOOST_OUTCOME_TRY(close_complete());
        } while (depth_ > 0);
        return success();
    }
    [[nodiscard]] std::size_t remaining() const { return in_.remaining(); }
    /// How many items stand directly inside of the one that was gone through.
    [[nodiscard]] std::uint64_t outermost_items() const { return outermost_items_; }

  private:
    struct Frame {
        std::uint64_t items_read = 0;
        std::uint64_t items = 0;
        bool is_open = false;  ///< a break ends it
        bool is_map = false;
        std::size_t first_key = 0;
    };

    [[nodiscard]] bool is_next(std::uint8_t byte) const { return !in_.empty() && in_.rest().front() == byte; }

    Result<void> read_one() {
        if (is_next(kOpenMap) && lengths_ == Lengths::kDefiniteButOfMaps) {
            BOOST_OUTCOME_TRY(in_.take_byte());
            BOOST_OUTCOME_TRY(count({.kind = Kind::kMap}, {}));
            return enter({.is_open = true, .is_map = true, .first_key = keys_.size()});
        }
        const auto before = in_.rest();
        BOOST_OUTCOME_TRY(const auto item, read_item(in_));
        if (item.kind == Kind::kText && !scale::is_utf8(text_of(item.content))) {
            return Reason::kMalformed;
        }
        BOOST_OUTCOME_TRY(count(item, before.first(before.size() - in_.remaining())));
        if (!is_container(item.kind)) {
            return success();
        }
        if (item.kind != Kind::kTag && item.number > kCborItemsMax) {
            return Reason::kLimitExceeded;
        }
        return enter(
            {.items = inner_items(item), .is_map = item.kind == Kind::kMap, .first_key = keys_.size()});
    }

    /// Counts an item, which is a key when it stands in the place of one.
    Result<void> count(const Item& item, ByteView whole) {
        if (++items_ > kCborItemsMax) {
            return Reason::kLimitExceeded;
        }
        if (depth_ == 0) {
            return success();
        }
        auto& frame = frames_.at(depth_ - 1);
        if (frame.is_map && frame.items_read % 2 == 0) {
            if (!can_be_key(item.kind)) {
                return Reason::kMalformed;
            }
            keys_.push_back(whole);
        }
        ++frame.items_read;
        return success();
    }

    Result<void> enter(const Frame& frame) {
        if (depth_ == frames_.size()) {
            return Reason::kLimitExceeded;
        }
        frames_.at(depth_) = frame;
        ++depth_;
        return success();
    }

    /// Leaves the containers that have all of their items.
    Result<void> close_complete() {
        while (depth_ > 0) {
            const auto& frame = frames_.at(depth_ - 1);
            if (frame.is_open ? !is_next(kBreak) : frame.items_read < frame.items) {
                return success();
            }
            if (frame.is_open) {
                BOOST_OUTCOME_TRY(in_.take_byte());
            }
            if (frame.is_map && (frame.items_read % 2 != 0 || has_key_twice(frame.first_key))) {
                return Reason::kMalformed;
            }
            outermost_items_ = frame.items_read;
            --depth_;
        }
        return success();
    }

    /// Forgets the keys from `first` on. With the shortest heads two keys are the same when their bytes are.
    bool has_key_twice(std::size_t first) {
        const auto keys = std::span{keys_}.subspan(first);
        std::ranges::sort(keys,
                          [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); });
        const bool has_twice = std::ranges::adjacent_find(keys, equal) != keys.end();
        keys_.resize(first);
        return has_twice;
    }

    ByteCursor in_;
    Lengths lengths_;
    std::array<Frame, kCborDepthMax> frames_;
    std::size_t depth_ = 0;
    std::size_t items_ = 0;
    std::uint64_t outermost_items_ = 0;
    /// Keys of the maps that are open, outermost first.
    std::vector<ByteView> keys_;
};

}  // namespace

Result<std::size_t> measure(ByteView input, Lengths lengths) {
    Check check{input, lengths};
    const auto checked = check.run();
    if (!checked) {
        return reason_of(checked.error());
    }
    return input.size() - check.remaining();
}

Result<Reader> Reader::open(ByteView input, Lengths lengths) {
    BOOST_OUTCOME_TRY(const auto size, measure(input, lengths));
    if (size != input.size()) {
        return Reason::kMalformed;
    }
    return Reader{input};
}

void Reader::advance(std::size_t size) {
    rest_ = rest_.subspan(size);
    // No item begins with a break: what stands here ends the maps whose items were all read.
    while (!rest_.empty() && rest_.front() == kBreak) {
        rest_ = rest_.subspan(1);
    }
}

std::optional<Kind> Reader::peek() const {
    if (!rest_.empty() && rest_.front() == kOpenMap) {
        return Kind::kMap;
    }
    ByteCursor in{rest_};
    const auto item = read_item(in);
    return item ? std::optional{item.value().kind} : std::nullopt;
}

Result<Item> Reader::next() {
    if (!rest_.empty() && rest_.front() == kOpenMap) {
        Check map{rest_, Lengths::kDefiniteButOfMaps};
        BOOST_OUTCOME_TRY(map.run());
        advance(1);
        return Item{.kind = Kind::kMap, .number = map.outermost_items() / 2};
    }
    ByteCursor in{rest_};
    auto item = read_item(in);
    if (!item) {
        return Reason::kMalformed;  // the end: what was opened is well-formed
    }
    advance(rest_.size() - in.remaining());
    return item;
}

Result<Item> Reader::expect(Kind kind) {
    BOOST_OUTCOME_TRY(const auto item, next());
    if (item.kind != kind) {
        return Reason::kMalformed;
    }
    return item;
}

Result<std::uint64_t> Reader::take_unsigned(std::uint64_t max) {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kUnsigned));
    if (item.number > max) {
        return Reason::kMalformed;
    }
    return item.number;
}

Result<std::int64_t> Reader::take_integer() {
    BOOST_OUTCOME_TRY(const auto item, next());
    const bool is_number = item.kind == Kind::kUnsigned || item.kind == Kind::kNegative;
    if (!is_number || item.number > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        return Reason::kMalformed;
    }
    const auto number = static_cast<std::int64_t>(item.number);
    return item.kind == Kind::kUnsigned ? number : -1 - number;
}

Result<ByteView> Reader::take_bytes(std::size_t min, std::size_t max) {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kBytes));
    if (item.content.size() < min || item.content.size() > max) {
        return Reason::kMalformed;
    }
    return item.content;
}

Result<std::string_view> Reader::take_text(std::size_t max) {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kText));
    if (item.content.size() > max) {
        return Reason::kMalformed;
    }
    return text_of(item.content);
}

bool Reader::take_null() {
    if (peek() != Kind::kNull) {
        return false;
    }
    advance(1);
    return true;
}

Result<std::uint64_t> Reader::take_tag() {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kTag));
    return item.number;
}

Result<std::size_t> Reader::enter_array() {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kArray));
    return static_cast<std::size_t>(item.number);
}

Result<std::size_t> Reader::enter_map() {
    BOOST_OUTCOME_TRY(const auto item, expect(Kind::kMap));
    return static_cast<std::size_t>(item.number);
}

Result<void> Reader::skip() {
    BOOST_OUTCOME_TRY(const auto size, measure(rest_, Lengths::kDefiniteButOfMaps));
    advance(size);
    return success();
}

}  // namespace redoubt::attestation::cbor
