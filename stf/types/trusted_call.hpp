/// TrustedCall: everything a wallet can ask a shard to do, as SCALE bytes.
///
/// All variants of the table decode, also those that no module of Redoubt executes: such a call is refused
/// with a reason instead of being taken for garbage. Execution is in stf/executor.hpp.
///
/// @source integritee-wire.md, section 3.2; variant 200 is Redoubt's own (docs/PROTOCOL.md)
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/types/basic.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace redoubt::stf {

namespace guess_the_number {

struct SetWinnings {
    static constexpr std::uint8_t kIndex = 0;
    AccountId sender;
    Balance winnings = 0;
    static constexpr auto kScaleFields = std::tuple{&SetWinnings::sender, &SetWinnings::winnings};
    bool operator==(const SetWinnings&) const = default;
};

struct PushByOneDay {
    static constexpr std::uint8_t kIndex = 1;
    AccountId sender;
    static constexpr auto kScaleFields = std::tuple{&PushByOneDay::sender};
    bool operator==(const PushByOneDay&) const = default;
};

struct Guess {
    static constexpr std::uint8_t kIndex = 2;
    AccountId sender;
    std::uint32_t number = 0;
    static constexpr auto kScaleFields = std::tuple{&Guess::sender, &Guess::number};
    bool operator==(const Guess&) const = default;
};

using Call = IndexedVariant<SetWinnings, PushByOneDay, Guess>;
}  // namespace guess_the_number

namespace credits {

struct CreateClass {
    static constexpr std::uint8_t kIndex = 0;
    AccountId sender;
    std::uint32_t class_id = 0;
    static constexpr auto kScaleFields = std::tuple{&CreateClass::sender, &CreateClass::class_id};
    bool operator==(const CreateClass&) const = default;
};

struct DestroyClass {
    static constexpr std::uint8_t kIndex = 1;
    AccountId sender;
    std::uint32_t class_id = 0;
    static constexpr auto kScaleFields = std::tuple{&DestroyClass::sender, &DestroyClass::class_id};
    bool operator==(const DestroyClass&) const = default;
};

struct Claim {
    static constexpr std::uint8_t kIndex = 2;
    AccountId sender;
    std::uint32_t class_id = 0;
    Hash256 secret;
    static constexpr auto kScaleFields = std::tuple{&Claim::sender, &Claim::class_id, &Claim::secret};
    bool operator==(const Claim&) const = default;
};

struct Mint {
    static constexpr std::uint8_t kIndex = 3;
    AccountId sender;
    std::uint32_t class_id = 0;
    AccountId beneficiary;
    Balance amount = 0;
    std::optional<std::uint64_t> expiry;
    static constexpr auto kScaleFields =
        std::tuple{&Mint::sender, &Mint::class_id, &Mint::beneficiary, &Mint::amount, &Mint::expiry};
    bool operator==(const Mint&) const = default;
};

struct Redeem {
    static constexpr std::uint8_t kIndex = 4;
    AccountId sender;
    std::uint32_t class_id = 0;
    AccountId beneficiary;
    Balance amount = 0;
    static constexpr auto kScaleFields =
        std::tuple{&Redeem::sender, &Redeem::class_id, &Redeem::beneficiary, &Redeem::amount};
    bool operator==(const Redeem&) const = default;
};

using Call = IndexedVariant<CreateClass, DestroyClass, Claim, Mint, Redeem>;
}  // namespace credits

/// The alternatives of TrustedCall, in the order of their indices.
namespace call {

struct Noop {
    static constexpr std::uint8_t kIndex = 0;
    AccountId sender;
    static constexpr auto kScaleFields = std::tuple{&Noop::sender};
    bool operator==(const Noop&) const = default;
};

struct TimestampSet {
    static constexpr std::uint8_t kIndex = 1;
    AccountId enclave;
    std::uint64_t now_ms = 0;
    ParentchainId parentchain = ParentchainId::kIntegritee;
    static constexpr auto kScaleFields =
        std::tuple{&TimestampSet::enclave, &TimestampSet::now_ms, &TimestampSet::parentchain};
    bool operator==(const TimestampSet&) const = default;
};

struct BalanceTransfer {
    static constexpr std::uint8_t kIndex = 2;
    AccountId from;
    AccountId to;
    Balance amount = 0;
    static constexpr auto kScaleFields =
        std::tuple{&BalanceTransfer::from, &BalanceTransfer::to, &BalanceTransfer::amount};
    bool operator==(const BalanceTransfer&) const = default;
};

/// Pays out on chain to `beneficiary`.
struct BalanceUnshield {
    static constexpr std::uint8_t kIndex = 3;
    AccountId from;
    AccountId beneficiary;
    Balance amount = 0;
    ShardId shard;
    static constexpr auto kScaleFields = std::tuple{&BalanceUnshield::from, &BalanceUnshield::beneficiary,
                                                    &BalanceUnshield::amount, &BalanceUnshield::shard};
    bool operator==(const BalanceUnshield&) const = default;
};

struct BalanceShield {
    static constexpr std::uint8_t kIndex = 4;
    AccountId enclave;
    AccountId who;
    Balance amount = 0;
    ParentchainId parentchain = ParentchainId::kIntegritee;
    static constexpr auto kScaleFields = std::tuple{&BalanceShield::enclave, &BalanceShield::who,
                                                    &BalanceShield::amount, &BalanceShield::parentchain};
    bool operator==(const BalanceShield&) const = default;
};

struct BalanceTransferWithNote {
    static constexpr std::uint8_t kIndex = 5;
    AccountId from;
    AccountId to;
    Balance amount = 0;
    Bytes note;
    static constexpr auto kScaleFields =
        std::tuple{&BalanceTransferWithNote::from, &BalanceTransferWithNote::to,
                   &BalanceTransferWithNote::amount, &BalanceTransferWithNote::note};
    bool operator==(const BalanceTransferWithNote&) const = default;
};

struct BalanceShieldThroughBridge {
    static constexpr std::uint8_t kIndex = 6;
    AccountId enclave;
    AccountId who;
    Balance amount = 0;
    static constexpr auto kScaleFields =
        std::tuple{&BalanceShieldThroughBridge::enclave, &BalanceShieldThroughBridge::who,
                   &BalanceShieldThroughBridge::amount};
    bool operator==(const BalanceShieldThroughBridge&) const = default;
};

/// As BalanceUnshield; the original pays through another pallet.
struct BalanceUnshieldThroughBridge {
    static constexpr std::uint8_t kIndex = 7;
    AccountId from;
    AccountId beneficiary;
    Balance amount = 0;
    ShardId shard;
    static constexpr auto kScaleFields =
        std::tuple{&BalanceUnshieldThroughBridge::from, &BalanceUnshieldThroughBridge::beneficiary,
                   &BalanceUnshieldThroughBridge::amount, &BalanceUnshieldThroughBridge::shard};
    bool operator==(const BalanceUnshieldThroughBridge&) const = default;
};

struct NoteBloat {
    static constexpr std::uint8_t kIndex = 10;
    AccountId sender;
    std::uint32_t kilobytes = 0;
    static constexpr auto kScaleFields = std::tuple{&NoteBloat::sender, &NoteBloat::kilobytes};
    bool operator==(const NoteBloat&) const = default;
};

struct WasteTime {
    static constexpr std::uint8_t kIndex = 11;
    AccountId sender;
    std::uint32_t milliseconds = 0;
    static constexpr auto kScaleFields = std::tuple{&WasteTime::sender, &WasteTime::milliseconds};
    bool operator==(const WasteTime&) const = default;
};

struct SpamExtrinsics {
    static constexpr std::uint8_t kIndex = 12;
    AccountId sender;
    std::uint32_t count = 0;
    ParentchainId parentchain = ParentchainId::kIntegritee;
    static constexpr auto kScaleFields =
        std::tuple{&SpamExtrinsics::sender, &SpamExtrinsics::count, &SpamExtrinsics::parentchain};
    bool operator==(const SpamExtrinsics&) const = default;
};

struct SendNote {
    static constexpr std::uint8_t kIndex = 20;
    AccountId from;
    AccountId to;
    Bytes note;
    static constexpr auto kScaleFields = std::tuple{&SendNote::from, &SendNote::to, &SendNote::note};
    bool operator==(const SendNote&) const = default;
};

/// Known to newer clients only, as Credits.
struct SendRelayedNote {
    static constexpr std::uint8_t kIndex = 21;
    AccountId from;
    AccountId to;
    std::uint32_t conversation_id = 0;
    RelayedNoteRequest request;
    static constexpr auto kScaleFields =
        std::tuple{&SendRelayedNote::from, &SendRelayedNote::to, &SendRelayedNote::conversation_id,
                   &SendRelayedNote::request};
    bool operator==(const SendRelayedNote&) const = default;
};

struct AddSessionProxy {
    static constexpr std::uint8_t kIndex = 30;
    AccountId owner;
    AccountId delegate;
    SessionProxyCredentials credentials;
    static constexpr auto kScaleFields =
        std::tuple{&AddSessionProxy::owner, &AddSessionProxy::delegate, &AddSessionProxy::credentials};
    bool operator==(const AddSessionProxy&) const = default;
};

struct AssetsTransfer {
    static constexpr std::uint8_t kIndex = 42;
    AccountId from;
    AccountId to;
    AssetId asset = AssetId::kUsdt;
    Balance amount = 0;
    static constexpr auto kScaleFields = std::tuple{&AssetsTransfer::from, &AssetsTransfer::to,
                                                    &AssetsTransfer::asset, &AssetsTransfer::amount};
    bool operator==(const AssetsTransfer&) const = default;
};

struct AssetsUnshield {
    static constexpr std::uint8_t kIndex = 43;
    AccountId from;
    AccountId beneficiary;
    AssetId asset = AssetId::kUsdt;
    Balance amount = 0;
    ShardId shard;
    static constexpr auto kScaleFields =
        std::tuple{&AssetsUnshield::from, &AssetsUnshield::beneficiary, &AssetsUnshield::asset,
                   &AssetsUnshield::amount, &AssetsUnshield::shard};
    bool operator==(const AssetsUnshield&) const = default;
};

struct AssetsShield {
    static constexpr std::uint8_t kIndex = 44;
    AccountId enclave;
    AccountId who;
    AssetId asset = AssetId::kUsdt;
    Balance amount = 0;
    ParentchainId parentchain = ParentchainId::kIntegritee;
    static constexpr auto kScaleFields =
        std::tuple{&AssetsShield::enclave, &AssetsShield::who, &AssetsShield::asset, &AssetsShield::amount,
                   &AssetsShield::parentchain};
    bool operator==(const AssetsShield&) const = default;
};

struct AssetsTransferWithNote {
    static constexpr std::uint8_t kIndex = 45;
    AccountId from;
    AccountId to;
    AssetId asset = AssetId::kUsdt;
    Balance amount = 0;
    Bytes note;
    static constexpr auto kScaleFields =
        std::tuple{&AssetsTransferWithNote::from, &AssetsTransferWithNote::to, &AssetsTransferWithNote::asset,
                   &AssetsTransferWithNote::amount, &AssetsTransferWithNote::note};
    bool operator==(const AssetsTransferWithNote&) const = default;
};

struct ForceUnshieldAll {
    static constexpr std::uint8_t kIndex = 46;
    AccountId enclave;
    AccountId who;
    std::optional<AssetId> asset;
    static constexpr auto kScaleFields =
        std::tuple{&ForceUnshieldAll::enclave, &ForceUnshieldAll::who, &ForceUnshieldAll::asset};
    bool operator==(const ForceUnshieldAll&) const = default;
};

struct GuessTheNumber {
    static constexpr std::uint8_t kIndex = 50;
    guess_the_number::Call call;
    static constexpr auto kScaleFields = std::tuple{&GuessTheNumber::call};
    bool operator==(const GuessTheNumber&) const = default;
};

struct Credits {
    static constexpr std::uint8_t kIndex = 51;
    credits::Call call;
    static constexpr auto kScaleFields = std::tuple{&Credits::call};
    bool operator==(const Credits&) const = default;
};

struct EvmWithdraw {
    static constexpr std::uint8_t kIndex = 90;
    AccountId sender;
    H160 address;
    Balance amount = 0;
    static constexpr auto kScaleFields =
        std::tuple{&EvmWithdraw::sender, &EvmWithdraw::address, &EvmWithdraw::amount};
    bool operator==(const EvmWithdraw&) const = default;
};

struct EvmCall {
    static constexpr std::uint8_t kIndex = 91;
    AccountId sender;
    H160 source;
    H160 target;
    Bytes input;
    U256 value;
    std::uint64_t gas_limit = 0;
    U256 max_fee_per_gas;
    std::optional<U256> max_priority_fee_per_gas;
    std::optional<U256> nonce;
    std::vector<std::pair<H160, std::vector<Hash256>>> access_list;
    static constexpr auto kScaleFields = std::tuple{
        &EvmCall::sender, &EvmCall::source,     &EvmCall::target,          &EvmCall::input,
        &EvmCall::value,  &EvmCall::gas_limit,  &EvmCall::max_fee_per_gas, &EvmCall::max_priority_fee_per_gas,
        &EvmCall::nonce,  &EvmCall::access_list};
    bool operator==(const EvmCall&) const = default;
};

struct EvmCreate {
    static constexpr std::uint8_t kIndex = 92;
    AccountId sender;
    H160 source;
    Bytes init;
    U256 value;
    std::uint64_t gas_limit = 0;
    U256 max_fee_per_gas;
    std::optional<U256> max_priority_fee_per_gas;
    std::optional<U256> nonce;
    std::vector<std::pair<H160, std::vector<Hash256>>> access_list;
    static constexpr auto kScaleFields = std::tuple{&EvmCreate::sender,
                                                    &EvmCreate::source,
                                                    &EvmCreate::init,
                                                    &EvmCreate::value,
                                                    &EvmCreate::gas_limit,
                                                    &EvmCreate::max_fee_per_gas,
                                                    &EvmCreate::max_priority_fee_per_gas,
                                                    &EvmCreate::nonce,
                                                    &EvmCreate::access_list};
    bool operator==(const EvmCreate&) const = default;
};

struct EvmCreate2 {
    static constexpr std::uint8_t kIndex = 93;
    AccountId sender;
    H160 source;
    Bytes init;
    Hash256 salt;
    U256 value;
    std::uint64_t gas_limit = 0;
    U256 max_fee_per_gas;
    std::optional<U256> max_priority_fee_per_gas;
    std::optional<U256> nonce;
    std::vector<std::pair<H160, std::vector<Hash256>>> access_list;
    static constexpr auto kScaleFields = std::tuple{&EvmCreate2::sender,
                                                    &EvmCreate2::source,
                                                    &EvmCreate2::init,
                                                    &EvmCreate2::salt,
                                                    &EvmCreate2::value,
                                                    &EvmCreate2::gas_limit,
                                                    &EvmCreate2::max_fee_per_gas,
                                                    &EvmCreate2::max_priority_fee_per_gas,
                                                    &EvmCreate2::nonce,
                                                    &EvmCreate2::access_list};
    bool operator==(const EvmCreate2&) const = default;
};

/// Redoubt: a call of the named module in its own encoding (stf/types/module_calls.hpp).
struct ModuleCall {
    static constexpr std::uint8_t kIndex = 200;
    AccountId origin;
    std::string module;
    Bytes call;
    static constexpr auto kScaleFields =
        std::tuple{&ModuleCall::origin, &ModuleCall::module, &ModuleCall::call};
    bool operator==(const ModuleCall&) const = default;
};

/// Development shards only.
struct BalanceSetBalance {
    static constexpr std::uint8_t kIndex = 255;
    AccountId sudo;
    AccountId who;
    Balance free = 0;
    Balance reserved = 0;
    static constexpr auto kScaleFields = std::tuple{&BalanceSetBalance::sudo, &BalanceSetBalance::who,
                                                    &BalanceSetBalance::free, &BalanceSetBalance::reserved};
    bool operator==(const BalanceSetBalance&) const = default;
};

}  // namespace call

using TrustedCall = IndexedVariant<call::Noop,
                                   call::TimestampSet,
                                   call::BalanceTransfer,
                                   call::BalanceUnshield,
                                   call::BalanceShield,
                                   call::BalanceTransferWithNote,
                                   call::BalanceShieldThroughBridge,
                                   call::BalanceUnshieldThroughBridge,
                                   call::NoteBloat,
                                   call::WasteTime,
                                   call::SpamExtrinsics,
                                   call::SendNote,
                                   call::SendRelayedNote,
                                   call::AddSessionProxy,
                                   call::AssetsTransfer,
                                   call::AssetsUnshield,
                                   call::AssetsShield,
                                   call::AssetsTransferWithNote,
                                   call::ForceUnshieldAll,
                                   call::GuessTheNumber,
                                   call::Credits,
                                   call::EvmWithdraw,
                                   call::EvmCall,
                                   call::EvmCreate,
                                   call::EvmCreate2,
                                   call::ModuleCall,
                                   call::BalanceSetBalance>;

/// The account that has to sign the call: its first account field, the inner one for nested calls.
[[nodiscard]] const AccountId& sender_of(const TrustedCall& call);

/// The call's name as integritee-wire.md writes it, for reasons and reports.
[[nodiscard]] std::string_view name_of(const TrustedCall& call);

}  // namespace redoubt::stf
