#include <policy-file/policy_file.hpp>

#include <attestation/digest.hpp>
#include <attestation/evidence_type.hpp>
#include <attestation/keystone/verifier.hpp>
#include <attestation/limits.hpp>
#include <attestation/tcb_status.hpp>
#include <attestation/x509/algorithm.hpp>
#include <policy-file/toml_values.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <utility>

namespace redoubt::policy_file {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its words

constexpr std::string_view kFormat = "redoubt-policy/1";
constexpr std::size_t kNameBytesMax = 128;
/// Longest span of time, in seconds: a century.
constexpr std::uint64_t kSpanSMax = 100ULL * 366 * 86'400;

constexpr auto kTypes = std::to_array<EvidenceType>(
    {EvidenceType::kSgxDcap, EvidenceType::kTdxDcap, EvidenceType::kSgxIas, EvidenceType::kSnp,
     EvidenceType::kParavisor, EvidenceType::kNitro, EvidenceType::kCca, EvidenceType::kKeystone,
     EvidenceType::kTpm, EvidenceType::kSimulation});
constexpr auto kStatuses = std::to_array<TcbStatus>(
    {TcbStatus::kUpToDate, TcbStatus::kSwHardeningNeeded, TcbStatus::kConfigurationNeeded,
     TcbStatus::kConfigurationAndSwHardeningNeeded, TcbStatus::kOutOfDate,
     TcbStatus::kOutOfDateConfigurationNeeded, TcbStatus::kTdRelaunchAdvised,
     TcbStatus::kTdRelaunchAdvisedConfigurationNeeded});
constexpr auto kProducts =
    std::to_array<SnpProduct>({SnpProduct::kMilan, SnpProduct::kGenoa, SnpProduct::kTurin});
/// Banks of a TPM's registers, and the bytes of a register.
struct BankRow {
    std::string_view name;
    std::uint16_t bank;
    std::size_t bytes;
};
constexpr auto kBanks = std::to_array<BankRow>(
    {{"sha256", kTpmSha256, 32}, {"sha384", kTpmSha384, 48}, {"sha512", kTpmSha512, 64}});
constexpr std::uint64_t kPcrIndexMax = 31;
/// Bits of PLATFORM_INFO that a policy may ask for. Multithreading is `smt-off`, for all kinds of platforms.
using Protection = std::pair<std::string_view, std::uint64_t>;
constexpr auto kProtections = std::to_array<Protection>({{"tsme", kSnpPlatformTsme},
                                                         {"ecc", kSnpPlatformEcc},
                                                         {"rapl-disabled", kSnpPlatformRaplDisabled},
                                                         {"ciphertext-hiding", kSnpPlatformCiphertextHiding},
                                                         {"alias-check", kSnpPlatformAliasCheck},
                                                         {"tio", kSnpPlatformTio}});
/// What the attestation service calls its statuses.
constexpr auto kQuoteStatuses = std::to_array<std::pair<std::string_view, IasQuoteStatus>>(
    {{"OK", IasQuoteStatus::kOk},
     {"SW_HARDENING_NEEDED", IasQuoteStatus::kSwHardeningNeeded},
     {"CONFIGURATION_NEEDED", IasQuoteStatus::kConfigurationNeeded},
     {"CONFIGURATION_AND_SW_HARDENING_NEEDED", IasQuoteStatus::kConfigurationAndSwHardeningNeeded},
     {"GROUP_OUT_OF_DATE", IasQuoteStatus::kGroupOutOfDate}});

template <class List, class Text>
std::vector<std::string> words_of(const List& list, Text&& text) {
    std::vector<std::string> out;
    for (const auto& one : list) {
        out.emplace_back(text(one));
    }
    return out;
}

/// Reads a document into a policy. Each section is a function, each key one entry of its table.
class PolicyReader {
  public:
    explicit PolicyReader(std::string file) : values_(std::move(file)) {}

    [[nodiscard]] Outcome<PolicyDocument> read(const toml::table& root);

