#include <primitives/crypto/multi_signature.hpp>

#include <primitives/crypto/ecdsa.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/sr25519.hpp>

namespace redoubt::crypto {
namespace {

struct Verifier {
    const AccountId& account;
    ByteView message;

    bool operator()(const Ed25519Signature& signature) const {
        return ed25519::verify(account.view(), message, signature.view());
    }
    bool operator()(const Sr25519Signature& signature) const {
        return sr25519::verify(account.view(), message, signature.view());
    }
    bool operator()(const EcdsaSignature& signature) const {
        const auto key = ecdsa::recover(blake2b_256(message), signature, ecdsa::Rules::kLikeChain);
        return key && account_id_of(Scheme::kEcdsa, key.value().view()) == account;
    }
};

}  // namespace

std::string_view scheme_name(Scheme scheme) noexcept {
    switch (scheme) {
        case Scheme::kEd25519:
            return "ed25519";
        case Scheme::kSr25519:
            return "sr25519";
        case Scheme::kEcdsa:
            return "ecdsa";
    }
    return "unknown";
}

bool verify(const MultiSignature& signature, const AccountId& account, ByteView message) {
    return std::visit(Verifier{account, message}, signature.signature);
}

AccountId account_id_of(Scheme scheme, ByteView public_key) {
    if (scheme == Scheme::kEcdsa) {
        REDOUBT_ASSERT(public_key.size() == 33);
        return AccountId{blake2b_256(public_key).bytes};
    }
    REDOUBT_ASSERT(public_key.size() == 32);
    return AccountId::copy_of(public_key.first<32>());
}

}  // namespace redoubt::crypto
