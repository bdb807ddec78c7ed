#include <node/state_report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <node/report_text.hpp>
#include <primitives/hex.hpp>

namespace redoubt::node {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json journal_json(const JournalSurvey& journal) {
    return Json{{"first_sequence", optional_json(journal.first_sequence)},
                {"last_sequence", optional_json(journal.last_sequence)},
                {"records", journal.records},
                {"last_base", optional_json(journal.last_base)},
                {"records_since_base", journal.records_since_base},
                {"bytes", journal.bytes}};
}

std::string journal_lines(const JournalSurvey& journal) {
    if (!journal.last_sequence) {
        return "  journal     empty\n";
    }
    auto out = fmt::format("  journal     records {} to {}, {}\n", *journal.first_sequence,
                           *journal.last_sequence, size_text(journal.bytes));
    if (journal.last_base) {
        out += fmt::format("  base        record {}, {} records after it\n", *journal.last_base,
                           journal.records_since_base);
    }
    return out + fmt::format("  pages       {}, {}\n", journal.pages, size_text(journal.page_bytes));
}

}  // namespace

std::string state_text(const ShardReport& report, bool json) {
    const auto& shard = report.place.shard;
    const auto name = shard ? to_hex_0x(shard->view()) : std::string{"(shard not known)"};
    const auto written = report.written();
    const auto& journal = report.journal;
    if (json) {
        Json out{{"shard", shard ? Json(name) : Json(nullptr)},
                 {"running", report.running},
                 {"journal", journal ? journal_json(*journal) : Json(nullptr)},
                 {"pages", nullptr},
                 {"disk_bytes", report.bytes()},
                 {"written", written ? Json(time_text(*written)) : Json(nullptr)}};
        if (journal) {
            out["pages"] = {{"count", journal->pages}, {"bytes", journal->page_bytes}};
        }
        return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return fmt::format("{}\n{}  disk        {}, written {}\n", name,
                       journal ? journal_lines(*journal) : std::string{}, size_text(report.bytes()),
                       written ? time_text(*written) : "never");
}

}  // namespace redoubt::node
