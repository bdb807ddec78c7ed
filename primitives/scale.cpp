#include <primitives/scale.hpp>

namespace redoubt {

std::string_view error_domain(DecodeError) {
    return "decode";
}

std::string_view error_message(DecodeError error) {
    switch (error) {
        case DecodeError::kUnexpectedEnd:
            return "the bytes end before the value is complete";
        case DecodeError::kTrailingBytes:
            return "bytes follow after a complete value";
        case DecodeError::kNonCanonical:
            return "a compact integer is not in its shortest form";
        case DecodeError::kOutOfRange:
            return "a number does not fit its type";
        case DecodeError::kBadTag:
            return "an option, bool or variant byte has no meaning";
        case DecodeError::kBadUtf8:
            return "a string is not valid UTF-8";
        case DecodeError::kLengthLimit:
            return "a length is above the limit for this field";
        case DecodeError::kDepthLimit:
            return "values are nested too deeply";
        case DecodeError::kBadOrder:
            return "the entries of a set or map are not in ascending order";
    }
    return "unknown decode error";
}

namespace scale {

void append_compact(Bytes& out, uint128 value) {
    if (value < (uint128{1} << 6)) {
        out.push_back(static_cast<std::uint8_t>(value << 2));
    } else if (value < (uint128{1} << 14)) {
        encode_scale(out, static_cast<std::uint16_t>((value << 2) | 1));
    } else if (value < (uint128{1} << 30)) {
        encode_scale(out, static_cast<std::uint32_t>((value << 2) | 2));
    } else {
        const auto size = compact_size(value) - 1;
        out.push_back(static_cast<std::uint8_t>(((size - 4) << 2) | 3));
        for (std::size_t i = 0; i < size; ++i) {
            out.push_back(static_cast<std::uint8_t>(value & 0xff));
            value >>= 8;
        }
    }
}

std::size_t compact_size(uint128 value) {
    if (value < (uint128{1} << 6)) {
        return 1;
    }
    if (value < (uint128{1} << 14)) {
        return 2;
    }
    if (value < (uint128{1} << 30)) {
        return 4;
    }
    std::size_t size = 4;
    while (size < 16 && (value >> (8 * size)) != 0) {
        ++size;
    }
    return 1 + size;
}

Result<uint128> read_compact(ByteCursor& in, unsigned bits) {
    BOOST_OUTCOME_TRY(const auto first, in.take_byte());
    uint128 value = 0;
    switch (first & 3) {
        case 0:
            value = first >> 2;
            break;
        case 1: {
            BOOST_OUTCOME_TRY(const auto second, in.take_byte());
            value = static_cast<uint128>((first | (second << 8)) >> 2);
            if (value < (1U << 6)) {
                return DecodeError::kNonCanonical;
            }
            break;
        }
        case 2: {
            BOOST_OUTCOME_TRY(const auto tail, in.take(3));
            value = (static_cast<uint128>(first) | (static_cast<uint128>(tail[0]) << 8) |
                     (static_cast<uint128>(tail[1]) << 16) | (static_cast<uint128>(tail[2]) << 24)) >>
                    2;
            if (value < (1U << 14)) {
                return DecodeError::kNonCanonical;
            }
            break;
        }
        default: {
            const std::size_t size = static_cast<std::size_t>(first >> 2) + 4;
            if (size > bits / 8 && !(bits < 32 && size == 4)) {
                return DecodeError::kOutOfRange;
            }
            BOOST_OUTCOME_TRY(const auto tail, in.take(size));
            for (std::size_t i = size; i > 0; --i) {
                value = (value << 8) | tail[i - 1];
            }
            if (tail.back() == 0 || (size == 4 && value < (uint128{1} << 30))) {
                return DecodeError::kNonCanonical;
            }
            break;
        }
    }
    if (bits < 128 && (value >> bits) != 0) {
        return DecodeError::kOutOfRange;
    }
    return value;
}

Result<std::uint32_t> read_compact_u32(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto value, read_compact(in, 32));
    return static_cast<std::uint32_t>(value);
}

Result<ByteView> read_bytes(ByteCursor& in, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto size, read_compact_u32(in));
    if (size > bytes_max) {
        return DecodeError::kLengthLimit;
    }
    return in.take(size);
}

Result<std::string> read_string(ByteCursor& in, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto bytes, read_bytes(in, bytes_max));
    const auto text = text_of(bytes);
    if (!is_utf8(text)) {
        return DecodeError::kBadUtf8;
    }
    return std::string{text};
}

bool is_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    const auto byte_at = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    while (i < text.size()) {
        const auto lead = byte_at(i);
        std::size_t tail = 0;
        std::uint32_t code = 0;
        std::uint32_t code_min = 0;
        if (lead < 0x80) {
            ++i;
            continue;
        }
        if ((lead & 0xe0) == 0xc0) {
            tail = 1, code = lead & 0x1f, code_min = 0x80;
        } else if ((lead & 0xf0) == 0xe0) {
            tail = 2, code = lead & 0x0f, code_min = 0x800;
        } else if ((lead & 0xf8) == 0xf0) {
            tail = 3, code = lead & 0x07, code_min = 0x10000;
        } else {
            return false;
        }
        if (tail > text.size() - i - 1) {
            return false;
        }
        for (std::size_t k = 1; k <= tail; ++k) {
            const auto next = byte_at(i + k);
            if ((next & 0xc0) != 0x80) {
                return false;
            }
            code = (code << 6) | (next & 0x3fU);
        }
        if (code < code_min || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
            return false;
        }
        i += tail + 1;
    }
    return true;
}

void encode_scale(Bytes& out, const std::string& value) {
    append_compact(out, value.size());
    append(out, bytes_of(value));
}

void encode_scale(Bytes& out, const Bytes& value) {
    append_compact(out, value.size());
    append(out, value);
}

Result<std::string> decode_scale(ByteCursor& in, Type<std::string>) {
    return read_string(in);
}

Result<Bytes> decode_scale(ByteCursor& in, Type<Bytes>) {
    BOOST_OUTCOME_TRY(const auto view, read_bytes(in));
    return to_bytes(view);
}

}  // namespace scale
}  // namespace redoubt
