#include <algorithm>
#include <tools/devchain/runtime/pallets/teerex/errors.hpp>
#include <tools/devchain/runtime/pallets/teerex/teerex.hpp>
#include <tools/devchain/runtime/pallets/timestamp/timestamp.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::teerex {
namespace {

constexpr Event<AccountId, std::optional<Bytes>, std::optional<SgxStatus>, SgxAttestationMethod>
    kAddedSgxEnclave{0,
                     "AddedSgxEnclave",
                     {"registered_by", "worker_url", "tcb_status", "attestation_method"}};
constexpr Event<AccountId> kRemovedSovereignEnclave{1, "RemovedSovereignEnclave", {""}};
constexpr Event<EnclaveInstanceAddress> kRemovedProxiedEnclave{2, "RemovedProxiedEnclave", {""}};
constexpr Event<Fmspc, SgxTcbInfoOnChain> kSgxTcbInfoRegistered{3,
                                                                "SgxTcbInfoRegistered",
                                                                {"fmspc", "on_chain_info"}};
constexpr Event<SgxQuotingEnclave> kSgxQuotingEnclaveRegistered{4,
                                                                "SgxQuotingEnclaveRegistered",
                                                                {"quoting_enclave"}};
constexpr Event<bool, bool> kUpdatedSecurityFlags{5,
                                                  "UpdatedSecurityFlags",
                                                  {"allow_skipping_attestation", "sgx_allow_debug_mode"}};

constexpr DispatchInfo info_of(std::uint64_t ref_time, std::uint64_t proof_size) {
    return {Weight::of(ref_time, proof_size)};
}

/// The enclave that a registration without evidence describes: MRENCLAVE is what the proof begins with.
SgxEnclave unattested_enclave(Context& context,
                              const AccountId& sender,
                              const Bytes& proof,
                              const std::optional<Bytes>& url,
                              const SgxAttestationMethod& method) {
    SgxEnclave out;
    std::copy(sender.begin(), sender.end(), out.report_data.d.begin());
    if (proof.size() >= out.mr_enclave.size()) {
        std::copy_n(proof.begin(), out.mr_enclave.size(), out.mr_enclave.begin());
    }
    out.timestamp = timestamp::kNow.get(context.storage());
    out.url = url;
    out.attestation_method = method;
    return out;
}

/// What signs for a proxied instance: the report data, filled up with two zeros.
AnySigner proxied_signer(const SgxEnclave& enclave) {
    AnySigner::OpaqueSigner opaque;
    opaque.items.assign(enclave.report_data.d.begin(), enclave.report_data.d.end());
    opaque.items.resize(66);
    return {Holding<"Opaque", AnySigner::OpaqueSigner>{opaque}};
}

Dispatched<> ensure_removable(Context& context, const std::optional<MultiEnclave>& enclave) {
    if (!enclave) {
        return module_error(kIndex, kEnclaveIsNotRegistered);
    }
    const auto now = timestamp::kNow.get(context.storage());
    const auto oldest = now > kAttestationRenewalMax ? now - kAttestationRenewalMax : 0;
    if (enclave->sgx().timestamp >= oldest) {
        return module_error(kIndex, kUnregisterActiveEnclaveIsNotAllowed);
    }
    return success();
}

/// The errors that checking evidence can end with; they follow each other in the order of their names.
void describe_verify_errors(PalletDescription& description) {
    auto index = kFirstVerifyError;
    for (const auto name : kEnum<VerifyError>.names) {
        description.errors(Error<>{index++, name, {}});
    }
}

}  // namespace