  private:
    /// What a key's value is stored into.
    template <class Member, class Read>
    [[nodiscard]] static ReadValue into(Member& member, Read read) {
        return [&member, read](const toml::node& node) -> Outcome<void> {
            BOOST_OUTCOME_TRY(auto value, read(node));
            member = std::move(value);
            return success();
        };
    }
    template <class Number>
    [[nodiscard]] ReadValue number_into(Number& member, std::uint64_t max) const {
        return [this, &member, max](const toml::node& node) -> Outcome<void> {
            BOOST_OUTCOME_TRY(const auto value, values_.number(node, max));
            member = static_cast<typename Unwrapped<Number>::Type>(value);
            return success();
        };
    }
    [[nodiscard]] ReadValue switch_into(bool& member) const {
        return into(member, [this](const toml::node& node) { return values_.boolean(node); });
    }
    template <class Member>
    [[nodiscard]] ReadValue fixed_into(Member& member) const {
        using Fixed = typename Unwrapped<Member>::Type;
        return into(member, [this](const toml::node& node) { return values_.fixed<Fixed>(node); });
    }
    template <class Fixed>
    [[nodiscard]] ReadValue fixed_list_into(std::vector<Fixed>& member) const {
        return into(member, [this](const toml::node& node) {
            return values_.list(node, [this](const toml::node& one) { return values_.fixed<Fixed>(one); });
        });
    }
    /// The same for a list of what is allowed, which has to name something.
    template <class Fixed>
    [[nodiscard]] ReadValue allow_list_into(std::optional<std::vector<Fixed>>& member) const {
        return into(member, [this](const toml::node& node) { return filled_list<Fixed>(node); });
    }
    template <class Fixed>
    [[nodiscard]] ReadValue allow_list_into(std::vector<Fixed>& member) const {
        return into(member, [this](const toml::node& node) { return filled_list<Fixed>(node); });
    }
    template <class Fixed>
    [[nodiscard]] Outcome<std::vector<Fixed>> filled_list(const toml::node& node) const {
        return values_.filled_list(node, [this](const toml::node& one) { return values_.fixed<Fixed>(one); });
    }
    template <class T>
    struct Unwrapped {
        using Type = T;
    };
    template <class T>
    struct Unwrapped<std::optional<T>> {
        using Type = T;
    };

    [[nodiscard]] Outcome<TcbStatus> status(const toml::node& node) const;
    [[nodiscard]] Outcome<Bytes> measurement(const toml::node& node) const;
    [[nodiscard]] Outcome<void> read_evidence(const toml::node& node);
    /// What no section can say alone.
    [[nodiscard]] Outcome<void> check_whole(const toml::table& root) const;
    [[nodiscard]] Outcome<void> read_tcb(const toml::node& node);
    [[nodiscard]] Outcome<void> read_mitigated(const toml::node& node);
    [[nodiscard]] Outcome<void> read_collateral(const toml::node& node);
    [[nodiscard]] Outcome<void> read_sgx(const toml::node& node);
    [[nodiscard]] Outcome<void> read_tdx(const toml::node& node);
    [[nodiscard]] Outcome<void> read_snp(const toml::node& node);
    [[nodiscard]] Outcome<void> read_td(const toml::table& table);
    [[nodiscard]] Outcome<void> read_floor(const toml::table& table);
    /// MAJOR.MINOR.BUILD
    [[nodiscard]] Outcome<SnpFirmwareVersion> firmware_version(const toml::node& node) const;
    [[nodiscard]] Outcome<void> read_tpm(const toml::node& node);
    [[nodiscard]] Outcome<void> read_pcr(const toml::table& table);
    [[nodiscard]] Outcome<void> read_cca(const toml::node& node);
    [[nodiscard]] Outcome<void> read_component(const toml::table& table);
    [[nodiscard]] Outcome<void> read_realm(const toml::table& table);
    [[nodiscard]] Outcome<void> read_nitro(const toml::node& node);
    [[nodiscard]] Outcome<void> read_nitro_pcr(const toml::table& table);
    [[nodiscard]] Outcome<void> read_keystone(const toml::node& node);
    /// A public key in DER.
    [[nodiscard]] Outcome<Bytes> read_public_key_info(const toml::node& node) const;
    [[nodiscard]] Outcome<void> read_platform_key(const toml::table& table);
    [[nodiscard]] Outcome<void> read_measurements(const toml::node& node);
    [[nodiscard]] Outcome<void> read_allowed(const toml::table& table);
    [[nodiscard]] Outcome<void> read_signer(const toml::table& table);
    /// Of an image of AWS Nitro, which has no version.
    [[nodiscard]] Outcome<void> read_nitro_signer(const toml::table& table);
    [[nodiscard]] Outcome<void> read_floors(const toml::node& node);
    [[nodiscard]] Outcome<void> read_list_floor(const toml::table& table);
    [[nodiscard]] Outcome<void> read_binding(const toml::node& node);
    [[nodiscard]] Outcome<void> read_simulation(const toml::node& node);

