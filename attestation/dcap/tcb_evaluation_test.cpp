#include <attestation/dcap/tcb_evaluation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/dcap/verified_collateral.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::dcap {
namespace {

using testing::ElementsAre;
using enum TcbStatus;

/// A platform at its newest level, its TD and its quoting enclave; cases change what they are about.
struct Scene {
    Scene() {
        platform.sgx_components.fill(5);
        platform.pce_svn = 11;
        info.levels = {level(5, 11, 5, kUpToDate), level(4, 11, 4, kSwHardeningNeeded),
                       level(3, 10, 3, kOutOfDate)};
        info.tdx_module = TdxModule{};
        info.tdx_modules = {{.major_version = 1,
                             .module = {},
                             .levels = {svn_level(5, kUpToDate), svn_level(3, kOutOfDate)}}};
        td.tee_tcb_svn.bytes.fill(5);
        td.tee_tcb_svn.bytes[1] = 1;
        identity.levels = {svn_level(8, kUpToDate), svn_level(4, kOutOfDate), svn_level(1, kRevoked)};
    }

    static TcbLevel level(std::uint8_t sgx, std::uint16_t pce, std::uint8_t tdx, TcbStatus status) {
        TcbLevel out;
        out.sgx.fill(sgx);
        out.pce_svn = pce;
        out.tdx.fill(tdx);
        out.state.status = status;
        out.state.advisories = {"INTEL-SA-0000" + std::to_string(sgx)};
        return out;
    }
    static SvnLevel svn_level(std::uint16_t svn, TcbStatus status) {
        return {.isv_svn = svn, .state = {.status = status, .date = {}, .advisories = {}}};
    }
    [[nodiscard]] Result<TcbFacts> evaluate(const TdxClaims* about) const {
        CheckLog log{kChecks};
        return evaluate_tcb(platform, about, info, identity, identity.levels.at(qe_level), log);
    }
    [[nodiscard]] TcbStatus sgx() const { return evaluate(nullptr).value().status; }
    [[nodiscard]] TcbStatus tdx() const { return evaluate(&td).value().status; }

    PckExtension platform;
    TcbInfo info;
    TdxClaims td;
    EnclaveIdentity identity;
    std::size_t qe_level = 0;
};

TEST(TcbEvaluation, finds_the_first_level_that_each_component_reaches) {
    Scene scene;
    EXPECT_EQ(scene.sgx(), kUpToDate);
    scene.platform.sgx_components[15] = 4;
    const auto facts = scene.evaluate(nullptr);
    EXPECT_EQ(facts.value().status, kSwHardeningNeeded);
    EXPECT_EQ(facts.value().platform.levels_behind, 1U);
    EXPECT_THAT(facts.value().advisories, ElementsAre("INTEL-SA-00004"));
    scene.platform.sgx_components[0] = 255;
    EXPECT_EQ(scene.sgx(), kSwHardeningNeeded) << "a high component does not pay for a low one";
    scene.platform.pce_svn = 10;
    EXPECT_EQ(scene.sgx(), kOutOfDate);
    scene.platform.pce_svn = 9;
    EXPECT_ERROR(scene.evaluate(nullptr), Reason::kTcbLevelNotFound);
}

TEST(TcbEvaluation, judges_the_first_two_tdx_components_by_the_module_alone) {
    Scene scene;
    scene.td.tee_tcb_svn.bytes[0] = 5;  // and [1] = 1, below the level's component 1
    EXPECT_EQ(scene.tdx(), kUpToDate);
    scene.td.tee_tcb_svn.bytes[2] = 4;
    EXPECT_EQ(scene.tdx(), kSwHardeningNeeded);
    scene.td.tee_tcb_svn.bytes[1] = 0;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTcbLevelNotFound)
        << "without identity component 1 counts";
}

TEST(TcbEvaluation, knows_the_module_by_signer_attributes_and_version) {
    Scene scene;
    scene.td.mr_signer_seam.bytes[0] = 1;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTdxModuleMismatch);
    scene = {};
    scene.td.seam_attributes = 1;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTdxModuleMismatch);
    scene = {};
    scene.td.tee_tcb_svn.bytes[1] = 2;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTdxModuleMismatch);
    scene = {};
    scene.td.tee_tcb_svn.bytes[0] = 2;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTdxModuleIsvsvnUnsupported);
}

