#include <tools/devchain/log.hpp>

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace redoubt::devchain {
namespace {

class JsonFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto level = spdlog::level::to_string_view(message.level);
        const auto seconds = std::chrono::floor<std::chrono::seconds>(message.time);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(message.time - seconds).count();
        nlohmann::ordered_json line;
        line["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                                   fmt::gmtime(spdlog::log_clock::to_time_t(message.time)), ms);
        line["level"] = std::string_view{level.data(), level.size()};
        line["message"] = std::string_view{message.payload.data(), message.payload.size()};
        const auto text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
        out.append(text.data(), text.data() + text.size());
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }
};

}  // namespace

void start_log(const std::string& level, bool as_json) {
    auto logger = spdlog::stderr_color_mt("redoubt-devchain");
    if (as_json) {
        logger->set_formatter(std::make_unique<JsonFormatter>());
    } else {
        logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v", spdlog::pattern_time_type::utc);
    }
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace redoubt::devchain
