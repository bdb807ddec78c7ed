#include <algorithm>
#include <tools/devchain/runtime/pallets/teerex/errors.hpp>
#include <tools/devchain/runtime/pallets/teerex/sgx_profile.hpp>
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
Dispatched<SgxEnclave> unattested_enclave(Context& context, const AccountId& sender, const Bytes& proof) {
    if (!kAllowSkippingAttestation.get(context.storage())) {
        return module_error(kIndex, kSkippingAttestationIsNotAllowed);
    }
    SgxEnclave out;
    std::copy(sender.begin(), sender.end(), out.report_data.d.begin());
    if (proof.size() >= out.mr_enclave.size()) {
        std::copy_n(proof.begin(), out.mr_enclave.size(), out.mr_enclave.begin());
    }
    out.timestamp = timestamp::kNow.get(context.storage());
    return out;
}

/// The pallet's error for evidence that was refused.
DispatchError error_of(VerifyError error) {
    const auto index = static_cast<std::uint8_t>(kFirstVerifyError + static_cast<std::uint8_t>(error));
    return module_error(kIndex, Error<>{index, {}, {}});
}

/// The value, or the pallet's error.
template <class T>
Dispatched<T> dispatched(Judged<T> judged) {
    if (!judged) {
        return error_of(judged.error());
    }
    if constexpr (std::is_void_v<T>) {
        return success();
    } else {
        return std::move(judged).value();
    }
}

/// The roots that this chain trusts: the vendors' own, but on a chain made for tests.
class ChainRoots {
  public:
    explicit ChainRoots(const Storage& storage) {
        if (auto certificate = storage.get(bytes_of(kSgxTestRootKey))) {
            if (auto roots = attestation::TrustRoots::with_intel_root(std::move(*certificate))) {
                own_ = std::move(roots).value();
            }
        }
    }
    [[nodiscard]] const attestation::TrustRoots& get() const {
        return own_ ? *own_ : attestation::TrustRoots::built_in();
    }

  private:
    std::optional<attestation::TrustRoots> own_;
};

Dispatched<> ensure_is_attested(const AccountId& sender, const SgxReportData& report_data) {
    if (!equal(sender.view(), ByteView{report_data.d}.first(AccountId::kSize))) {
        return module_error(kIndex, kSenderIsNotAttestedEnclave);
    }
    return success();
}

/// The enclave that a quote proves, judged by the collateral of the state.
Dispatched<SgxEnclave> quoted_enclave(Context& context,
                                      const AccountId& sender,
                                      const Bytes& quote,
                                      const Dcap& method) {
    const auto& storage = context.storage();
    const auto now = timestamp::kNow.get(storage);
    const ChainRoots roots{storage};
    BOOST_OUTCOME_TRY(
        const auto quoted,
        dispatched(verify_quote(quote, kSgxQuotingEnclaveRegistry.get(storage), now, roots.get())));
    if (!method.proxied) {
        BOOST_OUTCOME_TRY(ensure_is_attested(sender, quoted.report_data));
    }
    const auto info = kSgxTcbInfo.find(storage, quoted.fmspc);
    if (!info) {
        return module_error(kIndex, kMissingTcbInfoForFmspc);
    }
    const auto status = status_of_platform(*info, quoted.platform);
    if (!status) {
        return module_error(kIndex, kTcbInfoIsOutdated);
    }
    SgxEnclave out;
    out.report_data = quoted.report_data;
    out.mr_enclave = quoted.mr_enclave;
    out.mr_signer = quoted.mr_signer;
    out.timestamp = now;
    out.build_mode = quoted.build_mode;
    out.status = *status;
    return out;
}

