#include <attestation/trust_roots.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <primitives/uint128.hpp>
#include <tools/devchain/chain_spec.hpp>

#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace redoubt::devchain {
namespace {

using nlohmann::json;

constexpr uint128 kUnit = 1'000'000'000'000;
constexpr std::size_t kBalancesMax = 4'000'000;

Checked<AccountId> read_account(const json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) {
        return Mistake{"an account has to be a text"};
    }
    if (text->starts_with("//")) {
        const auto pair = crypto::KeyPair::from_secret_uri(*text, crypto::Scheme::kSr25519);
        if (!pair) {
            return Mistake{*text + ": " + pair.error().message()};
        }
        return pair.value().account_id();
    }
    const auto account = crypto::parse_account_id(*text, std::nullopt);
    if (!account) {
        return Mistake{*text + " is no account: " + account.error().message()};
    }
    return account.value();
}

Checked<uint128> read_amount(const json& value) {
    if (value.is_number_unsigned()) {
        return uint128{value.get<std::uint64_t>()};
    }
    if (const auto* text = value.get_ptr<const std::string*>()) {
        if (const auto amount = parse_decimal_u128(*text)) {
            return *amount;
        }
    }
    return Mistake{std::string{"an amount has to be a decimal number of the smallest unit: "} + value.dump()};
}

Checked<std::uint64_t> read_integer(const json& value, std::uint64_t lowest, std::uint64_t highest) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < lowest ||
        value.get<std::uint64_t>() > highest) {
        return Mistake{"expected a number from " + std::to_string(lowest) + " to " + std::to_string(highest)};
    }
    return value.get<std::uint64_t>();
}

Checked<bool> read_bool(const json& value) {
    if (!value.is_boolean()) {
        return Mistake{"expected true or false"};
    }
    return value.get<bool>();
}

Checked<std::string> read_name(const json& value) {
    if (!value.is_string()) {
        return Mistake{"expected a text"};
    }
    return value.get<std::string>();
}

using Member = std::function<Checked<void>(const json& value, ChainOptions& options)>;

Checked<void> read_balances(const json& value, ChainOptions& options) {
    if (!value.is_array() || value.size() > kBalancesMax) {
        return Mistake{"expected a list of pairs of account and amount"};
    }
    options.genesis.balances.clear();
    for (const auto& entry : value) {
        if (!entry.is_array() || entry.size() != 2) {
            return Mistake{"expected pairs of account and amount"};
        }
        BOOST_OUTCOME_TRY(const auto account, read_account(entry[0]));
        BOOST_OUTCOME_TRY(const auto amount, read_amount(entry[1]));
        if (amount < kExistentialDeposit) {
            return Mistake{entry[0].dump() + " gets less than the existential deposit of " +
                           to_decimal(kExistentialDeposit)};
        }
        options.genesis.balances.emplace_back(account, amount);
    }
    return success();
}

Checked<void> read_storage(const json& value, ChainOptions& options) {
    if (!value.is_object()) {
        return Mistake{"expected an object of keys and values in hex"};
    }
    for (const auto& [key, text] : value.items()) {
        const auto key_bytes = parse_hex(key);
        const auto value_bytes = text.is_string() ? parse_hex(text.get<std::string>()) : HexError::kBadDigit;
        if (!key_bytes || !value_bytes) {
            return Mistake{key + " or its value is not hex"};
        }
        options.genesis.raw.emplace_back(key_bytes.value(), value_bytes.value());
    }
    return success();
}

/// A certificate that takes the place of Intel's root; null for none.
Checked<std::optional<Bytes>> read_test_root(const json& value) {
    if (value.is_null()) {
        return std::optional<Bytes>{};
    }
    const auto bytes = value.is_string() ? parse_hex(value.get<std::string>()) : HexError::kBadDigit;
    if (!bytes || !attestation::TrustRoots::with_intel_root(bytes.value())) {
        return Mistake{"sgxTestRoot: expected a certificate, DER in hex"};
    }
    return std::optional{bytes.value()};
}

Checked<void> read_teerex(const json& value, ChainOptions& options) {
    if (!value.is_object()) {
        return Mistake{"expected an object"};
    }
    for (const auto& [name, flag] : value.items()) {
        if (name == "sgxTestRoot") {
            BOOST_OUTCOME_TRY(options.genesis.sgx_test_root, read_test_root(flag));
            continue;
        }
        BOOST_OUTCOME_TRY(const auto is_on, read_bool(flag));
        if (name == "allowSkippingAttestation") {
            options.genesis.allow_skipping_attestation = is_on;
        } else if (name == "sgxAllowDebugMode") {
            options.genesis.sgx_allow_debug_mode = is_on;
        } else {
            return Mistake{name + " is not known"};
        }
    }
    return success();
}

