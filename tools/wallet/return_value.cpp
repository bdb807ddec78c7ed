#include <tools/wallet/return_value.hpp>

#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <tools/wallet/console.hpp>

namespace redoubt::wallet {
namespace {

constexpr std::size_t kValueBytesMax = 4 * 1024 * 1024;
constexpr std::uint8_t kStatusOk = 0;
constexpr std::uint8_t kStatusOperation = 1;
constexpr std::uint8_t kStatusError = 2;

}  // namespace

Failure malformed_answer(std::string_view what) {
    return refused(
        "worker_answer_malformed", "the worker's answer cannot be read: " + std::string{what},
        "The worker may speak another version of the protocol: compare `redoubt version` with the worker's.");
}

Fallible<std::string> read_string_value(ByteView value) {
    ByteCursor in{value};
    auto text = scale::read_string(in);
    if (!text || !in.empty()) {
        return malformed_answer("no text");
    }
    return std::move(text).value();
}

Fallible<Bytes> read_return_value(std::string_view hex) {
    const auto bytes = parse_hex(hex);
    if (!bytes) {
        return malformed_answer("no hex");
    }
    ByteCursor in{bytes.value()};
    const auto value = scale::read_bytes(in, kValueBytesMax);
    const auto watch = in.take_byte();
    const auto status = in.take_byte();
    if (!value || !watch || watch.value() > 1 || !status || status.value() > kStatusError) {
        return malformed_answer("no RpcReturnValue");
    }
    if (status.value() == kStatusError) {
        const auto words = read_string_value(value.value());
        return refused(
            "worker_refused",
            "the worker refused: " + (words ? printable(words.value()) : std::string{"without a reason"}),
            "Check shard and account; the worker's log may tell more.");
    }
    const bool complete = status.value() == kStatusOk ? in.empty() : !in.empty();
    if (!complete || (status.value() == kStatusOperation && in.rest().front() > 10)) {
        return malformed_answer("no RpcReturnValue");
    }
    return to_bytes(value.value());
}

}  // namespace redoubt::wallet