    /// A digest of SHA-256, SHA-384 or SHA-512.
    [[nodiscard]] Outcome<Bytes> digest(const toml::node& node) const;
    template <class Entry>
    static void append_to(std::optional<std::vector<Entry>>& list, Entry entry) {
        (list ? *list : list.emplace()).push_back(std::move(entry));
    }
    /// The key of a table whose tables are entries of a list.
    [[nodiscard]] ReadValue tables(std::string_view where,
                                   Outcome<void> (PolicyReader::*read_one)(const toml::table&)) {
        return [this, where, read_one](const toml::node& value) {
            return values_.read_tables(value, std::string{where},
                                       [&](const toml::table& one) { return (this->*read_one)(one); });
        };
    }
    /// A key that a table cannot be without.
    [[nodiscard]] Outcome<void> need(const toml::table& table,
                                     std::string_view key,
                                     const std::string& where) const {
        if (!table.contains(key)) {
            return values_.problem(table, where + " has no " + std::string{key},
                                   "Add " + std::string{key} + " = ... to it.");
        }
        return success();
    }

    TomlValues values_;
    PolicyDocument out_;
};

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

Outcome<void> PolicyReader::read_sgx(const toml::node& node) {
    auto& policy = out_.policy;
    return values_.read_table(
        node, "[sgx]",
        std::to_array<Entry>(
            {{"refuse-provision-key", switch_into(policy.refuses_provision_key)},
             {"misc-select", number_into(policy.pins.misc_select, std::numeric_limits<std::uint32_t>::max())},
             {"config-id", fixed_into(policy.pins.config_id)}}));
}

Outcome<void> PolicyReader::read_tdx(const toml::node& node) {
    auto& policy = out_.policy;
    return values_.read_table(
        node, "[tdx]",
        std::to_array<Entry>({{"require-sept-ve-disable", switch_into(policy.requires_sept_ve_disable)},
                              {"service-tds", fixed_list_into(policy.allowed_service_tds)},
                              {"mr-config-id", fixed_into(policy.pins.mr_config_id)},
                              {"allow", tables("[[tdx.allow]]", &PolicyReader::read_td)}}));
}

Outcome<void> PolicyReader::read_td(const toml::table& table) {
    AllowedTd out;
    BOOST_OUTCOME_TRY(need(table, "mr-td", "[[tdx.allow]]"));
    BOOST_OUTCOME_TRY(values_.read_table(table, "[[tdx.allow]]",
                                         std::to_array<Entry>({{"mr-td", fixed_into(out.mr_td)},
                                                               {"rtmr0", fixed_into(out.rtmr[0])},
                                                               {"rtmr1", fixed_into(out.rtmr[1])},
                                                               {"rtmr2", fixed_into(out.rtmr[2])},
                                                               {"rtmr3", fixed_into(out.rtmr[3])}})));
    append_to(out_.policy.allowed_tds, std::move(out));
    return success();
}

Outcome<SnpFirmwareVersion> PolicyReader::firmware_version(const toml::node& node) const {
    const auto* text = node.as_string();
    std::string_view rest = text == nullptr ? std::string_view{} : std::string_view{text->get()};
    std::array<std::uint8_t, 3> parts{};
    bool is_version = true;
    for (std::size_t i = 0; i < parts.size() && is_version; ++i) {
        const auto dot = std::min(rest.find('.'), rest.size());
        const auto* end = rest.data() + dot;
        const auto read = std::from_chars(rest.data(), end, parts.at(i));
        const bool is_last = i + 1 == parts.size();
        is_version = read.ec == std::errc{} && read.ptr == end && (dot == rest.size()) == is_last;
        rest.remove_prefix(is_version && !is_last ? dot + 1 : dot);
    }
    if (!is_version) {
        return values_.unexpected(node,
                                  "a version such as \"1.55.21\": MAJOR.MINOR.BUILD, each from 0 to 255");
    }
    return SnpFirmwareVersion{.build = parts[2], .minor = parts[1], .major = parts[0]};
}

Outcome<void> PolicyReader::read_floor(const toml::table& table) {
    SnpFloor floor;
    const auto product = [this](const toml::node& one) {
        return values_.word(one, words_of(kProducts, product_name), snp_product_named);
    };
    const auto firmware = [this](const toml::node& one) { return firmware_version(one); };
    BOOST_OUTCOME_TRY(need(table, "product", "[[snp.floor]]"));
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[snp.floor]]",
                           std::to_array<Entry>({{"product", into(floor.product, product)},
                                                 {"fmc", number_into(floor.svns.fmc, 255)},
                                                 {"boot-loader", number_into(floor.svns.boot_loader, 255)},
                                                 {"tee", number_into(floor.svns.tee, 255)},
                                                 {"snp", number_into(floor.svns.snp, 255)},
                                                 {"microcode", number_into(floor.svns.microcode, 255)},
                                                 {"firmware", into(floor.firmware, firmware)}})));
    if (floor.svns == SnpSvns{} && floor.firmware == SnpFirmwareVersion{}) {
        return values_.problem(
            table, "[[snp.floor]] of " + std::string{product_name(floor.product)} + " has no floor above 0",
            "Name the lowest fmc, boot-loader, tee, snp, microcode or firmware, or remove it.");
    }
    out_.policy.snp_floors.push_back(floor);
    return success();
}

