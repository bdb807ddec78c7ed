/// The types that Substrate runtimes share: weights, errors, origins, addresses, signatures, accounts. Paths
/// and names are those that clients know them by.
#pragma once

#include <primitives/crypto/multi_signature.hpp>
#include <primitives/uint128.hpp>

#include <light-client/authority_set.hpp>
#include <optional>
#include <substrate/era.hpp>
#include <substrate/header.hpp>
#include <tools/devchain/runtime/type_info.hpp>

namespace redoubt::devchain {

using Balance = uint128;
using CompactBalance = scale::Compact<uint128>;
using BlockNumber = std::uint32_t;
using Nonce = std::uint32_t;
using Moment = std::uint64_t;  ///< milliseconds since 1970

// Keys, each a type of its own in the metadata ---------------------------------------------------------

struct Ed25519PublicTag;
struct Sr25519PublicTag;
struct EcdsaPublicTag;
struct AuraPublicTag;
struct GrandpaPublicTag;
using Ed25519Public = FixedBytes<32, Ed25519PublicTag>;
using Sr25519Public = FixedBytes<32, Sr25519PublicTag>;
using EcdsaPublic = FixedBytes<33, EcdsaPublicTag>;
using AuraPublic = FixedBytes<32, AuraPublicTag>;
using GrandpaPublic = FixedBytes<32, GrandpaPublicTag>;

struct MultiSigner {
    std::variant<Holding<"Ed25519", Ed25519Public>,
                 Holding<"Sr25519", Sr25519Public>,
                 Holding<"Ecdsa", EcdsaPublic>>
        value;
    static constexpr std::string_view kVariantPath = "sp_runtime::MultiSigner";
    static constexpr auto kScaleFields = std::tuple{&MultiSigner::value};
    bool operator==(const MultiSigner&) const = default;
};

/// The compact form of nothing, which is how an address without indices describes one.
struct CompactUnit {
    static constexpr auto kScaleFields = std::tuple<>{};
    bool operator==(const CompactUnit&) const = default;
};
struct MultiAddress {
    std::variant<Holding<"Id", AccountId>,
                 Holding<"Index", CompactUnit>,
                 Holding<"Raw", Bytes>,
                 Holding<"Address32", std::array<std::uint8_t, 32>>,
                 Holding<"Address20", std::array<std::uint8_t, 20>>>
        value;
    static constexpr std::string_view kVariantPath = "sp_runtime::multiaddress::MultiAddress";
    static constexpr auto kScaleFields = std::tuple{&MultiAddress::value};

    /// The account of an `Id`; this chain looks nothing else up.
    [[nodiscard]] std::optional<AccountId> account() const {
        const auto* id = std::get_if<0>(&value);
        return id == nullptr ? std::nullopt : std::optional{id->value};
    }
};

// Weights and dispatch ---------------------------------------------------------------------------------

struct Weight {
    scale::Compact<std::uint64_t> ref_time;    ///< picoseconds
    scale::Compact<std::uint64_t> proof_size;  ///< bytes
    static constexpr auto kType = structure("sp_weights::weight_v2::Weight",
                                            field("ref_time", &Weight::ref_time),
                                            field("proof_size", &Weight::proof_size));
    static constexpr auto kScaleFields = kType.members();
    bool operator==(const Weight&) const = default;

    [[nodiscard]] static constexpr Weight of(std::uint64_t ref_time, std::uint64_t proof_size = 0) {
        return {{ref_time}, {proof_size}};
    }
    [[nodiscard]] constexpr Weight operator+(const Weight& other) const {
        return of(saturating_sum(ref_time.value, other.ref_time.value),
                  saturating_sum(proof_size.value, other.proof_size.value));
    }
    [[nodiscard]] constexpr bool fits(const Weight& limit) const {
        return ref_time.value <= limit.ref_time.value && proof_size.value <= limit.proof_size.value;
    }

  private:
    [[nodiscard]] static constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
        return a > UINT64_MAX - b ? UINT64_MAX : a + b;
    }
};

