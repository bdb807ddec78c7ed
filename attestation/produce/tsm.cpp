#include <attestation/produce/tsm.hpp>

#include <attestation/produce/produce_error.hpp>

namespace redoubt::attestation::produce {

namespace {

template <class Opened>
bool is_missing(const Result<Opened>& opened) {
    return !opened && opened.error() == ProduceError::kInterfaceMissing;
}

template <class Opened>
Result<std::unique_ptr<Provider>> as_provider(Result<Opened> opened) {
    BOOST_OUTCOME_TRY(auto provider, std::move(opened));
    return std::unique_ptr<Provider>{std::move(provider)};
}

Result<std::unique_ptr<Provider>> open_any(TeeSystem& system, const TsmPlaces& places) {
    auto configfs = ConfigfsTsm::open(system, places.configfs);
    if (!is_missing(configfs)) {
        return as_provider(std::move(configfs));
    }
    auto tdx = TdxGuest::open(system, places.tdx_guest, places.tdx_settings);
    if (!is_missing(tdx)) {
        return as_provider(std::move(tdx));
    }
    return as_provider(SevGuest::open(system, places.sev_guest));
}

}  // namespace

Result<std::unique_ptr<Tsm>> Tsm::open(TeeSystem& system, const TsmPlaces& places) {
    BOOST_OUTCOME_TRY(auto provider, open_any(system, places));
    return std::unique_ptr<Tsm>{new Tsm{system, std::move(provider), places.sev_guest}};
}

Result<crypto::SecretBytes<32>> Tsm::sealing_key() {
    if (type() != EvidenceType::kSnp) {
        return provider_->sealing_key();
    }
    BOOST_OUTCOME_TRY(const auto device, SevGuest::open(system_, sev_guest_));
    return device->sealing_key();
}

}  // namespace redoubt::attestation::produce
