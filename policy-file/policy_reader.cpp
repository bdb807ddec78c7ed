#include <policy-file/policy_reader.hpp>

#include <attestation/evidence_type.hpp>
#include <attestation/limits.hpp>
#include <attestation/tcb_status.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace redoubt::policy_file {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its words

namespace {

constexpr std::string_view kFormat = "redoubt-policy/1";

constexpr auto kTypes = std::to_array<EvidenceType>(
    {EvidenceType::kSgxDcap, EvidenceType::kTdxDcap, EvidenceType::kSgxIas, EvidenceType::kSnp,
     EvidenceType::kParavisor, EvidenceType::kNitro, EvidenceType::kCca, EvidenceType::kKeystone,
     EvidenceType::kTpm, EvidenceType::kSimulation});
constexpr auto kStatuses = std::to_array<TcbStatus>(
    {TcbStatus::kUpToDate, TcbStatus::kSwHardeningNeeded, TcbStatus::kConfigurationNeeded,
     TcbStatus::kConfigurationAndSwHardeningNeeded, TcbStatus::kOutOfDate,
     TcbStatus::kOutOfDateConfigurationNeeded, TcbStatus::kTdRelaunchAdvised,
     TcbStatus::kTdRelaunchAdvisedConfigurationNeeded});
/// What the attestation service calls its statuses.
constexpr auto kQuoteStatuses = std::to_array<std::pair<std::string_view, IasQuoteStatus>>(
    {{"OK", IasQuoteStatus::kOk},
     {"SW_HARDENING_NEEDED", IasQuoteStatus::kSwHardeningNeeded},
     {"CONFIGURATION_NEEDED", IasQuoteStatus::kConfigurationNeeded},
     {"CONFIGURATION_AND_SW_HARDENING_NEEDED", IasQuoteStatus::kConfigurationAndSwHardeningNeeded},
     {"GROUP_OUT_OF_DATE", IasQuoteStatus::kGroupOutOfDate}});

}  // namespace

Outcome<TcbStatus> PolicyReader::status(const toml::node& node) const {
    const auto find = [](std::string_view text) -> std::optional<TcbStatus> {
        const auto found = status_of_text(text);
        return found && std::ranges::find(kStatuses, *found) != kStatuses.end() ? found : std::nullopt;
    };
    return values_.word(node, words_of(kStatuses, status_text), find);
}

Outcome<Bytes> PolicyReader::measurement(const toml::node& node) const {
    constexpr std::array<std::size_t, 2> kLengths{32, 48};
    return values_.bytes(node, kLengths);
}

Outcome<Bytes> PolicyReader::digest(const toml::node& node) const {
    constexpr std::array<std::size_t, 3> kLengths{32, 48, 64};
    return values_.bytes(node, kLengths);
}

Outcome<void> PolicyReader::read_evidence(const toml::node& node) {
    const auto type = [this](const toml::node& one) {
        return values_.word(one, words_of(kTypes, evidence_name), evidence_type_named);
    };
    const auto quote_status = [this](const toml::node& one) {
        const auto find = [](std::string_view text) -> std::optional<IasQuoteStatus> {
            const auto* row =
                std::ranges::find(kQuoteStatuses, text, &decltype(kQuoteStatuses)::value_type::first);
            return row == kQuoteStatuses.end() ? std::nullopt : std::optional{row->second};
        };
        return values_.word(one, words_of(kQuoteStatuses, [](const auto& row) { return row.first; }), find);
    };
    auto& policy = out_.policy;
    return values_.read_table(
        node, "[evidence]",
        std::to_array<Entry>(
            {{"types", into(policy.accepted_types,
                            [&](const toml::node& value) { return values_.filled_list(value, type); })},
             {"debug", switch_into(policy.allows_debug)},
             {"age-max", number_into(policy.evidence_age_s_max, kSpanSMax)},
             {"xfam", number_into(policy.pins.xfam, std::numeric_limits<std::int64_t>::max())},
             {"quote-statuses", into(policy.accepted_quote_statuses, [&](const toml::node& value) {
                  return values_.list(value, quote_status);
              })}}));
}

