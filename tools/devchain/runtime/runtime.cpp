#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

#include <substrate/extrinsic.hpp>
#include <substrate/metadata_hash.hpp>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/metadata_writer.hpp>
#include <tools/devchain/runtime/pallets.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/pallets/timestamp/timestamp.hpp>
#include <tools/devchain/runtime/runtime.hpp>
#include <tools/devchain/runtime/runtime_api.hpp>
#include <tools/devchain/runtime/transaction_check.hpp>

namespace redoubt::devchain {
namespace {

constexpr unsigned kOldestMetadata = 14;
constexpr unsigned kNewestMetadata = 16;

Hash256 digest_of(ByteView metadata) {
    const auto decoded = substrate::Metadata::decode(metadata);
    REDOUBT_ASSERT(decoded.has_value());
    const auto digest =
        substrate::metadata_hash(decoded.value(), {kSs58Prefix, kTokenDecimals, std::string{kTokenSymbol}});
    REDOUBT_ASSERT(digest.has_value());
    return digest.value();
}

/// The tag of an account's transaction in the pool.
Bytes nonce_tag(const AccountId& account, Nonce nonce) {
    return scale::encode_all(account, nonce);
}

}  // namespace

struct Runtime::Impl {
    std::vector<Bytes> metadata;  ///< from kOldestMetadata on
    Hash256 metadata_hash;
};

Runtime::Runtime() : impl_(std::make_unique<Impl>()) {
    for (auto version = kOldestMetadata; version <= kNewestMetadata; ++version) {
        impl_->metadata.push_back(write_metadata(version));
    }
    impl_->metadata_hash = digest_of(impl_->metadata[15 - kOldestMetadata]);
}

Runtime::~Runtime() = default;

const Version& Runtime::version() const noexcept {
    return runtime_version();
}

std::optional<ByteView> Runtime::metadata(unsigned version) const {
    if (version < kOldestMetadata || version > kNewestMetadata) {
        return std::nullopt;
    }
    return impl_->metadata[version - kOldestMetadata];
}

const Hash256& Runtime::metadata_hash() const {
    return impl_->metadata_hash;
}

void Runtime::build_genesis(Storage& storage, const GenesisConfig& config) const {
    Context context{storage, 0};
    for (const auto& description : pallets()) {
        description.pallet().build_genesis(context, config);
    }
    // Clients tell runtimes apart by the hash of this value, and keep metadata under it.
    const auto metadata_digest = crypto::blake2b_256(metadata(15).value());
    storage.put(bytes_of(":code"), concat(bytes_of("redoubt-devchain runtime "), metadata_digest.bytes));
    for (const auto& [key, value] : config.raw) {
        storage.put(key, value);
    }
    for (const auto& [child, entries] : config.raw_children) {
        for (const auto& [key, value] : entries) {
            storage.child_put(child, key, value);
        }
    }
}

std::vector<Bytes> Runtime::inherent_extrinsics(std::uint64_t now_ms) const {
    Bytes call{timestamp::kIndex, timestamp::kSetCall};
    scale::append_compact(call, now_ms);
    return {substrate::bare_extrinsic(call)};
}

Validity Runtime::validate_transaction(const Storage& storage,
                                       ByteView extrinsic,
                                       const Hash256& block_hash) const {
    BOOST_OUTCOME_TRY(const auto parsed, parse_extrinsic(extrinsic));
    const auto info = parsed.call.body().info();
    if (!parsed.signature) {
        if (info.dispatch_class == DispatchClass::kMandatory) {
            return InvalidTransaction::kMandatoryValidation;
        }
        return UnknownTransaction::kNoUnsignedValidator;
    }
    const BlockPosition position{system::kNumber.get(storage) + 1, block_hash};
    BOOST_OUTCOME_TRY(const auto death, check_signed(*this, storage, position, parsed));
    const auto& [signer, signature, extra, extra_bytes] = *parsed.signature;
    ValidTransaction out;
    out.priority = priority_of(info, parsed.length, extra.tip);
    if (extra.nonce > system::kAccount.get(storage, signer).nonce) {
        out.requires_tags = {nonce_tag(signer, extra.nonce - 1)};
    }
    out.provides_tags = {nonce_tag(signer, extra.nonce)};
    out.longevity = death == UINT64_MAX ? UINT64_MAX : death - position.number;
    return out;
}

std::optional<Bytes> Runtime::call_api(const Storage& storage,
                                       std::string_view method,
                                       ByteView parameters) const {
    for (const auto& api : runtime_apis()) {
        if (!method.starts_with(api.name()) || method.size() <= api.name().size() ||
            method[api.name().size()] != '_') {
            continue;
        }
        const auto name = method.substr(api.name().size() + 1);
        for (const auto& each : api.methods()) {
            if (each.name == name) {
                auto answer = each.run({*this, storage}, parameters);
                return answer ? std::optional{std::move(answer).value()} : std::nullopt;
            }
        }
    }
    return std::nullopt;
}

std::vector<std::string> Runtime::api_methods() const {
    std::vector<std::string> out;
    for (const auto& api : runtime_apis()) {
        for (const auto& method : api.methods()) {
            out.push_back(std::string{api.name()} + "_" + std::string{method.name});
        }
    }
    return out;
}

const Version& runtime_version() {
    static const auto version = [] {
        Version out{"redoubt-dev", "redoubt-devchain", 1, 1, 1, {}, 1, 1};
        for (const auto& api : runtime_apis()) {
            out.apis.emplace_back(crypto::blake2b_64(bytes_of(api.name())).bytes, api.version());
        }
        return out;
    }();
    return version;
}

}  // namespace redoubt::devchain
