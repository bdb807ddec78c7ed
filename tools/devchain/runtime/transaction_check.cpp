#include <algorithm>
#include <primitives/crypto/hashing.hpp>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/runtime.hpp>
#include <tools/devchain/runtime/transaction_check.hpp>

namespace redoubt::devchain {
namespace {

constexpr std::uint8_t kBareV4 = 0x04;
constexpr std::uint8_t kSignedV4 = 0x84;
/// Longer payloads are hashed before they are signed.
constexpr std::size_t kPayloadBytesMax = 256;

Result<MultiAddress> read_signed(ByteCursor& in, ParsedExtrinsic::Signed& out) {
    BOOST_OUTCOME_TRY(auto address, scale::read<MultiAddress>(in));
    BOOST_OUTCOME_TRY(out.signature, scale::read<crypto::MultiSignature>(in));
    const auto before = in.rest();
    BOOST_OUTCOME_TRY(out.extra, read_signed_extra(in));
    out.extra_bytes = before.first(before.size() - in.remaining());
    return address;
}

Result<RuntimeCall> read_call(ByteCursor& in) {
    BOOST_OUTCOME_TRY(auto call, scale::read<RuntimeCall>(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return call;
}

/// The hash that a signer of that era has signed; nullopt when the chain does not keep it any more.
std::optional<Hash256> birth_hash(const Storage& storage,
                                  const BlockPosition& position,
                                  const substrate::Era& era) {
    const auto birth = era.is_immortal() ? 0 : era.birth(position.number);
    if (birth + 1 == position.number) {
        return position.parent_hash;
    }
    return birth < position.number ? system::kBlockHash.find(storage, static_cast<BlockNumber>(birth))
                                   : std::nullopt;
}

/// The message under the signature.
Bytes signed_message(const Runtime& runtime,
                     const ParsedExtrinsic& extrinsic,
                     const Hash256& genesis_hash,
                     const Hash256& birth) {
    const auto& version = runtime.version();
    auto message = concat(extrinsic.call_bytes, extrinsic.signature->extra_bytes);
    scale::encode_scale(message, version.spec_version);
    scale::encode_scale(message, version.transaction_version);
    append(message, genesis_hash.view());
    append(message, birth.view());
    if (extrinsic.signature->extra.metadata_hash == MetadataHashMode::kEnabled) {
        message.push_back(1);
        append(message, runtime.metadata_hash().view());
    } else {
        message.push_back(0);
    }
    return message.size() > kPayloadBytesMax ? to_bytes(crypto::blake2b_256(message).view()) : message;
}

Checked<void> check_limits(const DispatchInfo& info, std::size_t length) {
    const bool is_normal = info.dispatch_class == DispatchClass::kNormal;
    if (!(info.weight + kExtrinsicBaseWeight).fits(is_normal ? kNormalWeightMax : kBlockWeightMax) ||
        length > (is_normal ? kNormalBytesMax : kBlockBytesMax)) {
        return InvalidTransaction::kExhaustsResources;
    }
    return success();
}

}  // namespace

Checked<ParsedExtrinsic> parse_extrinsic(ByteView bytes) {
    if (bytes.size() > kBlockBytesMax) {
        return InvalidTransaction::kExhaustsResources;
    }
    ByteCursor outer{bytes};
    const auto body = scale::read_bytes(outer);
    if (!body || !outer.empty() || body.value().empty()) {
        return InvalidTransaction::kCall;
    }
    ByteCursor in{body.value().subspan(1)};
    ParsedExtrinsic out;
    out.length = bytes.size();
    const auto version = body.value().front();
    if (version == kSignedV4) {
        auto& signature = out.signature.emplace();
        const auto address = read_signed(in, signature);
        if (!address) {
            return InvalidTransaction::kCall;
        }
        const auto account = address.value().account();
        if (!account) {
            return UnknownTransaction::kCannotLookup;
        }
        signature.signer = *account;
    } else if (version != kBareV4) {
        return InvalidTransaction::kCall;
    }
    out.call_bytes = in.rest();
    auto call = read_call(in);
    if (!call) {
        return InvalidTransaction::kCall;
    }
    out.call = std::move(call).value();
    return out;
}

Checked<std::uint64_t> check_signed(const Runtime& runtime,
                                    const Storage& storage,
                                    const BlockPosition& position,
                                    const ParsedExtrinsic& extrinsic) {
    const auto& [signer, signature, extra, extra_bytes] = *extrinsic.signature;
    if (signer.is_zero()) {
        return InvalidTransaction::kBadSigner;
    }
    const auto birth = birth_hash(storage, position, extra.era);
    const auto genesis = birth_hash(storage, position, substrate::Era::immortal());
    if (!birth || !genesis) {
        return InvalidTransaction::kAncientBirthBlock;
    }
    if (!crypto::verify(signature, signer, signed_message(runtime, extrinsic, *genesis, *birth))) {
        return InvalidTransaction::kBadProof;
    }
    const auto account = system::kAccount.get(storage, signer);
    if (account.providers == 0 && account.sufficients == 0) {
        return InvalidTransaction::kPayment;
    }
    if (extra.nonce < account.nonce) {
        return InvalidTransaction::kStale;
    }
    const auto info = extrinsic.call.body().info();
    BOOST_OUTCOME_TRY(check_limits(info, extrinsic.length));
    const auto fee = inclusion_fee(info.weight, info.pays_fee, extrinsic.length);
    if (!balances::can_pay(account, fee ? fee->total() : 0, extra.tip)) {
        return InvalidTransaction::kPayment;
    }
    return extra.era.death(position.number);
}

Checked<void> check_room(const BlockUse& use, const DispatchInfo& info, std::size_t length) {
    BOOST_OUTCOME_TRY(check_limits(info, length));
    const bool is_normal = info.dispatch_class == DispatchClass::kNormal;
    const auto added = info.weight + kExtrinsicBaseWeight;
    const auto total = use.weight.normal + use.weight.operational + use.weight.mandatory + added;
    const bool is_light =
        info.dispatch_class == DispatchClass::kMandatory ||
        (total.fits(kBlockWeightMax) && (!is_normal || (use.weight.normal + added).fits(kNormalWeightMax)));
    if (!is_light || use.bytes + length > (is_normal ? kNormalBytesMax : kBlockBytesMax)) {
        return InvalidTransaction::kExhaustsResources;
    }
    return success();
}

std::uint64_t priority_of(const DispatchInfo& info, std::size_t length, Balance tip) {
    const bool is_normal = info.dispatch_class == DispatchClass::kNormal;
    const auto& weight_max = is_normal ? kNormalWeightMax : kBlockWeightMax;
    const std::uint64_t bytes_max = is_normal ? kNormalBytesMax : kBlockBytesMax;
    const auto weight = std::clamp<std::uint64_t>(info.weight.ref_time.value, 1, weight_max.ref_time.value);
    const auto bytes = std::clamp<std::uint64_t>(length, 1, bytes_max);
    const auto per_block =
        std::max<std::uint64_t>(1, std::min(weight_max.ref_time.value / weight, bytes_max / bytes));
    // One is added to the tip, so that transactions without one are ordered by their size.
    constexpr uint128 kMax = UINT64_MAX;
    const auto reward = std::min<uint128>(tip, kMax - 1) + 1;
    return static_cast<std::uint64_t>(std::min<uint128>(reward * per_block, kMax));
}

}  // namespace redoubt::devchain
