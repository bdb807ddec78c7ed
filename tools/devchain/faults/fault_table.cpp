#include <tools/devchain/faults/fault_table.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <tools/devchain/faults/groups.hpp>
#include <utility>

namespace redoubt::devchain::faults {
namespace {

/// How many letters have to be changed, put in or left out to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            const auto change = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            row[j] = std::min({change, above + 1, row[j - 1] + 1});
            diagonal = above;
        }
    }
    return row.back();
}

std::vector<Fault> make_table() {
    std::vector<Fault> out;
    for (auto group :
         {proof_faults, state_faults, block_faults, finality_faults, view_faults, transport_faults}) {
        std::ranges::move(group(), std::back_inserter(out));
    }
    return out;
}

}  // namespace

const std::vector<Fault>& all_faults() {
    static const auto table = make_table();
    return table;
}

rpc::Expected<const Fault*> find_fault(std::string_view name) {
    const auto& table = all_faults();
    const auto found = std::ranges::find(table, name, &Fault::name);
    if (found != table.end()) {
        return &*found;
    }
    const auto nearest =
        std::ranges::min_element(table, {}, [&](const Fault& each) { return distance(each.name, name); });
    return rpc::invalid_params("there is no fault '" + std::string{name} + "'; the nearest name is '" +
                               std::string{nearest->name} + "'");
}

rpc::Expected<FaultRequest> parse_fault_request(std::string_view text) {
    FaultRequest request;
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        BOOST_OUTCOME_TRY(request.when, parse_block_range(text.substr(at + 1)));
        text = text.substr(0, at);
    }
    const auto equals = text.find('=');
    request.name = text.substr(0, equals);
    if (equals != std::string_view::npos) {
        request.argument = text.substr(equals + 1);
    }
    BOOST_OUTCOME_TRY(find_fault(request.name));
    return request;
}

std::string fault_table_text() {
    std::string out;
    std::string_view group;
    for (const auto& fault : all_faults()) {
        if (std::exchange(group, fault.group) != fault.group) {
            out += std::string{out.empty() ? "" : "\n"} + std::string{group} + "\n";
        }
        out += "  " + std::string{fault.name} + (fault.argument.empty() ? "" : "=ARG") + "\n      " +
               std::string{fault.lie} + "\n";
        if (!fault.argument.empty()) {
            out += "      ARG: " + std::string{fault.argument} + "\n";
        }
        out += "      Notice: " + std::string{fault.notice} + "\n";
    }
    return out;
}

nlohmann::json fault_table_json() {
    auto out = nlohmann::json::array();
    for (const auto& fault : all_faults()) {
        out.push_back({{"name", fault.name},
                       {"group", fault.group},
                       {"argument", fault.argument},
                       {"lie", fault.lie},
                       {"notice", fault.notice}});
    }
    return out;
}

}  // namespace redoubt::devchain::faults