enum class DispatchClass : std::uint8_t { kNormal, kOperational, kMandatory };
template <>
inline constexpr EnumInfo<3> kEnum<DispatchClass>{"frame_support::dispatch::DispatchClass",
                                                  {"Normal", "Operational", "Mandatory"}};
enum class Pays : std::uint8_t { kYes, kNo };
template <>
inline constexpr EnumInfo<2> kEnum<Pays>{"frame_support::dispatch::Pays", {"Yes", "No"}};

struct DispatchInfo {
    Weight weight;
    DispatchClass dispatch_class = DispatchClass::kNormal;
    Pays pays_fee = Pays::kYes;
    static constexpr auto kType = structure("frame_support::dispatch::DispatchInfo",
                                            field("weight", &DispatchInfo::weight),
                                            field("class", &DispatchInfo::dispatch_class),
                                            field("pays_fee", &DispatchInfo::pays_fee));
    static constexpr auto kScaleFields = kType.members();
};

/// One value per class of dispatch.
template <class T>
struct PerDispatchClass {
    T normal{};
    T operational{};
    T mandatory{};
    using Parameter = T;
    static constexpr auto kType = structure("frame_support::dispatch::PerDispatchClass",
                                            field("normal", &PerDispatchClass::normal),
                                            field("operational", &PerDispatchClass::operational),
                                            field("mandatory", &PerDispatchClass::mandatory));
    static constexpr auto kScaleFields = kType.members();

    [[nodiscard]] T& of(DispatchClass which) {
        return which == DispatchClass::kNormal        ? normal
               : which == DispatchClass::kOperational ? operational
                                                      : mandatory;
    }
};

// Errors -----------------------------------------------------------------------------------------------

struct ModuleError {
    std::uint8_t index = 0;
    std::array<std::uint8_t, 4> error{};
    static constexpr auto kType = structure("sp_runtime::ModuleError",
                                            field("index", &ModuleError::index),
                                            field("error", &ModuleError::error));
    static constexpr auto kScaleFields = kType.members();
    bool operator==(const ModuleError&) const = default;
};
enum class TokenError : std::uint8_t {
    kFundsUnavailable,
    kOnlyProvider,
    kBelowMinimum,
    kCannotCreate,
    kUnknownAsset,
    kFrozen,
    kUnsupported,
    kCannotCreateHold,
    kNotExpendable,
    kBlocked,
};
template <>
inline constexpr EnumInfo<10> kEnum<TokenError>{
    "sp_runtime::TokenError",
    {"FundsUnavailable", "OnlyProvider", "BelowMinimum", "CannotCreate", "UnknownAsset", "Frozen",
     "Unsupported", "CannotCreateHold", "NotExpendable", "Blocked"}};
enum class ArithmeticError : std::uint8_t { kUnderflow, kOverflow, kDivisionByZero };
template <>
inline constexpr EnumInfo<3> kEnum<ArithmeticError>{"sp_arithmetic::ArithmeticError",
                                                    {"Underflow", "Overflow", "DivisionByZero"}};
enum class TransactionalError : std::uint8_t { kLimitReached, kNoLayer };
template <>
inline constexpr EnumInfo<2> kEnum<TransactionalError>{"sp_runtime::TransactionalError",
                                                       {"LimitReached", "NoLayer"}};

/// Why a call failed.
struct DispatchError {
    using CannotLookup = Unit<"CannotLookup">;
    using BadOrigin = Unit<"BadOrigin">;
    using Module = Holding<"Module", ModuleError>;
    using ConsumerRemaining = Unit<"ConsumerRemaining">;
    using Token = Holding<"Token", TokenError>;
    using Arithmetic = Holding<"Arithmetic", ArithmeticError>;

    std::variant<Unit<"Other">,
                 CannotLookup,
                 BadOrigin,
                 Module,
                 ConsumerRemaining,
                 Unit<"NoProviders">,
                 Unit<"TooManyConsumers">,
                 Token,
                 Arithmetic,
                 Holding<"Transactional", TransactionalError>,
                 Unit<"Exhausted">,
                 Unit<"Corruption">,
                 Unit<"Unavailable">,
                 Unit<"RootNotAllowed">>
        value;
    static constexpr std::string_view kVariantPath = "sp_runtime::DispatchError";
    static constexpr auto kScaleFields = std::tuple{&DispatchError::value};
    bool operator==(const DispatchError&) const = default;

