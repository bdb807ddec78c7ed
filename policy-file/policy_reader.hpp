/// Reads a policy document: each section is a function, each key one entry of its table. Of this folder only.
#pragma once

#include <policy-file/policy_file.hpp>
#include <policy-file/toml_values.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt::policy_file {

/// Longest span of time, in seconds: a century.
inline constexpr std::uint64_t kSpanSMax = 100ULL * 366 * 86'400;
/// Of a name that somebody chose.
inline constexpr std::size_t kNameBytesMax = 128;

template <class List, class Text>
std::vector<std::string> words_of(const List& list, Text&& text) {
    std::vector<std::string> out;
    for (const auto& one : list) {
        out.emplace_back(text(one));
    }
    return out;
}

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

    [[nodiscard]] Outcome<attestation::TcbStatus> status(const toml::node& node) const;
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
    [[nodiscard]] Outcome<attestation::SnpFirmwareVersion> firmware_version(const toml::node& node) const;
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

}  // namespace redoubt::policy_file
