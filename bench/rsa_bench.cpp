// P01: opening one RSA-3072-OAEP block with the enclave's shielding key, beside a bare EVP_PKEY_decrypt with
// the same key in the same process. bench/p01.py prints the ratio.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/rsa.hpp>

namespace {

using redoubt::Bytes;
using redoubt::crypto::RsaKeyPair;

struct Material {
    RsaKeyPair key;
    Bytes ciphertext;
};

const Material& material() {
    static const Material made = [] {
        auto key = RsaKeyPair::generate();
        auto ciphertext = key.value().public_key().encrypt_oaep(Bytes(150, 7));
        return Material{.key = std::move(key).value(), .ciphertext = std::move(ciphertext).value()};
    }();
    return made;
}

void redoubt_decrypt(benchmark::State& state) {
    const auto& [key, ciphertext] = material();
    for (auto _ : state) {
        const auto opened = key.decrypt_oaep(ciphertext, 1);
        if (!opened) {
            state.SkipWithError("the block was refused");
        }
    }
}
BENCHMARK(redoubt_decrypt)->Unit(benchmark::kMicrosecond);

void openssl_decrypt(benchmark::State& state) {
    const auto& [key, ciphertext] = material();
    const auto der = key.private_der();
    const unsigned char* position = der.value().expose().data();
    EVP_PKEY* raw = d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.value().size()));
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(raw, nullptr);
    EVP_PKEY_decrypt_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256());
    EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256());
    Bytes out(redoubt::crypto::kRsaModulusBytes);
    for (auto _ : state) {
        std::size_t written = out.size();
        if (EVP_PKEY_decrypt(context, out.data(), &written, ciphertext.data(), ciphertext.size()) != 1) {
            state.SkipWithError("the block was refused");
        }
    }
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(raw);
}
BENCHMARK(openssl_decrypt)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
