#include <boundary/limits.hpp>
#include <boundary/refusal.hpp>
#include <enclave/identity.hpp>
#include <enclave/sealed_blob.hpp>
#include <primitives/scale.hpp>
#include <utility>

namespace redoubt::enclave {

namespace {

using boundary::Refusal;

constexpr BlobMagic kMagic = {'R', 'D', 'I', '3'};
/// The clear header is empty: magic and key id say everything.
constexpr std::size_t kHeaderBytes = 0;
/// Room for all fields but the anchor, so that the plaintext never moves while it is written.
constexpr std::size_t kPlaintextBytesMax = 16 * 1024;
constexpr std::size_t kShieldingKeyBytesMax = 4 * 1024;

Result<crypto::SecretBytes<32>> take_secret(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto view, in.take(32));
    return crypto::SecretBytes<32>::copy_of(view.first<32>());
}

struct Fields {
    IdentityScope scope;
    crypto::SecretBytes<32> signing_seed;
    crypto::SecretBytes<32> state_key;
    crypto::SecretBuffer shielding_key_der;
    crypto::SecretBuffer extension;
};

Result<Fields> decode_fields(ByteView plaintext) {
    ByteCursor in{plaintext};
    Fields out;
    BOOST_OUTCOME_TRY(out.scope.genesis_hash, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(out.scope.shard, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(out.scope.dev, scale::read<bool>(in));
    BOOST_OUTCOME_TRY(out.scope.unverified_finality, scale::read<bool>(in));
    BOOST_OUTCOME_TRY(out.scope.stale_after_ms, scale::read<std::uint64_t>(in));
    BOOST_OUTCOME_TRY(out.scope.anchor, scale::read<std::optional<light_client::FinalityState>>(in));
    BOOST_OUTCOME_TRY(out.scope.relay, scale::read<std::optional<boundary::RelayChain>>(in));
    BOOST_OUTCOME_TRY(out.signing_seed, take_secret(in));
    BOOST_OUTCOME_TRY(out.state_key, take_secret(in));
    BOOST_OUTCOME_TRY(const auto der, scale::read_bytes(in, kShieldingKeyBytesMax));
    out.shielding_key_der = crypto::SecretBuffer::copy_of(der);
    BOOST_OUTCOME_TRY(const auto extension, scale::read_bytes(in, kIdentityExtensionBytesMax));
    out.extension = crypto::SecretBuffer::copy_of(extension);
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

}  // namespace

Identity::Identity(const IdentityScope& scope,
                   crypto::SecretBytes<32> signing_seed,
                   crypto::KeyPair signing_key,
                   crypto::RsaKeyPair shielding_key,
                   crypto::SecretBytes<32> state_key,
                   crypto::SecretBuffer extension)
    : scope_(scope),
      signing_seed_(std::move(signing_seed)),
      signing_key_(std::move(signing_key)),
      shielding_key_(std::move(shielding_key)),
      state_key_(std::move(state_key)),
      extension_(std::move(extension)) {
}

Result<Identity> Identity::create(const Tee& tee,
                                  const IdentityScope& scope,
                                  crypto::SecretBuffer extension) {
    if (extension.size() > kIdentityExtensionBytesMax) {
        return Refusal::kCryptoFailed;
    }
    crypto::SecretBytes<32> seed;
    tee.fill_random(seed.expose_mut());
    crypto::SecretBytes<32> state_key;
    tee.fill_random(state_key.expose_mut());
    auto signing_key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed);
    auto shielding_key = crypto::RsaKeyPair::generate();
    if (!signing_key || !shielding_key) {
        return Refusal::kCryptoFailed;
    }
    return Identity{scope,
                    std::move(seed),
                    std::move(signing_key).value(),
                    std::move(shielding_key).value(),
                    std::move(state_key),
                    std::move(extension)};
}

Result<Identity> Identity::unseal(const Tee& tee, ByteView sealed) {
    if (sealed.size() > boundary::kSealedIdentityBytesMax) {
        return Refusal::kIdentityDamaged;
    }
    const auto opened = open_blob(kMagic, tee.sealing_key(), kHeaderBytes, sealed);
    if (opened.fault != BlobFault::kNone) {
        return opened.fault == BlobFault::kOtherKey ? Refusal::kSealedByOtherEnclave
                                                    : Refusal::kIdentityDamaged;
    }
    auto fields = decode_fields(opened.plaintext.expose());
    if (!fields) {
        return Refusal::kIdentityDamaged;
    }
    auto& known = fields.value();
    auto signing_key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, known.signing_seed);
    auto shielding_key = crypto::RsaKeyPair::from_private_der(known.shielding_key_der.expose());
    if (!signing_key || !shielding_key) {
        return Refusal::kIdentityDamaged;
    }
    if (known.scope.anchor.has_value() == known.scope.unverified_finality ||
        (known.scope.relay && !known.scope.anchor)) {
        return Refusal::kIdentityDamaged;
    }
    return Identity{known.scope,
                    std::move(known.signing_seed),
                    std::move(signing_key).value(),
                    std::move(shielding_key).value(),
                    std::move(known.state_key),
                    std::move(known.extension)};
}

Result<Bytes> Identity::seal(const Tee& tee) const {
    const auto der = shielding_key_.private_der();
    if (!der || der.value().size() > kShieldingKeyBytesMax) {
        return Refusal::kCryptoFailed;
    }
    Bytes plaintext;
    const auto anchor = scale::encode(scope_.anchor);
    plaintext.reserve(kPlaintextBytesMax + anchor.size());
    scale::encode_scale(plaintext, scope_.genesis_hash);
    scale::encode_scale(plaintext, scope_.shard);
    scale::encode_scale(plaintext, scope_.dev);
    scale::encode_scale(plaintext, scope_.unverified_finality);
    scale::encode_scale(plaintext, scope_.stale_after_ms);
    append(plaintext, anchor);
    scale::encode_scale(plaintext, scope_.relay);
    append(plaintext, signing_seed_.expose());
    append(plaintext, state_key_.expose());
    scale::append_compact(plaintext, der.value().size());
    append(plaintext, der.value().expose());
    scale::append_compact(plaintext, extension_.size());
    append(plaintext, extension_.expose());
    auto sealed = seal_blob(kMagic, tee.sealing_key(), {}, plaintext);
    crypto::wipe(plaintext);
    return sealed;
}

}  // namespace redoubt::enclave