/// The enclave that a report of Intel's attestation service proves.
Dispatched<SgxEnclave> reported_enclave(Context& context, const AccountId& sender, const Bytes& certificate) {
    const auto now = timestamp::kNow.get(context.storage());
    BOOST_OUTCOME_TRY(const auto reported, dispatched(verify_ias_certificate(certificate, now)));
    if (reported.timestamp > now) {
        return DispatchError{Unit<"Other">{}};
    }
    if (now - reported.timestamp >= kMomentsPerDay) {
        return module_error(kIndex, kRemoteAttestationIsTooOld);
    }
    BOOST_OUTCOME_TRY(ensure_is_attested(sender, reported.report_data));
    SgxEnclave out;
    out.report_data = reported.report_data;
    out.mr_enclave = reported.mr_enclave;
    out.mr_signer = reported.mr_signer;
    out.timestamp = reported.timestamp;
    out.build_mode = reported.build_mode;
    out.status = reported.status;
    return out;
}

Dispatched<SgxEnclave> proven_enclave(Context& context,
                                      const AccountId& sender,
                                      const Bytes& proof,
                                      const SgxAttestationMethod& method) {
    if (const auto* dcap = std::get_if<Dcap>(&method.value)) {
        return quoted_enclave(context, sender, proof, *dcap);
    }
    if (std::holds_alternative<Skip>(method.value)) {
        return unattested_enclave(context, sender, proof);
    }
    return reported_enclave(context, sender, proof);
}

bool is_proxied(const SgxAttestationMethod& method) {
    const auto* skip = std::get_if<Skip>(&method.value);
    const auto* dcap = std::get_if<Dcap>(&method.value);
    return (skip != nullptr && skip->proxied) || (dcap != nullptr && dcap->proxied);
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
    if (config.sgx_test_root) {
        context.storage().put(bytes_of(kSgxTestRootKey), *config.sgx_test_root);
    }
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
    BOOST_OUTCOME_TRY(auto enclave, proven_enclave(context, sender, proof, attestation_method));
    if (enclave.build_mode == SgxBuildMode::kDebug && !kSgxAllowDebugMode.get(context.storage())) {
        return module_error(kIndex, kSgxModeIsNotAllowed);
    }
    enclave.url = worker_url;
    enclave.attestation_method = attestation_method;
    const MultiEnclave entry{Holding<"Sgx", SgxEnclave>{enclave}};
    if (is_proxied(attestation_method)) {
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

Dispatched<> Teerex::register_quoting_enclave(Context& context,
                                              const Origin& origin,
                                              const Bytes& enclave_identity,
                                              const Bytes& signature,
                                              const Bytes& certificate_chain) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    const auto now = timestamp::kNow.get(context.storage());
    const ChainRoots roots{context.storage()};
    BOOST_OUTCOME_TRY(
        dispatched(verify_collateral_text(enclave_identity, signature, certificate_chain, now, roots.get(),
                                          VerifyError::kEnclaveIdentitySignatureIsInvalid)));
    BOOST_OUTCOME_TRY(const auto quoting_enclave, dispatched(read_quoting_enclave(enclave_identity, now)));
    if (!quoting_enclave) {
        return module_error(kIndex, kCollateralIsInvalid);
    }
    kSgxQuotingEnclaveRegistry.put(context.storage(), *quoting_enclave);
    context.deposit(kIndex, kSgxQuotingEnclaveRegistered, *quoting_enclave);
    return success();
}

Dispatched<> Teerex::register_tcb_info(Context& context,
                                       const Origin& origin,
                                       const Bytes& tcb_info,
                                       const Bytes& signature,
                                       const Bytes& certificate_chain) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    const auto now = timestamp::kNow.get(context.storage());
    const ChainRoots roots{context.storage()};
    BOOST_OUTCOME_TRY(dispatched(verify_collateral_text(tcb_info, signature, certificate_chain, now,
                                                        roots.get(), VerifyError::kRsaSignatureIsInvalid)));
    BOOST_OUTCOME_TRY(const auto record, dispatched(read_tcb_info(tcb_info, now)));
    if (!record) {
        return module_error(kIndex, kCollateralIsInvalid);
    }
    kSgxTcbInfo.put(context.storage(), record->fmspc, record->info);
    context.deposit(kIndex, kSgxTcbInfoRegistered, record->fmspc, record->info);
    return success();
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
