#include <node/log.hpp>

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <node/log_scope.hpp>
#include <primitives/hex.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <iterator>

namespace redoubt::node {
namespace {

bool json_output = false;

std::string utc_time(spdlog::log_clock::time_point time) {
    const auto seconds = spdlog::log_clock::to_time_t(time);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
    std::tm broken{};
    gmtime_r(&seconds, &broken);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", broken, ms);
}

/// The shard that the present line is about, when lines are named.
std::string shard_of_line() {
    const auto* scope = current_log_scope();
    const bool named = scope != nullptr && scope->is_one_of_several && scope->shard;
    return named ? to_hex_0x(scope->shard->view()) : std::string{};
}

/// `[9f86d081] ` before the message of a text line.
class ShardFlag final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message,
                const std::tm& time,
                spdlog::memory_buf_t& out) override {
        static_cast<void>(message);
        static_cast<void>(time);
        const auto* scope = current_log_scope();
        if (const auto label = scope == nullptr ? std::string{} : scope->label(); !label.empty()) {
            fmt::format_to(std::back_inserter(out), "[{}] ", label);
        }
    }
    [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<ShardFlag>();
    }
};

class JsonFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto level = spdlog::level::to_string_view(message.level);
        const auto line = json_log_line(utc_time(message.time), {level.data(), level.size()}, shard_of_line(),
                                        {message.payload.data(), message.payload.size()});
        out.append(line.data(), line.data() + line.size());
        out.push_back('\n');
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }
};

void print_line(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

std::string json_log_line(std::string_view time,
                          std::string_view level,
                          std::string_view shard,
                          std::string_view message) {
    nlohmann::ordered_json line;
    line["time"] = time;
    line["level"] = level;
    if (!shard.empty()) {
        line["shard"] = shard;
    }
    line["message"] = message;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void start_log(LogLevel level, bool json) {
    json_output = json;
    auto logger = spdlog::stderr_color_mt("redoubtd");
    if (json) {
        logger->set_formatter(std::make_unique<JsonFormatter>());
    } else {
        auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
        formatter->add_flag<ShardFlag>('*').set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %*%v");
        logger->set_formatter(std::move(formatter));
    }
    constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::trace, spdlog::level::debug,
                                                     spdlog::level::info,  spdlog::level::warn,
                                                     spdlog::level::err,   spdlog::level::off};
    logger->set_level(kLevels[static_cast<std::size_t>(level)]);
    spdlog::set_default_logger(std::move(logger));
}

void announce(std::string_view event, nlohmann::ordered_json fields) {
    constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
    if (json_output) {
        nlohmann::ordered_json line;
        line["event"] = event;
        line.update(fields);
        if (const auto* scope = current_log_scope(); scope != nullptr && !line.contains("shard")) {
            line["shard"] = scope->shard ? nlohmann::ordered_json(to_hex_0x(scope->shard->view())) : nullptr;
        }
        print_line(line.dump(-1, ' ', false, kReplace) + "\n");
        return;
    }
    std::string text{event};
    for (const auto& [key, value] : fields.items()) {
        text +=
            fmt::format(" {}={}", key,
                        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, kReplace));
    }
    spdlog::info("{}", text);
}

void print_report(const std::string& lines) {
    if (!json_output) {
        print_line(lines);
    }
}

void log_enclave_line(std::string_view line) {
    constexpr std::size_t kLineBytesMax = 1024;
    std::string clean;
    for (const char c : line.substr(0, kLineBytesMax)) {
        const auto code = static_cast<unsigned char>(c);
        clean.push_back(code < 0x20 || code == 0x7f ? '?'
                                                    : c);  // the enclave cannot move the operator's cursor
    }
    spdlog::info("enclave: {}", clean);
}

void log_problem(const Problem& problem) {
    spdlog::error("{}. {}", problem.cause, problem.remedy);
}

}  // namespace redoubt::node
