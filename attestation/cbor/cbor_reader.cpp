#include <attestation/cbor/cbor_reader.hpp>

#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace redoubt::attestation::cbor {
namespace {

constexpr unsigned kMajorSimple = 7;
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
    return Item{.kind = value == kNull ? Kind::kNull : Kind::kBoolean,
                .number = value == kTrue ? 1U : 0U,
                .content = {}};
}

Result<Item> read_item(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const unsigned head, in.take_byte());
    const unsigned major = head >> 5U;
    const unsigned info = head & 0x1fU;
    BOOST_OUTCOME_TRY(const auto argument, read_argument(in, info));
    if (major == kMajorSimple) {
        return simple_of(info, argument);
    }
    Item out{.kind = static_cast<Kind>(major), .number = argument, .content = {}};
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
    explicit Check(ByteView input) : in_(input) {}

    Result<void> run() {
        do {
            BOOST_OUTCOME_TRY(read_one());
            BOOST_OUTCOME_TRY(close_complete());
        } while (depth_ > 0);
        return success();
    }
    [[nodiscard]] std::size_t remaining() const { return in_.remaining(); }

  private:
    struct Frame {
        std::uint64_t items_left = 0;
        std::size_t first_key = 0;
        bool is_map = false;
    };

    Result<void> read_one() {
        const auto before = in_.rest();
        BOOST_OUTCOME_TRY(const auto item, read_item(in_));
        if (++items_ > kCborItemsMax) {
            return Reason::kLimitExceeded;
        }
        if (item.kind == Kind::kText && !scale::is_utf8(text_of(item.content))) {
            return Reason::kMalformed;
        }
        if (depth_ > 0) {
            auto& frame = frames_.at(depth_ - 1);
            if (frame.is_map && frame.items_left % 2 == 0) {
                if (!can_be_key(item.kind)) {
                    return Reason::kMalformed;
                }
                keys_.push_back(before.first(before.size() - in_.remaining()));
            }
            --frame.items_left;
        }
        return is_container(item.kind) ? enter(item) : success();
    }

    Result<void> enter(const Item& item) {
        if (item.kind != Kind::kTag && item.number > kCborItemsMax) {
            return Reason::kLimitExceeded;
        }
        if (depth_ == frames_.size()) {
            return Reason::kLimitExceeded;
        }
        frames_.at(depth_) = {
            .items_left = inner_items(item), .first_key = keys_.size(), .is_map = item.kind == Kind::kMap};
        ++depth_;
        return success();
    }

    /// Leaves the containers that have all of their items.
    Result<void> close_complete() {
        while (depth_ > 0 && frames_.at(depth_ - 1).items_left == 0) {
            // With the shortest heads two keys are the same when their bytes are.
            const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(frames_.at(depth_ - 1).first_key);
            std::sort(first, keys_.end(),
                      [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); });
            if (std::adjacent_find(first, keys_.end(), equal) != keys_.end()) {
                return Reason::kMalformed;
            }
            keys_.erase(first, keys_.end());
            --depth_;
        }
        return success();
    }

    ByteCursor in_;
    std::array<Frame, kCborDepthMax> frames_;
    std::size_t depth_ = 0;
    std::size_t items_ = 0;
    /// Keys of the maps that are open, outermost first.
    std::vector<ByteView> keys_;
};

}  // namespace

Result<std::size_t> measure(ByteView input) {
    Check check{input};
    const auto checked = check.run();
    if (!checked) {
        return reason_of(checked.error());
    }
    return input.size() - check.remaining();
}

Result<Reader> Reader::open(ByteView input) {
    BOOST_OUTCOME_TRY(const auto size, measure(input));
    if (size != input.size()) {
        return Reason::kMalformed;
    }
    return Reader{input};
}

std::optional<Kind> Reader::peek() const {
    ByteCursor in{rest_};
    const auto item = read_item(in);
    return item ? std::optional{item.value().kind} : std::nullopt;
}

Result<Item> Reader::next() {
    ByteCursor in{rest_};
    auto item = read_item(in);
    if (!item) {
        return Reason::kMalformed;  // the end: what was opened is well-formed
    }
    rest_ = in.rest();
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
    rest_ = rest_.subspan(1);
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
    for (std::uint64_t left = 1; left > 0; --left) {
        BOOST_OUTCOME_TRY(const auto item, next());
        left += inner_items(item);
    }
    return success();
}

}  // namespace redoubt::attestation::cbor
