#include <array>
#include <attestation/binding/fingerprint.hpp>
#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/gramine.hpp>
#include <attestation/produce/tsm.hpp>
#include <enclave/hardware_tee.hpp>
#include <primitives/crypto/kdf.hpp>
#include <primitives/crypto/random.hpp>

namespace redoubt::enclave {

namespace {

using namespace std::string_view_literals;
using attestation::produce::ProduceError;
using attestation::produce::Provider;

constexpr auto kProvidedLabel = "redoubt/seal/provided/v1"sv;

template <class Opened>
Result<std::unique_ptr<Provider>> as_provider(Result<Opened> opened) {
    BOOST_OUTCOME_TRY(auto provider, std::move(opened));
    return std::unique_ptr<Provider>{std::move(provider)};
}

Result<crypto::SecretBytes<32>> sealing_key_of(Provider& provider,
                                               const Hash256& measurement,
                                               const std::optional<crypto::SecretBytes<32>>& provided_key) {
    auto derived = provider.sealing_key();
    if (derived) {
        if (provided_key) {
            return ProduceError::kKeyUnwanted;
        }
        return derived;
    }
    if (derived.error() != ProduceError::kNoSealingKey || !provided_key) {
        return derived.error();
    }
    return crypto::hkdf_sha256(provided_key->expose(), concat(bytes_of(kProvidedLabel), measurement));
}

}  // namespace

Result<std::unique_ptr<Provider>> open_provider(TeeKind kind, attestation::produce::TeeSystem& system) {
    REDOUBT_ASSERT(kind != TeeKind::kSimulation);
    return kind == TeeKind::kGramineSgx ? as_provider(attestation::produce::Gramine::open(system))
                                        : as_provider(attestation::produce::Tsm::open(system));
}

Result<HardwareTee> HardwareTee::open(TeeKind kind,
                                      attestation::produce::TeeSystem& system,
                                      const std::optional<crypto::SecretBytes<32>>& provided_key) {
    BOOST_OUTCOME_TRY(const auto provider, open_provider(kind, system));
    std::array<std::uint8_t, 64> question{};
    system.fill_random(question);
    BOOST_OUTCOME_TRY(const auto evidence, provider->generate(question));
    BOOST_OUTCOME_TRY(const auto claims,
                      attestation::produce::check_evidence(evidence.type, evidence.evidence, question));
    const auto measurement = attestation::fingerprint(evidence.type, attestation::measurement(claims));
    if (!measurement) {
        return ProduceError::kEvidenceMalformed;
    }
    BOOST_OUTCOME_TRY(auto key, sealing_key_of(*provider, *measurement, provided_key));
    return HardwareTee{kind, *measurement, std::move(key)};
}

void HardwareTee::fill_random(std::span<std::uint8_t> out) const {
    crypto::fill_random(out);
}

}  // namespace redoubt::enclave
