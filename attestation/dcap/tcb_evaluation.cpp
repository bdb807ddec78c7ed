#include <attestation/dcap/tcb_evaluation.hpp>

#include <algorithm>

namespace redoubt::attestation::dcap {
namespace {

/// Bytes of TEE_TCB_SVN.
constexpr std::size_t kModuleSvn = 0;
constexpr std::size_t kModuleMajorVersion = 1;
constexpr std::size_t kLateMicrocode = 2;

/// The platform's SGX components and PCE reach those of the level, each one for itself.
bool reaches_sgx(const PckExtension& platform, const TcbLevel& level) {
    return std::ranges::equal(platform.sgx_components, level.sgx, std::ranges::greater_equal{}) &&
           platform.pce_svn >= level.pce_svn;
}

/// With a module identity the components 0 and 1 are judged by it, not by the level.
bool reaches_tdx(const TdxClaims& td, const TcbLevel& level) {
    const auto& svn = td.tee_tcb_svn.bytes;
    const std::size_t start = svn[kModuleMajorVersion] > 0 ? 2 : 0;
    for (std::size_t i = start; i < svn.size(); ++i) {
        if (svn.at(i) < level.tdx.at(i)) {
            return false;
        }
    }
    return true;
}

Result<const TcbLevel*> find_platform_level(const PckExtension& platform,
                                            const TdxClaims* td,
                                            const TcbInfo& info) {
    for (const auto& level : info.levels) {
        if (reaches_sgx(platform, level) && (td == nullptr || reaches_tdx(*td, level))) {
            return &level;
        }
    }
    return Reason::kTcbLevelNotFound;
}

template <class Level>
LevelFacts facts_of(const Level& level, const std::vector<Level>& levels) {
    return {.status = level.state.status,
            .levels_behind = static_cast<std::uint32_t>(&level - levels.data()),
            .date = level.state.date};
}

/// The module that measured the TD at its launch.
struct Module {
    std::optional<LevelFacts> facts;  ///< absent for modules without an identity of their own
    const SvnLevel* level = nullptr;
};

Result<Module> find_module(const TdxClaims& td, const TcbInfo& info) {
    const auto major_version = td.tee_tcb_svn.bytes[kModuleMajorVersion];
    const auto* identity = info.module_identity(major_version);
    if (major_version > 0 && identity == nullptr) {
        return Reason::kTdxModuleMismatch;
    }
    const auto& module = major_version > 0 ? identity->module : *info.tdx_module;
    if (td.mr_signer_seam != module.mr_signer || td.seam_attributes != module.attributes) {
        return Reason::kTdxModuleMismatch;
    }
    if (major_version == 0) {
        return Module{};
    }
    const auto* level = find_level(identity->levels, td.tee_tcb_svn.bytes[kModuleSvn]);
    if (level == nullptr) {
        return Reason::kTdxModuleIsvsvnUnsupported;
    }
    return Module{facts_of(*level, identity->levels), level};
}

/// The module that runs now is as new as the newest level asks for.
Result<bool> is_running_module_current(const TdServiceClaims& service, const TcbInfo& info) {
    const auto& svn = service.tee_tcb_svn2.bytes;
    const auto& newest = info.levels.front().tdx;
    const bool is_microcode_current = svn[kLateMicrocode] >= newest[kLateMicrocode];
    if (svn[kModuleMajorVersion] == 0) {
        return svn[kModuleSvn] >= newest[kModuleSvn] && is_microcode_current;
    }
    const auto* identity = info.module_identity(svn[kModuleMajorVersion]);
    if (identity == nullptr) {
        return Reason::kTdxModuleMismatch;
    }
    return !identity->levels.empty() && svn[kModuleSvn] >= identity->levels.front().isv_svn &&
           is_microcode_current;
}

/// Whether launching the TD anew would bring it up to date: the host updated the module under it.
Result<std::optional<TcbStatus>> relaunch_advice(const PckExtension& platform,
                                                 const TdxClaims& td,
                                                 const TcbInfo& info,
                                                 const Module& module,
                                                 TcbStatus merged,
                                                 TcbStatus qe_status) {
    constexpr std::optional<TcbStatus> kNone;
    if (!td.service || !is_out_of_date(merged) || !module.facts ||
        module.facts->status != TcbStatus::kOutOfDate || qe_status == TcbStatus::kOutOfDate ||
        qe_status == TcbStatus::kRevoked) {
        return kNone;
    }
    const auto sgx_level = std::ranges::find_if(
        info.levels, [&](const TcbLevel& level) { return reaches_sgx(platform, level); });
    if (sgx_level == info.levels.end()) {
        return kNone;
    }
    const auto sgx_status = sgx_level->state.status;
    if (is_out_of_date(sgx_status) || sgx_status == TcbStatus::kRevoked) {
        return kNone;
    }
    BOOST_OUTCOME_TRY(const bool is_current, is_running_module_current(*td.service, info));
    if (!is_current) {
        return kNone;
    }
    return std::optional{needs_configuration(sgx_status) || needs_configuration(merged)
                             ? TcbStatus::kTdRelaunchAdvisedConfigurationNeeded
                             : TcbStatus::kTdRelaunchAdvised};
}

void add_advisories(std::vector<std::string>& out, const std::vector<std::string>& more) {
    for (const auto& advisory : more) {
        if (std::ranges::find(out, advisory) == out.end()) {
            out.push_back(advisory);
        }
    }
}

Result<TcbStatus> merge(const PckExtension& platform,
                        const TdxClaims* td,
                        const TcbInfo& info,
                        const TcbLevel& level,
                        const Module& module,
                        TcbStatus qe_status) {
    auto status = level.state.status;
    if (module.facts) {
        status = converge(status, module.facts->status);
    }
    if (td != nullptr) {
        BOOST_OUTCOME_TRY(const auto advice, relaunch_advice(platform, *td, info, module, status, qe_status));
        status = advice.value_or(status);
    }
    status = converge(status, qe_status);
    if (status == TcbStatus::kRevoked) {
        return Reason::kTcbRevoked;
    }
    return status;
}

}  // namespace

Result<TcbFacts> evaluate_tcb(const PckExtension& platform,
                              const TdxClaims* td,
                              const TcbInfo& info,
                              const EnclaveIdentity& identity,
                              const SvnLevel& qe_level,
                              CheckLog& log) {
    BOOST_OUTCOME_TRY(const auto* level, log.note("tcb_level", find_platform_level(platform, td, info)));
    Module module;
    if (td == nullptr) {
        log.skip("tdx_module");
    } else {
        BOOST_OUTCOME_TRY(module, log.note("tdx_module", find_module(*td, info)));
    }
    const auto qe_status = qe_level.state.status;
    TcbFacts out;
    BOOST_OUTCOME_TRY(out.status,
                      log.note("tcb_status", merge(platform, td, info, *level, module, qe_status)));
    out.platform = facts_of(*level, info.levels);
    out.quoting_enclave = facts_of(qe_level, identity.levels);
    out.tdx_module = module.facts;
    add_advisories(out.advisories, level->state.advisories);
    if (module.level != nullptr) {
        add_advisories(out.advisories, module.level->state.advisories);
    }
    add_advisories(out.advisories, qe_level.state.advisories);
    out.fmspc = platform.fmspc;
    out.pce_id = platform.pce_id;
    out.pce_svn = platform.pce_svn;
    out.evaluation_data_number = std::min(info.evaluation_data_number, identity.evaluation_data_number);
    return out;
}

}  // namespace redoubt::attestation::dcap
