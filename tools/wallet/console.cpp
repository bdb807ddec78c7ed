#include <algorithm>
#include <command-line/standard_output.hpp>
#include <cstdint>
#include <ostream>
#include <tools/wallet/console.hpp>

namespace redoubt::wallet {
namespace {

/// Code points, which is what a terminal column is for the texts printed here.
std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string to_document(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Fallible<void> expect_written(std::ostream& out) {
    if (const auto error = command_line::flush_error(out)) {
        return refused("output_unwritable", "standard output cannot be written: " + *error,
                       "Give it a terminal, or a file or pipe that takes what is written.");
    }
    return success();
}

void Console::progress(std::string_view line) {
    if (!json_) {
        err_ << line << '\n' << std::flush;
    }
}

void Console::warn(std::string code, std::string line) {
    err_ << "warning: " << line << '\n' << std::flush;
    warnings_.push_back({{"code", std::move(code)}, {"message", std::move(line)}});
}

void Console::print(Json document) {
    if (!warnings_.empty()) {
        document["warnings"] = warnings_;
    }
    out_ << to_document(document) << '\n';
}

Fallible<void> Console::show(const Report& report) {
    if (json_) {
        print(report.json);
    } else if (!report.text.empty()) {
        out_ << report.text << '\n';
    }
    auto written = expect_written(out_);
    if (!written && report.take_back) {
        written.error().remedy = report.take_back() + " " + written.error().remedy;
    }
    return written;
}

int Console::finish(const Failure& failure) {
    if (json_) {
        Json error = {{"code", failure.code}, {"message", failure.message}, {"remedy", failure.remedy}};
        if (!failure.details.is_null()) {
            error["details"] = failure.details;
        }
        print(Json{{"error", std::move(error)}});
        out_.flush();
    }
    err_ << "error: " << printable(failure.message) << '\n';
    if (!failure.remedy.empty()) {
        err_ << "  " << printable(failure.remedy) << '\n';
    }
    if (!json_ && failure.details.is_object()) {
        for (const auto& [name, value] : failure.details.items()) {
            err_ << "  " << name << ": "
                 << printable(value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
        }
    }
    err_.flush();
    return static_cast<int>(failure.exit);
}

std::string Table::to_text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i]));
        }
    }
    std::string out;
    for (const auto& row : rows_) {
        if (!out.empty()) {
            out += '\n';
        }
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) {
                out.append(widths[i] - display_width(row[i]) + 2, ' ');
            }
        }
    }
    return out;
}

std::string aligned(const std::vector<std::pair<std::string, std::string>>& lines) {
    std::size_t width = 0;
    for (const auto& line : lines) {
        width = std::max(width, display_width(line.first));
    }
    std::string out;
    for (const auto& [name, value] : lines) {
        if (!out.empty()) {
            out += '\n';
        }
        out += name;
        out.append(width - display_width(name) + 2, ' ');
        out += value;
    }
    return out;
}

std::string printable(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 0x0fU];
        } else {
            out += c;
        }
    }
    return out;
}

std::string describe_age(std::uint64_t milliseconds) {
    const auto seconds = milliseconds / 1000;
    if (seconds < 120) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 2 * 3600) {
        return std::to_string(seconds / 60) + " min";
    }
    if (seconds < 2 * 86'400) {
        return std::to_string(seconds / 3600) + " h";
    }
    return std::to_string(seconds / 86'400) + " days";
}

}  // namespace redoubt::wallet