Outcome<void> PolicyReader::read_mitigated(const toml::node& node) {
    std::vector<Entry> entries;
    for (auto& accepted : out_.policy.accepted_statuses) {
        entries.push_back({status_text(accepted.status),
                           into(accepted.mitigated_advisories,
                                [this](const toml::node& value) { return values_.texts(value); })});
    }
    return values_.read_table(node, "[tcb.mitigated], whose keys are the accepted statuses", entries);
}

Outcome<void> PolicyReader::read_tcb(const toml::node& node) {
    auto& policy = out_.policy;
    const auto statuses = [&](const toml::node& value) -> Outcome<void> {
        BOOST_OUTCOME_TRY(const auto read,
                          values_.list(value, [this](const toml::node& one) { return status(one); }));
        policy.accepted_statuses.clear();
        for (const auto one : read) {
            policy.accepted_statuses.push_back({one, {}});
        }
        return success();
    };
    const toml::node* mitigated = nullptr;
    BOOST_OUTCOME_TRY(values_.read_table(
        node, "[tcb]",
        std::to_array<Entry>(
            {{"statuses", statuses},
             {"mitigated",
              [&](const toml::node& value) -> Outcome<void> {
                  mitigated = &value;
                  return success();
              }},
             {"evaluation-number-min",
              number_into(policy.evaluation_number_min, std::numeric_limits<std::uint32_t>::max())},
             {"fmspc", allow_list_into(policy.allowed_fmspc)},
             {"smt-off", switch_into(policy.requires_smt_off)},
             {"static-platform", switch_into(policy.requires_static_platform)}})));
    // What is mitigated belongs to the accepted statuses, wherever they stand.
    return mitigated == nullptr ? Outcome<void>{success()} : read_mitigated(*mitigated);
}

Outcome<void> PolicyReader::read_collateral(const toml::node& node) {
    auto& policy = out_.policy;
    return values_.read_table(
        node, "[collateral]",
        std::to_array<Entry>({{"age-max", number_into(policy.collateral_age_s_max, kSpanSMax)},
                              {"grace", number_into(policy.collateral_grace_s, kSpanSMax)}}));
}

Outcome<void> PolicyReader::read_allowed(const toml::table& table) {
    AllowedMeasurement allowed;
    const auto time = [this](const toml::node& value) { return values_.time(value); };
    BOOST_OUTCOME_TRY(need(table, "measurement", "[[measurements.allow]]"));
    BOOST_OUTCOME_TRY(values_.read_table(
        table, "[[measurements.allow]]",
        std::to_array<Entry>(
            {{"measurement",
              into(allowed.measurement, [this](const toml::node& value) { return measurement(value); })},
             {"from", into(allowed.valid_from, time)},
             {"until", into(allowed.valid_until, time)}})));
    if (allowed.valid_until && *allowed.valid_until <= allowed.valid_from) {
        return values_.problem(table, "the measurement is never allowed: until is not after from",
                               "Correct the two times.");
    }
    out_.policy.measurements->allowed.push_back(std::move(allowed));
    return success();
}

Outcome<void> PolicyReader::read_signer(const toml::table& table) {
    if (table.contains("nitro-pcr8")) {
        return read_nitro_signer(table);
    }
    AllowedSigner signer;
    for (const auto* key : {"mr-signer", "product-id", "svn-min"}) {
        BOOST_OUTCOME_TRY(need(table, key, "[[measurements.signer]]"));
    }
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[measurements.signer]]",
                           std::to_array<Entry>({{"mr-signer", fixed_into(signer.mr_signer)},
                                                 {"product-id", number_into(signer.isv_prod_id, 0xffff)},
                                                 {"svn-min", number_into(signer.isv_svn_min, 0xffff)}})));
    out_.policy.measurements->signers.push_back(signer);
    return success();
}

Outcome<void> PolicyReader::read_nitro_signer(const toml::table& table) {
    NitroSigner signer;
    BOOST_OUTCOME_TRY(values_.read_table(table, "[[measurements.signer]] of AWS Nitro",
                                         std::to_array<Entry>({{"nitro-pcr8", fixed_into(signer)}})));
    if (signer.is_zero()) {
        return values_.problem(table, "PCR8 of zeros is that of an image that nobody signed",
                               "Name PCR8 of a signed image, or allow the image by its measurement.");
    }
    out_.policy.measurements->nitro_signers.push_back(signer);
    return success();
}

