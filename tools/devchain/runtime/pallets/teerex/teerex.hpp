/// Teerex: the registry of enclaves.
///
/// Evidence and collateral are verified, by the rules that real chains have (sgx_profile.hpp).
///
/// @source integritee-wire.md, section 2.3
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>
#include <tools/devchain/runtime/pallets/teerex/types.hpp>

namespace redoubt::devchain::teerex {

inline constexpr std::uint8_t kIndex = 50;
inline constexpr std::string_view kName = "Teerex";
inline constexpr std::size_t kProofBytesMax = 5'000;
inline constexpr std::size_t kUrlBytesMax = 256;
inline constexpr Moment kMomentsPerDay = 86'400'000;
/// Anybody may remove a registration that is older.
inline constexpr Moment kAttestationRenewalMax = 2 * kMomentsPerDay;

inline const StorageMap<AccountId, MultiEnclave> kSovereignEnclaves{kName, "SovereignEnclaves",
                                                                    Hasher::kBlake2_128Concat, Absent::kNone};
inline const StorageMap<EnclaveInstanceAddress, MultiEnclave> kProxiedEnclaves{
    kName, "ProxiedEnclaves", Hasher::kBlake2_128Concat, Absent::kNone};
inline const StorageValue<SgxQuotingEnclave> kSgxQuotingEnclaveRegistry{kName, "SgxQuotingEnclaveRegistry",
                                                                        Absent::kDefault};
inline const StorageMap<Fmspc, SgxTcbInfoOnChain> kSgxTcbInfo{kName, "SgxTcbInfo", Hasher::kBlake2_128Concat,
                                                              Absent::kNone};
inline const StorageValue<bool> kSgxAllowDebugMode{kName, "SgxAllowDebugMode", Absent::kDefault};
inline const StorageValue<bool> kAllowSkippingAttestation{kName, "AllowSkippingAttestation",
                                                          Absent::kDefault};

/// A certificate (DER) here takes the place of Intel's root: for tests, whose evidence nobody else would
/// take. It is written at genesis only, and no real chain knows it.
inline constexpr std::string_view kSgxTestRootKey = ":redoubt:sgx_test_root";

class Teerex final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_teerex"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;

    Dispatched<> register_sgx_enclave(Context&,
                                      const Origin&,
                                      const Bytes& proof,
                                      const std::optional<Bytes>& worker_url,
                                      const SgxAttestationMethod& attestation_method) const;
    Dispatched<> unregister_sovereign_enclave(Context&, const Origin&, const AccountId& enclave_signer) const;
    Dispatched<> unregister_proxied_enclave(Context&,
                                            const Origin&,
                                            const EnclaveInstanceAddress& address) const;
    Dispatched<> register_quoting_enclave(Context&,
                                          const Origin&,
                                          const Bytes& enclave_identity,
                                          const Bytes& signature,
                                          const Bytes& certificate_chain) const;
    Dispatched<> register_tcb_info(Context&,
                                   const Origin&,
                                   const Bytes& tcb_info,
                                   const Bytes& signature,
                                   const Bytes& certificate_chain) const;
    Dispatched<> set_security_flags(Context&,
                                    const Origin&,
                                    bool allow_skipping_attestation,
                                    bool sgx_allow_debug_mode) const;
};

/// The enclave that registered itself under this account, or EnclaveIsNotRegistered.
[[nodiscard]] Dispatched<MultiEnclave> sovereign_enclave(const Storage& storage, const AccountId& signer);

}  // namespace redoubt::devchain::teerex