Outcome<void> PolicyReader::read_snp(const toml::node& node) {
    auto& policy = out_.policy;
    auto& guest = policy.snp_guest;
    const auto protection = [this](const toml::node& one) {
        const auto find = [](std::string_view text) -> std::optional<std::uint64_t> {
            const auto* row = std::ranges::find(kProtections, text, &Protection::first);
            return row == kProtections.end() ? std::nullopt : std::optional{row->second};
        };
        return values_.word(one, words_of(kProtections, [](const Protection& row) { return row.first; }),
                            find);
    };
    const auto protections = [&](const toml::node& value) -> Outcome<void> {
        BOOST_OUTCOME_TRY(const auto bits, values_.filled_list(value, protection));
        for (const auto bit : bits) {
            guest.platform_info |= bit;
        }
        return success();
    };
    const auto providers = [this](const toml::node& value) {
        return values_.filled_list(
            value, [this](const toml::node& one) { return values_.text(one, kNameBytesMax); });
    };
    return values_.read_table(
        node, "[snp]",
        std::to_array<Entry>(
            {{"migration", switch_into(policy.allows_snp_migration)},
             {"floors-apply-to-committed", switch_into(policy.applies_snp_floors_to_committed)},
             {"require-revocation-list", switch_into(policy.requires_snp_revocation_list)},
             {"host-data", fixed_into(policy.pins.host_data)},
             {"guest-policy", number_into(guest.guest_policy, std::numeric_limits<std::int64_t>::max())},
             {"id-keys", allow_list_into(guest.id_keys)},
             {"author-keys", allow_list_into(guest.author_keys)},
             {"require-platform", protections},
             {"csp-ids", into(guest.csp_ids, providers)},
             {"floor", tables("[[snp.floor]]", &PolicyReader::read_floor)}}));
}