Outcome<void> PolicyReader::read_measurements(const toml::node& node) {
    auto& rules = out_.policy.measurements.emplace();
    const auto mode = [this](const toml::node& value) {
        const std::vector<std::string> words{"measurement", "signer"};
        const auto find = [](std::string_view text) -> std::optional<MeasurementMode> {
            return text == "measurement" ? std::optional{MeasurementMode::kMeasurement}
                   : text == "signer"    ? std::optional{MeasurementMode::kSigner}
                                         : std::nullopt;
        };
        return values_.word(value, words, find);
    };
    const auto revoked = [this](const toml::node& value) {
        return values_.list(value, [this](const toml::node& one) { return measurement(one); });
    };
    BOOST_OUTCOME_TRY(values_.read_table(
        node, "[measurements]",
        std::to_array<Entry>({{"mode", into(rules.mode, mode)},
                              {"revoked", into(rules.revoked, revoked)},
                              {"allow", tables("[[measurements.allow]]", &PolicyReader::read_allowed)},
                              {"signer", tables("[[measurements.signer]]", &PolicyReader::read_signer)}})));
    const bool is_by_signer = rules.mode == MeasurementMode::kSigner;
    const bool has_signers = !rules.signers.empty() || !rules.nitro_signers.empty();
    if (is_by_signer ? !has_signers : rules.allowed.empty()) {
        return values_.problem(
            node, "[measurements] accepts no program",
            is_by_signer ? "List who may sign as [[measurements.signer]]."
                         : "List what may run as [[measurements.allow]], or set mode = \"signer\".");
    }
    if (is_by_signer ? !rules.allowed.empty() : has_signers) {
        return values_.problem(node,
                               is_by_signer
                                   ? "[[measurements.allow]] means nothing where mode is \"signer\""
                                   : "[[measurements.signer]] means nothing where mode is \"measurement\"",
                               "Remove the entries, or correct the mode.");
    }
    return success();
}

Outcome<void> PolicyReader::read_list_floor(const toml::table& table) {
    ListNumber out;
    const auto number = [this](const toml::node& node) -> Outcome<Bytes> {
        constexpr std::size_t kNumberBytesMax = 21;
        const auto* text = node.as_string();
        const auto bytes = parse_hex(text == nullptr ? std::string{} : text->get());
        if (!bytes || bytes.value().empty() || bytes.value().size() > kNumberBytesMax) {
            return values_.unexpected(node, "a CRL number of 1 to 21 bytes as a text of hexadecimal digits");
        }
        return bytes.value();
    };
    for (const auto* key : {"issuer", "number"}) {
        BOOST_OUTCOME_TRY(need(table, key, "[[floors.list]]"));
    }
    BOOST_OUTCOME_TRY(values_.read_table(table, "[[floors.list]]",
                                         std::to_array<Entry>({{"issuer", fixed_into(out.issuer_sha256)},
                                                               {"number", into(out.number, number)}})));
    auto& lists = out_.policy.floors.lists;
    if (std::ranges::find(lists, out.issuer_sha256, &ListNumber::issuer_sha256) != lists.end()) {
        return values_.problem(table, "[[floors.list]] names this issuer twice", "Keep the larger number.");
    }
    lists.push_back(std::move(out));
    return success();
}

Outcome<void> PolicyReader::read_floors(const toml::node& node) {
    auto& floors = out_.policy.floors;
    constexpr std::uint64_t kEvaluationNumberMax = std::numeric_limits<std::uint32_t>::max();
    return values_.read_table(
        node, "[floors]",
        std::to_array<Entry>(
            {{"time", into(floors.time, [this](const toml::node& value) { return values_.time(value); })},
             {"sgx-evaluation-number", number_into(floors.sgx_evaluation_number, kEvaluationNumberMax)},
             {"tdx-evaluation-number", number_into(floors.tdx_evaluation_number, kEvaluationNumberMax)},
             {"list", tables("[[floors.list]]", &PolicyReader::read_list_floor)}}));
}

