/// Getters: questions about a shard's state, public ones and ones that their owner signs.
///
/// The 0.14.2 dialect of the JS client is decoded apart from these (legacy_getter.hpp).
///
/// @source integritee-wire.md, section 3.3; variants 200 are Redoubt's own (docs/PROTOCOL.md)
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <stf/types/basic.hpp>
#include <string>
#include <tuple>
#include <variant>

namespace redoubt::stf {

/// The alternatives of PublicGetter.
namespace public_getter {

/// The only inner alternative of GuessTheNumber.
struct GuessTheNumberInfo {
    static constexpr std::uint8_t kIndex = 0;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const GuessTheNumberInfo&) const = default;
};

struct SomeValue {
    static constexpr std::uint8_t kIndex = 0;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const SomeValue&) const = default;
};

struct TotalIssuance {
    static constexpr std::uint8_t kIndex = 1;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const TotalIssuance&) const = default;
};

struct UndistributedFees {
    static constexpr std::uint8_t kIndex = 2;
    std::optional<AssetId> asset;
    static constexpr auto kScaleFields = std::tuple{&UndistributedFees::asset};
    bool operator==(const UndistributedFees&) const = default;
};

struct ParentchainsInfo {
    static constexpr std::uint8_t kIndex = 10;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const ParentchainsInfo&) const = default;
};

struct NoteBucketsInfo {
    static constexpr std::uint8_t kIndex = 11;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const NoteBucketsInfo&) const = default;
};

struct ShardInfo {
    static constexpr std::uint8_t kIndex = 12;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const ShardInfo&) const = default;
};

struct AssetTotalIssuance {
    static constexpr std::uint8_t kIndex = 40;
    AssetId asset = AssetId::kUsdt;
    static constexpr auto kScaleFields = std::tuple{&AssetTotalIssuance::asset};
    bool operator==(const AssetTotalIssuance&) const = default;
};

struct GuessTheNumber {
    static constexpr std::uint8_t kIndex = 50;
    IndexedVariant<GuessTheNumberInfo> getter;
    static constexpr auto kScaleFields = std::tuple{&GuessTheNumber::getter};
    bool operator==(const GuessTheNumber&) const = default;
};

struct ModuleQuery {
    static constexpr std::uint8_t kIndex = 200;
    std::string module;
    Bytes query;
    static constexpr auto kScaleFields = std::tuple{&ModuleQuery::module, &ModuleQuery::query};
    bool operator==(const ModuleQuery&) const = default;
};

}  // namespace public_getter

using PublicGetter = IndexedVariant<public_getter::SomeValue,
                                    public_getter::TotalIssuance,
                                    public_getter::UndistributedFees,
                                    public_getter::ParentchainsInfo,
                                    public_getter::NoteBucketsInfo,
                                    public_getter::ShardInfo,
                                    public_getter::AssetTotalIssuance,
                                    public_getter::GuessTheNumber,
                                    public_getter::ModuleQuery>;

/// The alternatives of TrustedGetter.
namespace trusted_getter {

/// The only inner alternative of GuessTheNumber.
struct GuessTheNumberAttempts {
    static constexpr std::uint8_t kIndex = 0;
    AccountId origin;
    static constexpr auto kScaleFields = std::tuple{&GuessTheNumberAttempts::origin};
    bool operator==(const GuessTheNumberAttempts&) const = default;
};

struct AccountInfo {
    static constexpr std::uint8_t kIndex = 0;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&AccountInfo::account};
    bool operator==(const AccountInfo&) const = default;
};

struct AccountInfoAndSessionProxies {
    static constexpr std::uint8_t kIndex = 1;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&AccountInfoAndSessionProxies::account};
    bool operator==(const AccountInfoAndSessionProxies&) const = default;
};

struct AccountEssentials {
    static constexpr std::uint8_t kIndex = 2;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&AccountEssentials::account};
    bool operator==(const AccountEssentials&) const = default;
};

struct NotesFor {
    static constexpr std::uint8_t kIndex = 10;
    AccountId account;
    std::uint32_t bucket = 0;
    static constexpr auto kScaleFields = std::tuple{&NotesFor::account, &NotesFor::bucket};
    bool operator==(const NotesFor&) const = default;
};

struct AssetBalance {
    static constexpr std::uint8_t kIndex = 40;
    AccountId account;
    AssetId asset = AssetId::kUsdt;
    static constexpr auto kScaleFields = std::tuple{&AssetBalance::account, &AssetBalance::asset};
    bool operator==(const AssetBalance&) const = default;
};

struct GuessTheNumber {
    static constexpr std::uint8_t kIndex = 50;
    IndexedVariant<GuessTheNumberAttempts> getter;
    static constexpr auto kScaleFields = std::tuple{&GuessTheNumber::getter};
    bool operator==(const GuessTheNumber&) const = default;
};

struct EvmNonce {
    static constexpr std::uint8_t kIndex = 90;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&EvmNonce::account};
    bool operator==(const EvmNonce&) const = default;
};

struct EvmAccountCodes {
    static constexpr std::uint8_t kIndex = 91;
    AccountId account;
    H160 address;
    static constexpr auto kScaleFields = std::tuple{&EvmAccountCodes::account, &EvmAccountCodes::address};
    bool operator==(const EvmAccountCodes&) const = default;
};

struct EvmAccountStorages {
    static constexpr std::uint8_t kIndex = 92;
    AccountId account;
    H160 address;
    Hash256 slot;
    static constexpr auto kScaleFields =
        std::tuple{&EvmAccountStorages::account, &EvmAccountStorages::address, &EvmAccountStorages::slot};
    bool operator==(const EvmAccountStorages&) const = default;
};

struct ModuleQuery {
    static constexpr std::uint8_t kIndex = 200;
    AccountId origin;
    std::string module;
    Bytes query;
    static constexpr auto kScaleFields =
        std::tuple{&ModuleQuery::origin, &ModuleQuery::module, &ModuleQuery::query};
    bool operator==(const ModuleQuery&) const = default;
};

}  // namespace trusted_getter

using TrustedGetter = IndexedVariant<trusted_getter::AccountInfo,
                                     trusted_getter::AccountInfoAndSessionProxies,
                                     trusted_getter::AccountEssentials,
                                     trusted_getter::NotesFor,
                                     trusted_getter::AssetBalance,
                                     trusted_getter::GuessTheNumber,
                                     trusted_getter::EvmNonce,
                                     trusted_getter::EvmAccountCodes,
                                     trusted_getter::EvmAccountStorages,
                                     trusted_getter::ModuleQuery>;

/// The account whose signature the getter needs.
[[nodiscard]] const AccountId& owner_of(const TrustedGetter& getter);

struct TrustedGetterSigned {
    TrustedGetter getter;
    std::optional<AccountId> delegate;
    crypto::MultiSignature signature;
    static constexpr auto kScaleFields = std::tuple{
        &TrustedGetterSigned::getter, &TrustedGetterSigned::delegate, &TrustedGetterSigned::signature};
    bool operator==(const TrustedGetterSigned&) const = default;
};

/// SCALE: 00 ++ PublicGetter | 01 ++ TrustedGetterSigned.
using Getter = std::variant<PublicGetter, TrustedGetterSigned>;

/// What the owner signs: SCALE(getter). Nothing binds it to a shard, an enclave or a time.
[[nodiscard]] Bytes signing_payload(const TrustedGetter& getter);

/// True when the owner (or the named delegate) signed the getter, plainly or wrapped in `<Bytes>`.
[[nodiscard]] bool verify(const TrustedGetterSigned& getter);

}  // namespace redoubt::stf
