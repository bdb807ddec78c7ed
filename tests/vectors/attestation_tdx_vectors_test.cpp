// TD reports and event logs over vectors/attestation.
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/tdx/event_log.hpp>
#include <attestation/tdx/td_report.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

std::string le_hex(std::uint64_t value) {
    Bytes bytes;
    for (std::size_t i = 0; i < 8; ++i) {
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return to_hex(bytes);
}

TEST(TdReportVectors, have_the_fields_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        if (entry.at("kind") != "tdx-tdreport") {
            continue;
        }
        const auto parsed = tdx::parse_td_report(index.bytes(entry, "tdreport"));
        ASSERT_EQ(parsed.has_value(), entry.at("expect").at("hashes_consistent").get<bool>());
        const auto& report = parsed.value();
        json actual{{"type", to_hex(report.type.view())},
                    {"cpusvn", to_hex(report.cpu_svn.view())},
                    {"tee_tcb_info_hash", to_hex(report.tee_tcb_info_hash.view())},
                    {"tee_info_hash", to_hex(report.tee_info_hash.view())},
                    {"report_data", to_hex(report.claims.report_data.view())},
                    {"tee_tcb_svn", to_hex(report.claims.tee_tcb_svn.view())},
                    {"mrseam", to_hex(report.claims.mr_seam.view())},
                    {"tdattributes", le_hex(report.claims.td_attributes)},
                    {"xfam", le_hex(report.claims.xfam)},
                    {"mrtd", to_hex(report.claims.mr_td.view())}};
        for (std::size_t i = 0; i < report.claims.rtmr.size(); ++i) {
            actual["rtmr" + std::to_string(i)] = to_hex(report.claims.rtmr.at(i).view());
        }
        count.record("tdx-tdreport", entry.at("id"), actual == entry.at("expect").at("fields"));
    }
}

Result<tdx::EventLog> parse_log(const Index& index, const json& entry) {
    const auto text = index.text(entry, "event_log");
    const auto name = entry.at("files").at("event_log").get<std::string>();
    return name.ends_with(".json") ? tdx::EventLog::parse_json(text)
                                   : tdx::EventLog::parse_ccel(bytes_of(text));
}

TEST(EventLogVectors, give_the_registers_of_their_quotes_or_are_refused) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("tdx-event-log")) {
            continue;
        }
        const auto bytes = index.bytes(entry, "quote");
        const auto quote = dcap::parse_quote(bytes);
        ASSERT_OK(quote);
        const auto& expect = entry.at("expect");
        const auto log = parse_log(index, entry);
        ASSERT_OK(log);
        const auto events = log.value().verify(*quote.value().td());
        bool passed = events.has_value() == (expect.at("replay") == "match");
        if (events) {
            json actual{{"events", events.value().size()}};
            std::vector<std::string> names;
            for (const auto& event : events.value()) {
                if (event.type == tdx::kRuntimeEvent) {
                    names.push_back(event.name);
                }
            }
            const auto registers = tdx::replay(events.value());
            for (std::size_t i = 0; i < registers.size(); ++i) {
                actual["rtmr" + std::to_string(i)] = to_hex(registers.at(i).view());
            }
            if (expect.at("fields").contains("runtime_events")) {
                actual["runtime_events"] = names;
            }
            EXPECT_EQ(actual, expect.at("fields")) << entry.at("id");
            passed = passed && actual == expect.at("fields");
        }
        count.record(kind, entry.at("id"), passed);
    }
}

}  // namespace
}  // namespace redoubt::attestation
