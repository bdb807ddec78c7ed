/// Getters in the dialect of the JS client 0.14.2: no delegate field, other indices.
///
/// A getter is first decoded in the present layout; only what does not decode there is tried here.
///
/// @source integritee-wire.md, section 4.6, "client generations"
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <stf/types/basic.hpp>
#include <tuple>

namespace redoubt::stf::legacy {

struct FreeBalance {
    static constexpr std::uint8_t kIndex = 0;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&FreeBalance::account};
    bool operator==(const FreeBalance&) const = default;
};
struct ReservedBalance {
    static constexpr std::uint8_t kIndex = 1;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&ReservedBalance::account};
    bool operator==(const ReservedBalance&) const = default;
};
struct Nonce {
    static constexpr std::uint8_t kIndex = 2;
    AccountId account;
    static constexpr auto kScaleFields = std::tuple{&Nonce::account};
    bool operator==(const Nonce&) const = default;
};

/// Answers: u128, u128, u32.
using TrustedGetter = IndexedVariant<FreeBalance, ReservedBalance, Nonce>;

struct TrustedGetterSigned {
    TrustedGetter getter;
    crypto::MultiSignature signature;
    static constexpr auto kScaleFields =
        std::tuple{&TrustedGetterSigned::getter, &TrustedGetterSigned::signature};
    bool operator==(const TrustedGetterSigned&) const = default;
};

/// Reads `01 ++ TrustedGetterSigned`, the trusted alternative of the old Getter. @errors those of DecodeError
[[nodiscard]] Result<TrustedGetterSigned> decode_getter(ByteView bytes);

/// The account that the getter asks about.
[[nodiscard]] const AccountId& owner_of(const TrustedGetter& getter);

/// True when that account signed SCALE(getter), plainly or wrapped in `<Bytes>`.
[[nodiscard]] bool verify(const TrustedGetterSigned& getter);

}  // namespace redoubt::stf::legacy
