// The sections of a policy that are about one kind of hardware each.
#include <policy-file/policy_reader.hpp>

#include <attestation/keystone/verifier.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/algorithm.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace redoubt::policy_file {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its words

namespace {

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

}  // namespace

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

}  // namespace redoubt::policy_file
