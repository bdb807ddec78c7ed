#include <attestation/cbor/cbor_writer.hpp>

namespace redoubt::attestation::cbor {
namespace {

constexpr std::uint8_t kFalse = 0xf4;
constexpr std::uint8_t kTrue = 0xf5;
constexpr std::uint8_t kNull = 0xf6;
constexpr unsigned kInHeadMax = 23;

/// How many bytes the argument takes after its head, as a power of two; -1 for none.
int argument_power(std::uint64_t number) {
    if (number <= kInHeadMax) {
        return -1;
    }
    if (number <= 0xff) {
        return 0;
    }
    if (number <= 0xffff) {
        return 1;
    }
    return number <= 0xffff'ffff ? 2 : 3;
}

}  // namespace

void append_head(Bytes& out, Kind kind, std::uint64_t number) {
    if (kind == Kind::kNull || kind == Kind::kBoolean) {
        out.push_back(kind == Kind::kNull ? kNull : (number == 0 ? kFalse : kTrue));
        return;
    }
    const auto major = static_cast<unsigned>(kind) << 5U;
    const int power = argument_power(number);
    if (power < 0) {
        out.push_back(static_cast<std::uint8_t>(major | number));
        return;
    }
    out.push_back(static_cast<std::uint8_t>(major | (kInHeadMax + 1U + static_cast<unsigned>(power))));
    for (int byte = (1 << power) - 1; byte >= 0; --byte) {
        out.push_back(static_cast<std::uint8_t>(number >> (8U * static_cast<unsigned>(byte))));
    }
}

void append_bytes(Bytes& out, ByteView content) {
    append_head(out, Kind::kBytes, content.size());
    append(out, content);
}

void append_text(Bytes& out, std::string_view content) {
    append_head(out, Kind::kText, content.size());
    append(out, bytes_of(content));
}

}  // namespace redoubt::attestation::cbor