Checked<void> read_sudo(const json& value, ChainOptions& options) {
    options.genesis.sudo = std::nullopt;
    if (!value.is_null()) {
        BOOST_OUTCOME_TRY(options.genesis.sudo, read_account(value));
    }
    return success();
}

Checked<void> read_block_time(const json& value, ChainOptions& options) {
    BOOST_OUTCOME_TRY(options.genesis.slot_duration_ms,
                      read_integer(value, kBlockTimeMsMin, kBlockTimeMsMax));
    return success();
}

Checked<void> read_authorities(const json& value, ChainOptions& options) {
    BOOST_OUTCOME_TRY(const auto count, read_integer(value, 1, kAuthoritiesMax));
    options.authorities = static_cast<unsigned>(count);
    return success();
}

Checked<void> read_justify_every(const json& value, ChainOptions& options) {
    BOOST_OUTCOME_TRY(const auto blocks, read_integer(value, 1, UINT32_MAX));
    options.justify_every = static_cast<std::uint32_t>(blocks);
    return success();
}

Checked<void> read_chain_name(const json& value, ChainOptions& options) {
    BOOST_OUTCOME_TRY(options.name, read_name(value));
    return success();
}

Checked<void> read_chain_id(const json& value, ChainOptions& options) {
    BOOST_OUTCOME_TRY(options.id, read_name(value));
    return success();
}

const std::map<std::string, Member, std::less<>>& members() {
    static const std::map<std::string, Member, std::less<>> kMembers{
        {"name", read_chain_name},
        {"id", read_chain_id},
        {"blockTimeMs", read_block_time},
        {"authorities", read_authorities},
        {"justifyEvery", read_justify_every},
        {"balances", read_balances},
        {"sudo", read_sudo},
        {"teerex", read_teerex},
        {"storage", read_storage},
    };
    return kMembers;
}

}  // namespace

ChainOptions development_chain() {
    ChainOptions out;
    out.genesis.slot_duration_ms = 1'000;
    for (const auto* name : {"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"}) {
        for (const auto* path : {"", "//stash"}) {
            const auto pair =
                crypto::KeyPair::from_secret_uri(std::string{name} + path, crypto::Scheme::kSr25519);
            REDOUBT_ASSERT(pair.has_value());
            out.genesis.balances.emplace_back(pair.value().account_id(), 1'000'000 * kUnit);
        }
    }
    out.genesis.sudo = out.genesis.balances.front().first;
    return out;
}

Checked<ChainOptions> apply_chain_spec(ChainOptions options, const json& spec) {
    if (!spec.is_object()) {
        return Mistake{"a chain spec has to be a JSON object"};
    }
    for (const auto& [name, value] : spec.items()) {
        const auto member = members().find(name);
        if (member == members().end()) {
            return Mistake{name + " is not known in a chain spec"};
        }
        if (const auto read = member->second(value, options); !read) {
            return Mistake{name + ": " + read.error().what};
        }
    }
    return options;
}

json chain_spec_json(const ChainOptions& options) {
    const auto& genesis = options.genesis;
    json balances = json::array();
    for (const auto& [account, amount] : genesis.balances) {
        balances.push_back(
            json::array({crypto::encode_ss58(account.view(), kSs58Prefix), to_decimal(amount)}));
    }
    json storage = json::object();
    for (const auto& [key, value] : genesis.raw) {
        storage[to_hex_0x(key)] = to_hex_0x(value);
    }
    return {{"name", options.name},
            {"id", options.id},
            {"blockTimeMs", genesis.slot_duration_ms},
            {"authorities", options.authorities},
            {"justifyEvery", options.justify_every},
            {"balances", std::move(balances)},
            {"sudo", genesis.sudo ? json(crypto::encode_ss58(genesis.sudo->view(), kSs58Prefix)) : json()},
            {"teerex",
             {{"allowSkippingAttestation", genesis.allow_skipping_attestation},
              {"sgxAllowDebugMode", genesis.sgx_allow_debug_mode},
              {"sgxTestRoot", genesis.sgx_test_root ? json(to_hex_0x(*genesis.sgx_test_root)) : json()}}},
            {"storage", std::move(storage)}};
}

void add_synthetic_accounts(GenesisConfig& genesis, std::uint32_t count) {
    genesis.balances.reserve(genesis.balances.size() + count);
    for (std::uint32_t index = 0; index < count; ++index) {
        const auto id = crypto::blake2b_256(scale::encode(index));
        genesis.balances.emplace_back(AccountId::copy_of(id.bytes), 1'000 * kUnit);
    }
}

}  // namespace redoubt::devchain
