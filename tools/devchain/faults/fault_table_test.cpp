#include <tools/devchain/faults/fault_table.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace redoubt::devchain::faults {
namespace {

/// The table as docs/DEVCHAIN.md has it.
std::string manual_table() {
    std::string out =
        "| fault | what it says that is not true | what an honest client notices |\n|---|---|---|\n";
    for (const auto& fault : all_faults()) {
        out += "| `" + std::string{fault.name} + (fault.argument.empty() ? "" : "=ARG") + "` | " +
               std::string{fault.lie};
        if (!fault.argument.empty()) {
            out += " ARG: " + std::string{fault.argument} + ".";
        }
        out += " | " + std::string{fault.notice} + " |\n";
    }
    return out;
}

TEST(FaultTable, is_the_table_of_the_manual) {
    std::ifstream file{REDOUBT_MANUAL};
    const std::string manual{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_NE(manual.find(manual_table()), std::string::npos) << "docs/DEVCHAIN.md has to hold:\n\n"
                                                              << manual_table();
}

TEST(FaultTable, names_each_fault_once_in_kebab_case) {
    std::set<std::string_view> names;
    for (const auto& fault : all_faults()) {
        EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
        EXPECT_TRUE(
            std::ranges::all_of(fault.name, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }));
        EXPECT_TRUE(fault.lie.ends_with('.') && fault.notice.ends_with('.')) << fault.name;
        EXPECT_TRUE(fault.make != nullptr);
    }
}

TEST(FaultTable, tells_of_all_faults_in_both_ways) {
    const auto text = fault_table_text();
    const auto list = fault_table_json();
    ASSERT_EQ(list.size(), all_faults().size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& fault = all_faults()[i];
        EXPECT_EQ(list[i].at("name"), fault.name);
        EXPECT_EQ(list[i].at("notice"), fault.notice);
        EXPECT_NE(text.find("  " + std::string{fault.name}), std::string::npos);
        EXPECT_NE(text.find(fault.lie), std::string::npos);
    }
}

TEST(FaultTable, reads_requests) {
    const auto plain = parse_fault_request("wrong-set-id").value();
    EXPECT_EQ(plain.name, "wrong-set-id");
    EXPECT_EQ(plain.argument, std::nullopt);
    EXPECT_EQ(plain.when, BlockRange{});
    const auto full = parse_fault_request("slow-connection=250@10..20").value();
    EXPECT_EQ(full.argument, "250");
    EXPECT_EQ(full.when, (BlockRange{10, 20}));
    EXPECT_EQ(parse_fault_request("wrong-set-id@7").value().when.first, 7U);
    EXPECT_EQ(parse_fault_request("wrong-set-id@..7").value().when, (BlockRange{0, 7}));
}

TEST(FaultTable, refuses_requests_that_make_no_sense) {
    for (const auto* text : {"", "=5", "wrong-set-id@", "wrong-set-id@x", "wrong-set-id@9..8",
                             "wrong-set-id@..", "wrong-set-id@4294967296", "wrong_set_id"}) {
        EXPECT_FALSE(parse_fault_request(text).has_value()) << text;
    }
    EXPECT_NE(parse_fault_request("stale-finalised-head").error().message.find("'stale-finalized-head'"),
              std::string::npos)
        << parse_fault_request("stale-finalised-head").error().message;
}

TEST(BlockRange, is_written_as_it_is_read) {
    for (const auto* text : {"7", "7..9", "0..9"}) {
        EXPECT_EQ(to_text(parse_block_range(text).value()), text);
    }
    EXPECT_EQ(to_text(BlockRange{}), "");
    EXPECT_FALSE((BlockRange{7, 9}).contains(6));
    EXPECT_TRUE((BlockRange{7, 9}).contains(7) && (BlockRange{7, 9}).contains(9));
    EXPECT_FALSE((BlockRange{7, 9}).contains(10));
}

}  // namespace
}  // namespace redoubt::devchain::faults
