#include <attestation/der/der_reader.hpp>

namespace redoubt::attestation::der {
namespace {

constexpr std::size_t kLengthBytesMax = 4;

/// Two's complement in its shortest form: no leading byte that says nothing.
bool is_shortest_integer(ByteView content) {
    if (content.empty()) {
        return false;
    }
    if (content.size() == 1) {
        return true;
    }
    const bool next_is_high = (content[1] & 0x80U) != 0;
    return !(content[0] == 0x00 && !next_is_high) && !(content[0] == 0xff && next_is_high);
}

}  // namespace

Result<Element> Reader::next() {
    const auto start = rest_;
    if (start.size() < 2 || (start[0] & 0x1fU) == 0x1fU) {
        return Reason::kMalformed;
    }
    std::size_t header = 2;
    std::size_t length = start[1];
    if (length >= 0x80) {
        const std::size_t count = length & 0x7fU;
        if (count == 0 || count > kLengthBytesMax || start.size() - header < count) {
            return Reason::kMalformed;
        }
        length = 0;
        for (std::size_t i = 0; i < count; ++i) {
            length = (length << 8U) | start[header + i];
        }
        if (length < 0x80 || start[header] == 0) {
            return Reason::kMalformed;
        }
        header += count;
    }
    if (length > start.size() - header) {
        return Reason::kMalformed;
    }
    rest_ = start.subspan(header + length);
    return Element{start[0], start.subspan(header, length), start.first(header + length)};
}

Result<Element> Reader::expect(std::uint8_t tag) {
    BOOST_OUTCOME_TRY(const auto element, next());
    if (element.tag != tag) {
        return Reason::kMalformed;
    }
    return element;
}

Result<Reader> Reader::enter(std::uint8_t tag) {
    BOOST_OUTCOME_TRY(const auto element, expect(tag));
    return Reader{element.content};
}

Result<std::optional<ByteView>> Reader::take_if(std::uint8_t tag) {
    if (peek() != tag) {
        return std::optional<ByteView>{};
    }
    BOOST_OUTCOME_TRY(const auto element, next());
    return std::optional{element.content};
}

Result<void> Reader::expect_end() const {
    if (!rest_.empty()) {
        return Reason::kMalformed;
    }
    return success();
}

Result<bool> Reader::take_boolean() {
    BOOST_OUTCOME_TRY(const auto element, expect(kBoolean));
    if (element.content.size() != 1 || (element.content[0] != 0x00 && element.content[0] != 0xff)) {
        return Reason::kMalformed;
    }
    return element.content[0] == 0xff;
}

Result<std::uint64_t> Reader::take_unsigned(std::uint64_t max, std::uint8_t tag) {
    BOOST_OUTCOME_TRY(const auto element, expect(tag));
    const auto content = element.content;
    if (!is_shortest_integer(content) || content.size() > 9 || (content[0] & 0x80U) != 0) {
        return Reason::kMalformed;
    }
    std::uint64_t out = 0;
    for (const auto byte : content) {
        out = (out << 8U) | byte;
    }
    // Nine bytes fit only with a leading zero, which is what a positive number of 64 bits has.
    if (out > max || (content.size() == 9 && content[0] != 0)) {
        return Reason::kMalformed;
    }
    return out;
}

Result<ByteView> Reader::take_integer() {
    BOOST_OUTCOME_TRY(const auto element, expect(kInteger));
    if (!is_shortest_integer(element.content)) {
        return Reason::kMalformed;
    }
    return element.content;
}

Result<ByteView> Reader::take_oid() {
    BOOST_OUTCOME_TRY(const auto element, expect(kObjectIdentifier));
    if (element.content.empty() || (element.content.back() & 0x80U) != 0) {
        return Reason::kMalformed;
    }
    return element.content;
}

Result<ByteView> Reader::take_octets(std::size_t size) {
    BOOST_OUTCOME_TRY(const auto element, expect(kOctetString));
    if (element.content.size() != size) {
        return Reason::kMalformed;
    }
    return element.content;
}

Result<ByteView> Reader::take_bit_bytes() {
    BOOST_OUTCOME_TRY(const auto element, expect(kBitString));
    if (element.content.empty() || element.content[0] != 0) {
        return Reason::kMalformed;
    }
    return element.content.subspan(1);
}

Result<Element> read_single(ByteView input, std::uint8_t tag) {
    Reader reader{input};
    BOOST_OUTCOME_TRY(const auto element, reader.expect(tag));
    BOOST_OUTCOME_TRY(reader.expect_end());
    return element;
}

}  // namespace redoubt::attestation::der
