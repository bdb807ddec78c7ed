#include <nlohmann/json.hpp>
#include <tools/devchain/faults/groups.hpp>

#include <utility>

namespace redoubt::devchain::faults {
namespace {

constexpr std::string_view kGroup = "Messages and connections";
constexpr std::uint32_t kDelayMs = 2'000;
constexpr std::uint32_t kDelayMsMax = 600'000;

/// A maker for a fault of each ARGth message.
template <class Change>
auto each_nth(std::uint32_t fallback, Change change) {
    return [fallback, change](Chain&, const std::optional<std::string>& argument) -> rpc::Expected<Lie> {
        BOOST_OUTCOME_TRY(const auto period, count_argument(argument, fallback));
        Lie lie;
        lie.deliver = [change, period, count = std::uint32_t{0}](std::string& message) mutable {
            rpc::Delivery delivery;
            if (++count >= period) {
                count = 0;
                change(message, delivery);
            }
            return delivery;
        };
        return lie;
    };
}

rpc::Expected<Lie> make_slow(Chain&, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(const auto delay_ms, count_argument(argument, kDelayMs));
    if (delay_ms > kDelayMsMax) {
        return rpc::invalid_params("the argument has to be at most " + std::to_string(kDelayMsMax));
    }
    Lie lie;
    lie.deliver = [delay_ms](std::string&) {
        return rpc::Delivery{.delay = std::chrono::milliseconds{delay_ms}};
    };
    return lie;
}

void change_id(std::string& message, rpc::Delivery&) {
    auto parsed = nlohmann::json::parse(message, nullptr, false);
    if (parsed.is_object() && parsed.contains("id") && parsed["id"].is_number_integer()) {
        parsed["id"] = parsed["id"].get<std::int64_t>() + 1'000'000;
        message = parsed.dump();
    }
}

}  // namespace

std::vector<Fault> transport_faults() {
    return {
        {"slow-connection", kGroup, "milliseconds, by default 2000",
         "Each message waits before it is sent, and those behind it wait too.",
         "Answers do not come in time; a deadline of the client ends the wait.", make_slow},
        {"dying-connection", kGroup, "a number of messages, by default 20",
         "Each ARGth message breaks its connection in place of being sent.",
         "The connection is gone; calls under way fail, subscriptions have to be made again.",
         each_nth(20, [](std::string&, rpc::Delivery& delivery) { delivery.drop_connection = true; })},
        {"garbage-json", kGroup, "a number of messages, by default 5", "Each ARGth message is no JSON.",
         "The message cannot be parsed; the call that it may have answered has no answer.",
         each_nth(5, [](std::string& message, rpc::Delivery&) { message = "}{ \"jsonrpc\": garbage ]["; })},
        {"truncated-json", kGroup, "a number of messages, by default 5",
         "Each ARGth message lacks its second half.", "The message cannot be parsed.",
         each_nth(5, [](std::string& message, rpc::Delivery&) { message.resize(message.size() / 2); })},
        {"wrong-response-id", kGroup, "a number of messages, by default 5",
         "Each ARGth message, if it is a response, has the id of no request.",
         "The response belongs to no call; it must not be taken for the answer to another one.",
         each_nth(5, change_id)},
    };
}

}  // namespace redoubt::devchain::faults