    [[nodiscard]] static DispatchError bad_origin() { return {BadOrigin{}}; }
    [[nodiscard]] static DispatchError cannot_lookup() { return {CannotLookup{}}; }
    [[nodiscard]] static DispatchError token(TokenError reason) { return {Token{reason}}; }
    [[nodiscard]] static DispatchError arithmetic(ArithmeticError reason) { return {Arithmetic{reason}}; }
};

/// A value, or why a dispatch fails.
template <class T = void>
using Dispatched = outcome::basic_result<T, DispatchError, outcome::policy::terminate>;

/// `Result<(), DispatchError>` as events hold it.
struct DispatchResult {
    std::optional<DispatchError> error;

    [[nodiscard]] static DispatchResult of(const auto& dispatched) {
        return dispatched ? DispatchResult{} : DispatchResult{dispatched.error()};
    }
};
inline void encode_scale(Bytes& out, const DispatchResult& result) {
    scale::encode_scale(out, result.error);
}

/// What a call says after it ran.
struct PostDispatch {
    std::optional<Weight> actual_weight;
    Pays pays_fee = Pays::kYes;
};

/// Who calls.
class Origin {
  public:
    [[nodiscard]] static Origin none() { return {}; }
    [[nodiscard]] static Origin root() {
        Origin out;
        out.is_root_ = true;
        return out;
    }
    [[nodiscard]] static Origin signed_by(const AccountId& account) {
        Origin out;
        out.account_ = account;
        return out;
    }
    [[nodiscard]] bool is_root() const noexcept { return is_root_; }
    [[nodiscard]] const std::optional<AccountId>& account() const noexcept { return account_; }

    /// The signer, or BadOrigin.
    [[nodiscard]] Dispatched<AccountId> ensure_signed() const {
        if (!account_) {
            return DispatchError::bad_origin();
        }
        return *account_;
    }
    [[nodiscard]] Dispatched<> ensure_root() const {
        if (!is_root_) {
            return DispatchError::bad_origin();
        }
        return success();
    }
    [[nodiscard]] Dispatched<> ensure_none() const {
        if (is_root_ || account_) {
            return DispatchError::bad_origin();
        }
        return success();
    }

  private:
    bool is_root_ = false;
    std::optional<AccountId> account_;
};

/// The account that an address names, or CannotLookup.
[[nodiscard]] inline Dispatched<AccountId> lookup(const MultiAddress& address) {
    const auto account = address.account();
    if (!account) {
        return DispatchError::cannot_lookup();
    }
    return *account;
}

// Accounts ---------------------------------------------------------------------------------------------

/// The top bit says that the account follows the present rules of references.
struct ExtraFlags {
    uint128 bits = uint128{1} << 127;
    static constexpr auto kType =
        structure("pallet_balances::types::ExtraFlags", field("", &ExtraFlags::bits));
    static constexpr auto kScaleFields = kType.members();
};
struct AccountData {
    Balance free = 0;
    Balance reserved = 0;
    Balance frozen = 0;
    ExtraFlags flags;
    static constexpr auto kType = structure("pallet_balances::types::AccountData",
                                            field("free", &AccountData::free),
                                            field("reserved", &AccountData::reserved),
                                            field("frozen", &AccountData::frozen),
                                            field("flags", &AccountData::flags));
    static constexpr auto kScaleFields = kType.members();
};
struct AccountInfo {
    Nonce nonce = 0;
    std::uint32_t consumers = 0;
    std::uint32_t providers = 0;
    std::uint32_t sufficients = 0;
    AccountData data;
    static constexpr auto kType = structure("frame_system::AccountInfo",
                                            field("nonce", &AccountInfo::nonce),
                                            field("consumers", &AccountInfo::consumers),
                                            field("providers", &AccountInfo::providers),
                                            field("sufficients", &AccountInfo::sufficients),
                                            field("data", &AccountInfo::data));
    static constexpr auto kScaleFields = kType.members();
};

}  // namespace redoubt::devchain
