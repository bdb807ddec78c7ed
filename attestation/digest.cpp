#include <attestation/digest.hpp>

#include <attestation/digest_algorithms.hpp>
#include <attestation/openssl_handles.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation {
namespace {

const EVP_MD* fetch(const char* name) {
    crypto::initialise();
    const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
    REDOUBT_ASSERT(algorithm != nullptr);
    return algorithm;
}

}  // namespace

const EVP_MD* digest_algorithm(HashAlgorithm algorithm) {
    static const EVP_MD* const sha2_256 = fetch("SHA2-256");
    static const EVP_MD* const sha2_384 = fetch("SHA2-384");
    static const EVP_MD* const sha2_512 = fetch("SHA2-512");
    switch (algorithm) {
        case HashAlgorithm::kSha256:
            return sha2_256;
        case HashAlgorithm::kSha384:
            return sha2_384;
        case HashAlgorithm::kSha512:
            return sha2_512;
    }
    return sha2_256;
}

Digest digest(HashAlgorithm algorithm, std::initializer_list<ByteView> pieces) {
    const DigestContextHandle context{EVP_MD_CTX_new()};
    REDOUBT_ASSERT(context && EVP_DigestInit_ex(context.get(), digest_algorithm(algorithm), nullptr) == 1);
    for (const auto& piece : pieces) {
        REDOUBT_ASSERT(EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1);
    }
    Digest out;
    unsigned size = 0;
    REDOUBT_ASSERT(EVP_DigestFinal_ex(context.get(), out.bytes_.data(), &size) == 1);
    out.size_ = size;
    return out;
}

Hash256 sha2_256(std::initializer_list<ByteView> pieces) {
    return Hash256::copy_of(digest(HashAlgorithm::kSha256, pieces).view().first<32>());
}

FixedBytes<48> sha2_384(ByteView input) {
    return FixedBytes<48>::copy_of(digest(HashAlgorithm::kSha384, {input}).view().first<48>());
}

}  // namespace redoubt::attestation
