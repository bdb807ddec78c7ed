/// TCB info: Intel's list of the security versions of a platform family and how each stands. Versions 2
/// (SGX only) and 3. Decoding does not verify the signature.
///
/// @source attestation.md, section 6.3
#pragma once

#include <attestation/dcap/level_state.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/reason.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace redoubt::attestation::dcap {

using Components = std::array<std::uint8_t, 16>;

struct TcbLevel {
    Components sgx{};
    std::uint16_t pce_svn = 0;
    Components tdx{};
    LevelState state;
};

/// Who signs the TDX module, and with which attributes.
struct TdxModule {
    TdRegister mr_signer;
    std::uint64_t attributes = 0;
    std::uint64_t attributes_mask = 0;
};

struct TdxModuleIdentity {
    std::uint8_t major_version = 0;
    TdxModule module;
    std::vector<SvnLevel> levels;  ///< newest first
};

struct TcbInfo {
    std::uint32_t version = 0;
    Tee tee = Tee::kSgx;
    Validity validity;  ///< issueDate and nextUpdate
    FixedBytes<6> fmspc;
    FixedBytes<2> pce_id;
    std::uint32_t evaluation_data_number = 0;
    std::vector<TcbLevel> levels;  ///< newest first, all different
    std::optional<TdxModule> tdx_module;
    std::vector<TdxModuleIdentity> tdx_modules;

    /// The identity of modules with this major version; nullptr when there is none.
    [[nodiscard]] const TdxModuleIdentity* module_identity(std::uint8_t major_version) const;
};

/// @param text at most kJsonBytesMax, exactly one JSON object
/// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember, kCollateralMalformed
[[nodiscard]] Result<TcbInfo> parse_tcb_info(std::string_view text);

}  // namespace redoubt::attestation::dcap