Outcome<void> PolicyReader::read_pcr(const toml::table& table) {
    PcrValue pcr;
    const auto bank = [this](const toml::node& one) {
        const auto find = [](std::string_view text) -> std::optional<std::uint16_t> {
            const auto* row = std::ranges::find(kBanks, text, &BankRow::name);
            return row == kBanks.end() ? std::nullopt : std::optional{row->bank};
        };
        return values_.word(one, words_of(kBanks, [](const BankRow& row) { return row.name; }), find);
    };
    const auto value = [this](const toml::node& one) {
        constexpr std::array lengths{kBanks[0].bytes, kBanks[1].bytes, kBanks[2].bytes};
        return values_.bytes(one, lengths);
    };
    for (const auto* key : {"bank", "index", "value"}) {
        BOOST_OUTCOME_TRY(need(table, key, "[[tpm.pcr]]"));
    }
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[tpm.pcr]]",
                           std::to_array<Entry>({{"bank", into(pcr.bank, bank)},
                                                 {"index", number_into(pcr.index, kPcrIndexMax)},
                                                 {"value", into(pcr.value, value)}})));
    if (std::ranges::find(kBanks, pcr.bank, &BankRow::bank)->bytes != pcr.value.size()) {
        return values_.problem(table, "the value is not as long as the registers of its bank",
                               "Correct bank or value.");
    }
    out_.policy.required_pcrs.push_back(std::move(pcr));
    return success();
}

Outcome<Bytes> PolicyReader::read_public_key_info(const toml::node& node) const {
    const auto* text = node.as_string();
    const auto bytes = parse_hex(text == nullptr ? std::string{} : text->get());
    if (!bytes || bytes.value().empty() || !x509::read_public_key(bytes.value())) {
        return values_.unexpected(node, "a SubjectPublicKeyInfo as a text of hexadecimal digits");
    }
    return bytes.value();
}

Outcome<void> PolicyReader::read_platform_key(const toml::table& table) {
    cca::PlatformKey out;
    const auto key = [this](const toml::node& node) { return read_public_key_info(node); };
    BOOST_OUTCOME_TRY(need(table, "key", "[[cca.platform-key]]"));
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[cca.platform-key]]",
                           std::to_array<Entry>({{"key", into(out.public_key_info, key)},
                                                 {"implementation-id", fixed_into(out.implementation_id)},
                                                 {"instance-id", fixed_into(out.instance_id)}})));
    out_.cca_platform_keys.push_back(std::move(out));
    return success();
}

Outcome<void> PolicyReader::read_component(const toml::table& table) {
    AllowedComponent out;
    const auto text = [this](const toml::node& node) { return values_.text(node, kCcaTextBytesMax); };
    const auto read_digest = [this](const toml::node& node) { return digest(node); };
    BOOST_OUTCOME_TRY(need(table, "measurement", "[[cca.component]]"));
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[cca.component]]",
                           std::to_array<Entry>({{"measurement", into(out.measurement, read_digest)},
                                                 {"signer-id", into(out.signer_id, read_digest)},
                                                 {"type", into(out.type, text)},
                                                 {"version", into(out.version, text)}})));
    append_to(out_.policy.allowed_components, std::move(out));
    return success();
}

Outcome<void> PolicyReader::read_realm(const toml::table& table) {
    AllowedRealm out;
    const auto read_digest = [this](const toml::node& node) { return digest(node); };
    auto& extensible = out.extensible_measurements;
    BOOST_OUTCOME_TRY(need(table, "initial-measurement", "[[cca.realm]]"));
    BOOST_OUTCOME_TRY(values_.read_table(
        table, "[[cca.realm]]",
        std::to_array<Entry>({{"initial-measurement", into(out.initial_measurement, read_digest)},
                              {"extensible0", into(extensible[0], read_digest)},
                              {"extensible1", into(extensible[1], read_digest)},
                              {"extensible2", into(extensible[2], read_digest)},
                              {"extensible3", into(extensible[3], read_digest)},
                              {"personalization", fixed_into(out.personalization)}})));
    const bool has_one_length = std::ranges::all_of(extensible, [&](const std::optional<Bytes>& one) {
        return !one || one->size() == out.initial_measurement.size();
    });
    if (!has_one_length) {
        return values_.problem(table, "no realm is like this: its measurements have one length",
                               "Write all measurements of the realm with the digests of one hash.");
    }
    append_to(out_.policy.allowed_realms, std::move(out));
    return success();
}

Outcome<void> PolicyReader::read_cca(const toml::node& node) {
    return values_.read_table(
        node, "[cca]",
        std::to_array<Entry>(
            {{"platform-key", tables("[[cca.platform-key]]", &PolicyReader::read_platform_key)},
             {"component", tables("[[cca.component]]", &PolicyReader::read_component)},
             {"realm", tables("[[cca.realm]]", &PolicyReader::read_realm)}}));
}