TEST(TcbEvaluation, merges_module_and_quoting_enclave) {
    Scene scene;
    scene.td.tee_tcb_svn.bytes[0] = 4;
    auto facts = scene.evaluate(&scene.td);
    EXPECT_EQ(facts.value().status, kOutOfDate);
    EXPECT_EQ(facts.value().platform.status, kUpToDate);
    EXPECT_EQ(facts.value().tdx_module->status, kOutOfDate);
    EXPECT_EQ(facts.value().tdx_module->levels_behind, 1U);
    scene.info.levels[0].state.status = kConfigurationNeeded;
    EXPECT_EQ(scene.tdx(), kOutOfDateConfigurationNeeded);
    scene = {};
    scene.qe_level = 1;
    EXPECT_EQ(scene.sgx(), kOutOfDate);
    scene.qe_level = 2;
    EXPECT_ERROR(scene.evaluate(nullptr), Reason::kTcbRevoked);
    scene = {};
    scene.info.levels[0].state.status = kRevoked;
    EXPECT_ERROR(scene.evaluate(nullptr), Reason::kTcbRevoked);
}

// A host may serve an older one of the two.
TEST(TcbEvaluation, counts_the_older_of_the_two_evaluations) {
    Scene scene;
    scene.info.evaluation_data_number = 19;
    scene.identity.evaluation_data_number = 17;
    EXPECT_EQ(scene.evaluate(nullptr).value().evaluation_data_number, 17U);
    std::swap(scene.info.evaluation_data_number, scene.identity.evaluation_data_number);
    EXPECT_EQ(scene.evaluate(nullptr).value().evaluation_data_number, 17U);
}

TEST(TcbEvaluation, lists_each_advisory_once_platform_first) {
    Scene scene;
    scene.info.levels[0].state.advisories = {"INTEL-SA-00002", "INTEL-SA-00001"};
    scene.info.tdx_modules[0].levels[0].state.advisories = {"INTEL-SA-00003", "INTEL-SA-00002"};
    scene.identity.levels[0].state.advisories = {"INTEL-SA-00003", "INTEL-SA-00000"};
    EXPECT_THAT(scene.evaluate(&scene.td).value().advisories,
                ElementsAre("INTEL-SA-00002", "INTEL-SA-00001", "INTEL-SA-00003", "INTEL-SA-00000"));
    EXPECT_EQ(scene.sgx(), kUpToDate) << "advisories alone change no status";
}

/// A TD launched under an older module that was updated since.
Scene relaunch_scene() {
    Scene scene;
    scene.td.tee_tcb_svn.bytes[0] = 4;
    scene.td.service = TdServiceClaims{};
    scene.td.service->tee_tcb_svn2.bytes = {5, 1, 5};
    return scene;
}

TEST(TcbEvaluation, advises_to_relaunch_when_only_the_module_was_old) {
    auto scene = relaunch_scene();
    EXPECT_EQ(scene.tdx(), kTdRelaunchAdvised);
    scene.info.levels[0].state.status = kConfigurationNeeded;
    EXPECT_EQ(scene.tdx(), kTdRelaunchAdvisedConfigurationNeeded);
}

TEST(TcbEvaluation, does_not_advise_to_relaunch_otherwise) {
    auto scene = relaunch_scene();
    scene.td.service.reset();
    EXPECT_EQ(scene.tdx(), kOutOfDate);
    scene = relaunch_scene();
    scene.td.service->tee_tcb_svn2.bytes[0] = 4;
    EXPECT_EQ(scene.tdx(), kOutOfDate) << "the running module is old too";
    scene = relaunch_scene();
    scene.td.service->tee_tcb_svn2.bytes[2] = 4;
    EXPECT_EQ(scene.tdx(), kOutOfDate) << "its microcode is old";
    scene = relaunch_scene();
    scene.td.service->tee_tcb_svn2.bytes[1] = 9;
    EXPECT_ERROR(scene.evaluate(&scene.td), Reason::kTdxModuleMismatch);
    scene = relaunch_scene();
    scene.platform.sgx_components[3] = 3;
    scene.platform.pce_svn = 10;
    EXPECT_EQ(scene.tdx(), kOutOfDate) << "the platform itself is out of date";
    scene = relaunch_scene();
    scene.qe_level = 1;
    EXPECT_EQ(scene.tdx(), kOutOfDate) << "the quoting enclave is out of date";
}

}  // namespace
}  // namespace redoubt::attestation::dcap