void Teerex::describe(PalletDescription& description) const {
    description.call(0, "register_sgx_enclave", {"proof", "worker_url", "attestation_method"},
                     info_of(3'644'493'000, 4'249), &Teerex::register_sgx_enclave);
    description.call(1, "unregister_sovereign_enclave", {"enclave_signer"}, info_of(295'710'000, 3'996),
                     &Teerex::unregister_sovereign_enclave);
    description.call(2, "unregister_proxied_enclave", {"address"}, info_of(295'710'000, 3'996),
                     &Teerex::unregister_proxied_enclave);
    description.call(3, "register_quoting_enclave", {"enclave_identity", "signature", "certificate_chain"},
                     info_of(1'791'302'000, 1'493), &Teerex::register_quoting_enclave);
    description.call(4, "register_tcb_info", {"tcb_info", "signature", "certificate_chain"},
                     info_of(1'931'718'000, 1'493), &Teerex::register_tcb_info);
    description.call(5, "set_security_flags", {"allow_skipping_attestation", "sgx_allow_debug_mode"},
                     info_of(335'042'000, 0), &Teerex::set_security_flags);
    description.events(kAddedSgxEnclave, kRemovedSovereignEnclave, kRemovedProxiedEnclave,
                       kSgxTcbInfoRegistered, kSgxQuotingEnclaveRegistered, kUpdatedSecurityFlags);
    description.errors(
        kEnclaveSignerDecodeError, kSenderIsNotAttestedEnclave, kRemoteAttestationVerificationFailed,
        kRemoteAttestationIsTooOld, kSgxModeIsNotAllowed, kEnclaveIsNotRegistered, kEnclaveUrlIsTooLong,
        kRaProofIsTooLong, kEmptyEnclaveRegistry, kCollateralIsInvalid, kUnregisterActiveEnclaveIsNotAllowed,
        kSkippingAttestationIsNotAllowed, kMissingTcbInfoForFmspc, kTcbInfoIsOutdated, kOtherSgxVerifyError);
    describe_verify_errors(description);
    description.constant("MomentsPerDay", kMomentsPerDay);
    description.constant("MaxAttestationRenewalPeriod", kAttestationRenewalMax);
    description.storage(kSovereignEnclaves, kProxiedEnclaves, kSgxQuotingEnclaveRegistry, kSgxTcbInfo,
                        kSgxAllowDebugMode, kAllowSkippingAttestation);
}

void Teerex::build_genesis(Context& context, const GenesisConfig& config) const {
    kAllowSkippingAttestation.put(context.storage(), config.allow_skipping_attestation);
    kSgxAllowDebugMode.put(context.storage(), config.sgx_allow_debug_mode);
}

Dispatched<> Teerex::register_sgx_enclave(Context& context,
                                          const Origin& origin,
                                          const Bytes& proof,
                                          const std::optional<Bytes>& worker_url,
                                          const SgxAttestationMethod& attestation_method) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    if (proof.size() > kProofBytesMax) {
        return module_error(kIndex, kRaProofIsTooLong);
    }
    if (worker_url && worker_url->size() > kUrlBytesMax) {
        return module_error(kIndex, kEnclaveUrlIsTooLong);
    }
    const auto* skip = std::get_if<Skip>(&attestation_method.value);
    if (skip == nullptr) {
        return module_error(kIndex, kRemoteAttestationVerificationFailed);
    }
    if (!kAllowSkippingAttestation.get(context.storage())) {
        return module_error(kIndex, kSkippingAttestationIsNotAllowed);
    }
    const auto enclave = unattested_enclave(context, sender, proof, worker_url, attestation_method);
    const MultiEnclave entry{Holding<"Sgx", SgxEnclave>{enclave}};
    if (skip->proxied) {
        kProxiedEnclaves.put(context.storage(), {entry.fingerprint(), sender, proxied_signer(enclave)},
                             entry);
    } else {
        kSovereignEnclaves.put(context.storage(), sender, entry);
    }
    context.deposit(kIndex, kAddedSgxEnclave, sender, worker_url, enclave.status, attestation_method);
    return success();
}

Dispatched<> Teerex::unregister_sovereign_enclave(Context& context,
                                                  const Origin& origin,
                                                  const AccountId& enclave_signer) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    BOOST_OUTCOME_TRY(ensure_removable(context, kSovereignEnclaves.find(context.storage(), enclave_signer)));
    kSovereignEnclaves.erase(context.storage(), enclave_signer);
    context.deposit(kIndex, kRemovedSovereignEnclave, enclave_signer);
    return success();
}

Dispatched<> Teerex::unregister_proxied_enclave(Context& context,
                                                const Origin& origin,
                                                const EnclaveInstanceAddress& address) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    BOOST_OUTCOME_TRY(ensure_removable(context, kProxiedEnclaves.find(context.storage(), address)));
    kProxiedEnclaves.erase(context.storage(), address);
    context.deposit(kIndex, kRemovedProxiedEnclave, address);
    return success();
}

Dispatched<> Teerex::register_quoting_enclave(Context&,
                                              const Origin& origin,
                                              const Bytes&,
                                              const Bytes&,
                                              const Bytes&) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    return module_error(kIndex, kCollateralIsInvalid);
}

Dispatched<> Teerex::register_tcb_info(Context&,
                                       const Origin& origin,
                                       const Bytes&,
                                       const Bytes&,
                                       const Bytes&) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    return module_error(kIndex, kCollateralIsInvalid);
}

Dispatched<> Teerex::set_security_flags(Context& context,
                                        const Origin& origin,
                                        bool allow_skipping_attestation,
                                        bool sgx_allow_debug_mode) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    kAllowSkippingAttestation.put(context.storage(), allow_skipping_attestation);
    kSgxAllowDebugMode.put(context.storage(), sgx_allow_debug_mode);
    context.deposit(kIndex, kUpdatedSecurityFlags, allow_skipping_attestation, sgx_allow_debug_mode);
    return success();
}

Dispatched<MultiEnclave> sovereign_enclave(const Storage& storage, const AccountId& signer) {
    const auto enclave = kSovereignEnclaves.find(storage, signer);
    if (!enclave) {
        return module_error(kIndex, kEnclaveIsNotRegistered);
    }
    return *enclave;
}

}  // namespace redoubt::devchain::teerex