Outcome<void> PolicyReader::read_nitro_pcr(const toml::table& table) {
    AllowedNitroPcr out;
    for (const auto* key : {"index", "values"}) {
        BOOST_OUTCOME_TRY(need(table, key, "[[nitro.pcr]]"));
    }
    BOOST_OUTCOME_TRY(
        values_.read_table(table, "[[nitro.pcr]]",
                           std::to_array<Entry>({{"index", number_into(out.index, kNitroPcrs - 1)},
                                                 {"values", allow_list_into(out.values)}})));
    out_.policy.nitro_pcrs.push_back(std::move(out));
    return success();
}

Outcome<void> PolicyReader::read_nitro(const toml::node& node) {
    return values_.read_table(
        node, "[nitro]",
        std::to_array<Entry>({{"pcr", tables("[[nitro.pcr]]", &PolicyReader::read_nitro_pcr)}}));
}

Outcome<void> PolicyReader::read_keystone(const toml::node& node) {
    auto& allows_published = out_.policy.allows_published_keystone_keys;
    BOOST_OUTCOME_TRY(
        values_.read_table(node, "[keystone]",
                           std::to_array<Entry>({{"device-keys", fixed_list_into(out_.keystone_device_keys)},
                                                 {"published-keys", switch_into(allows_published)}})));
    if (!allows_published && std::ranges::any_of(out_.keystone_device_keys, keystone::is_published_key)) {
        return values_.problem(
            node, "[keystone] trusts a device key whose secret is published: anybody can sign as it",
            "Name the key of a device that has one of its own. For development alone, set published-keys = "
            "true.");
    }
    return success();
}

Outcome<void> PolicyReader::read_tpm(const toml::node& node) {
    constexpr std::uint64_t kCounterMax = std::numeric_limits<std::uint32_t>::max();
    TpmCounters counters;
    const auto keys = [this](const toml::node& value) -> Outcome<void> {
        BOOST_OUTCOME_TRY(auto listed, values_.list(value, [this](const toml::node& one) {
            return read_public_key_info(one);
        }));
        for (auto& key : listed) {
            out_.tpm_attestation_keys.push_back({.public_key_info = std::move(key)});
        }
        return success();
    };
    BOOST_OUTCOME_TRY(values_.read_table(
        node, "[tpm]",
        std::to_array<Entry>({{"attestation-keys", keys},
                              {"resets-min", number_into(counters.resets, kCounterMax)},
                              {"restarts-min", number_into(counters.restarts, kCounterMax)},
                              {"pcr", tables("[[tpm.pcr]]", &PolicyReader::read_pcr)}})));
    if (counters > TpmCounters{}) {
        out_.policy.tpm_counters_min = counters;
    }
    return success();
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
    const auto role = [this](const toml::node& value) { return values_.text(value, kRoleBytesMax); };
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

}  // namespace

SimulationAllowance PolicyDocument::simulation() const {
    return {.is_allowed = policy.allows_simulation,
            .is_development_chain = is_development_chain,
            .trusted_keys = policy.simulation_keys};
}

Outcome<PolicyDocument> parse_policy(std::string_view text, const std::string& file) {
    if (text.size() > kPolicyFileBytesMax) {
        return Problem{file + " is larger than " + std::to_string(kPolicyFileBytesMax) + " bytes",
                       "Name a policy file."};
    }
    try {
        const auto table = toml::parse(text, file);
        BOOST_OUTCOME_TRY(auto document, PolicyReader{file}.read(table));
        document.sha256 = sha2_256({bytes_of(text)});
        return document;
    } catch (const toml::parse_error& error) {
        return TomlValues{file}.problem(error.source(), std::string{error.description()},
                                        "Correct the file; it is TOML.");
    }
}

Outcome<PolicyDocument> load_policy(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::string text(kPolicyFileBytesMax + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (in.fail() && !in.eof())) {
        return Problem{file.string() + " cannot be read", "Name a policy file that you may read."};
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_policy(text, file.string());
}

}  // namespace redoubt::policy_file