Outcome<void> PolicyReader::read_binding(const toml::node& node) {
    auto& binding = out_.policy.binding.emplace();
    // A block may name any role, but one that nobody has would refuse everything.
    const std::vector<std::string> roles{"worker", "kms", "client"};
    const auto role = [&](const toml::node& value) {
        return values_.word(value, roles, [&](std::string_view word) {
            const auto known = std::ranges::find(roles, word);
            return known == roles.end() ? std::nullopt : std::optional{*known};
        });
    };
    return values_.read_table(node, "[binding]",
                              std::to_array<Entry>({{"role", into(binding.role, role)},
                                                    {"genesis", fixed_into(binding.genesis_hash)},
                                                    {"shard", fixed_into(binding.shard)},
                                                    {"age-max", number_into(binding.age_s_max, kSpanSMax)}}));
}

Outcome<void> PolicyReader::read_simulation(const toml::node& node) {
    auto& policy = out_.policy;
    BOOST_OUTCOME_TRY(values_.read_table(
        node, "[simulation]",
        std::to_array<Entry>({{"allow", switch_into(policy.allows_simulation)},
                              {"development-chain", switch_into(out_.is_development_chain)},
                              {"keys", fixed_list_into(policy.simulation_keys)}})));
    if (policy.allows_simulation && (policy.simulation_keys.empty() || !out_.is_development_chain)) {
        return values_.problem(node,
                               "[simulation] allows evidence that no hardware vouches for, but not whose",
                               "Set keys, and development-chain = true, or remove allow.");
    }
    return success();
}

Outcome<void> PolicyReader::check_whole(const toml::table& root) const {
    const auto& policy = out_.policy;
    const auto types = root["evidence"]["types"];
    if (types &&
        std::ranges::find(policy.accepted_types, EvidenceType::kParavisor) != policy.accepted_types.end() &&
        policy.required_pcrs.empty()) {
        return values_.problem(*types.node(),
                               "paravisor is accepted, but no register says which guest may run below it",
                               "Add [[tpm.pcr]] with the registers of the guest, or remove paravisor.");
    }
    return success();
}

Outcome<PolicyDocument> PolicyReader::read(const toml::table& root) {
    const auto format = [this](const toml::node& value) -> Outcome<void> {
        const auto* text = value.as_string();
        if (text == nullptr || text->get() != kFormat) {
            return values_.unexpected(value, "\"" + std::string{kFormat} + "\"");
        }
        return success();
    };
    const auto name = [this](const toml::node& value) -> Outcome<std::string> {
        BOOST_OUTCOME_TRY(auto text, values_.text(value, kNameBytesMax));
        const auto is_same_letter = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
        if (std::ranges::equal(text, kBuiltInPolicyName, is_same_letter)) {
            return values_.problem(value, "the name " + text + " is that of the policy without a file",
                                   "Give the policy another name.");
        }
        return text;
    };
    const auto section = [this](Outcome<void> (PolicyReader::*read_section)(const toml::node&)) {
        return [this, read_section](const toml::node& value) { return (this->*read_section)(value); };
    };
    BOOST_OUTCOME_TRY(need(root, "format", "the policy"));
    BOOST_OUTCOME_TRY(values_.read_table(
        root, "the policy",
        std::to_array<Entry>(
            {{"format", format},
             {"name", into(out_.name, name)},
             {"revision", number_into(out_.revision, std::numeric_limits<std::int64_t>::max())},
             {"evidence", section(&PolicyReader::read_evidence)},
             {"tcb", section(&PolicyReader::read_tcb)},
             {"collateral", section(&PolicyReader::read_collateral)},
             {"sgx", section(&PolicyReader::read_sgx)},
             {"tdx", section(&PolicyReader::read_tdx)},
             {"snp", section(&PolicyReader::read_snp)},
             {"cca", section(&PolicyReader::read_cca)},
             {"nitro", section(&PolicyReader::read_nitro)},
             {"keystone", section(&PolicyReader::read_keystone)},
             {"tpm", section(&PolicyReader::read_tpm)},
             {"measurements", section(&PolicyReader::read_measurements)},
             {"floors", section(&PolicyReader::read_floors)},
             {"binding", section(&PolicyReader::read_binding)},
             {"simulation", section(&PolicyReader::read_simulation)}})));
    BOOST_OUTCOME_TRY(check_whole(root));
    return std::move(out_);
}

}  // namespace redoubt::policy_file
