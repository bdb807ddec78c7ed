#include <primitives/hex.hpp>
#include <tools/devchain/faults/fault.hpp>

#include <charconv>

namespace redoubt::devchain::faults {
namespace {

rpc::Expected<std::uint32_t> read_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
        return rpc::invalid_params("'" + std::string{text} + "' is no number");
    }
    return number;
}

}  // namespace

rpc::Expected<BlockRange> parse_block_range(std::string_view text) {
    BlockRange range;
    const auto dots = text.find("..");
    const auto first = text.substr(0, dots);
    const auto last = dots == std::string_view::npos ? std::string_view{} : text.substr(dots + 2);
    if (first.empty() && last.empty()) {
        return rpc::invalid_params("block numbers are written as 7, 7..9 or ..9");
    }
    if (!first.empty()) {
        BOOST_OUTCOME_TRY(range.first, read_number(first));
    }
    if (!last.empty()) {
        BOOST_OUTCOME_TRY(range.last, read_number(last));
    }
    if (range.first > range.last) {
        return rpc::invalid_params("'" + std::string{text} + "' holds no block number");
    }
    return range;
}

std::string to_text(const BlockRange& range) {
    if (range == BlockRange{}) {
        return {};
    }
    const auto first = std::to_string(range.first);
    return range.last == BlockRange{}.last ? first : first + ".." + std::to_string(range.last);
}

rpc::Expected<std::uint32_t> count_argument(const std::optional<std::string>& argument,
                                            std::uint32_t fallback,
                                            std::uint32_t least) {
    if (!argument) {
        return fallback;
    }
    BOOST_OUTCOME_TRY(const auto number, read_number(*argument));
    if (number < least) {
        return rpc::invalid_params("the argument has to be at least " + std::to_string(least));
    }
    return number;
}

rpc::Expected<TextPair> pair_argument(const std::optional<std::string>& argument) {
    const auto colon = argument ? argument->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return rpc::invalid_params("the argument has to be two things with a colon between them");
    }
    return TextPair{argument->substr(0, colon), argument->substr(colon + 1)};
}

rpc::Expected<Bytes> hex_argument(std::string_view text) {
    auto bytes = parse_hex(text);
    if (!bytes) {
        return rpc::invalid_params("'" + std::string{text} + "' is no hex");
    }
    return std::move(bytes).value();
}

}  // namespace redoubt::devchain::faults
