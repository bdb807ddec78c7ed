#include <attestation/dcap/tcb_info.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::dcap {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::string components(int first) {
    std::string out = R"([{"svn":)" + std::to_string(first) + "}";
    for (int i = 1; i < 16; ++i) {
        out += ",{}";
    }
    return out + "]";
}

std::string level(int svn, bool is_tdx, std::string_view status = "UpToDate") {
    return R"({"tcb":{"sgxtcbcomponents":)" + components(svn) + R"(,"pcesvn":7)" +
           (is_tdx ? R"(,"tdxtcbcomponents":)" + components(1) : "") +
           R"(},"tcbDate":"2025-05-14T00:00:00Z","tcbStatus":")" + std::string{status} +
           R"(","advisoryIDs":["INTEL-SA-00001"]})";
}

constexpr std::string_view kHead =
    R"("version":3,"issueDate":"2026-01-01T00:00:00Z","nextUpdate":"2026-02-01T00:00:00Z","fmspc":"00A0671100ff",)"
    R"("pceId":"0001","tcbType":0,"tcbEvaluationDataNumber":17,)";

std::string sgx(const std::string& levels) {
    return R"({"id":"SGX",)" + std::string{kHead} + R"("tcbLevels":[)" + levels + "]}";
}

std::string tdx() {
    const std::string module = R"("mrsigner":")" + std::string(96, '0') +
                               R"(","attributes":"0000000000000001","attributesMask":"FFFFFFFFFFFFFFFF")";
    return R"({"id":"TDX",)" + std::string{kHead} + R"("tdxModule":{)" + module +
           R"(},"tdxModuleIdentities":[{"id":"TDX_0a",)" + module +
           R"(,"tcbLevels":[{"tcb":{"isvsvn":2},"tcbDate":"2025-05-14T00:00:00Z","tcbStatus":"UpToDate"}]}],)" +
           R"("tcbLevels":[)" + level(3, true) + "]}";
}

TEST(TcbInfo, is_read_with_levels_sorted_newest_first) {
    const auto info = parse_tcb_info(sgx(level(1, false, "OutOfDate") + "," + level(3, false)));
    ASSERT_OK(info);
    EXPECT_EQ(info.value().tee, Tee::kSgx);
    EXPECT_EQ(info.value().evaluation_data_number, 17U);
    EXPECT_EQ(info.value().fmspc, (FixedBytes<6>{{0x00, 0xa0, 0x67, 0x11, 0x00, 0xff}}));
    ASSERT_EQ(info.value().levels.size(), 2U);
    EXPECT_EQ(info.value().levels[0].sgx[0], 3);
    EXPECT_EQ(info.value().levels[0].sgx[15], 0) << "a missing svn is 0";
    EXPECT_EQ(info.value().levels[1].state.status, TcbStatus::kOutOfDate);
    EXPECT_EQ(info.value().levels[1].state.advisories.size(), 1U);
}

TEST(TcbInfo, of_tdx_holds_its_modules) {
    const auto info = parse_tcb_info(tdx());
    ASSERT_OK(info);
    EXPECT_EQ(info.value().tee, Tee::kTdx);
    EXPECT_EQ(info.value().tdx_module->attributes, 0x0100000000000000U) << "bytes in the order of the report";
    EXPECT_NE(info.value().module_identity(10), nullptr);
    EXPECT_EQ(info.value().module_identity(1), nullptr);
}

TEST(TcbInfo, rejects_equal_levels) {
    EXPECT_ERROR(parse_tcb_info(sgx(level(1, false) + "," + level(1, false))), Reason::kCollateralMalformed);
}

TEST(TcbInfo, rejects_what_is_missing_or_of_another_form) {
    const auto good = sgx(level(1, false));
    ASSERT_OK(parse_tcb_info(good));
    for (const auto& [what, with] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {R"("version":3)", R"("version":4)"},
             {R"("version":3)", R"("version":2)"},
             {R"("version":3)", R"("version":3.0)"},
             {R"("version":3)", R"("version":"3")"},
             {R"("id":"SGX")", R"("id":"QE")"},
             {R"("id":"SGX")", R"("id":"TDX")"},
             {R"("id":"SGX")", R"("ID":"SGX")"},
             {R"("tcbType":0)", R"("tcbType":1)"},
             {R"("pcesvn":7)", R"("pcesvn":65536)"},
             {R"("pcesvn":7)", R"("x":7)"},
             {R"({"svn":1})", R"({"svn":256})"},
             {R"({"svn":1},)", ""},
             {R"({"svn":1})", R"({},{"svn":1})"},
             {"00A0671100ff", "00A0671100f"},
             {"00A0671100ff", "0x00A0671100"},
             {"UpToDate", "Fine"},
             {"INTEL-SA-00001", "intel"},
             {"2026-02-01T00:00:00Z", "2026-02-01"},
             {R"("tcbEvaluationDataNumber":17,)", ""},
         }) {
        EXPECT_FALSE(parse_tcb_info(replaced(good, what, with)).has_value()) << what << " -> " << with;
    }
    EXPECT_ERROR(parse_tcb_info(sgx("")), Reason::kCollateralMalformed);
    EXPECT_ERROR(parse_tcb_info(good + "x"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_tcb_info(replaced(good, R"("tcbType":0)", R"("tcbType":0,"tcbType":0)")),
                 Reason::kJsonDuplicateMember);
}

TEST(TcbInfo, of_tdx_needs_components_and_module) {
    EXPECT_FALSE(parse_tcb_info(replaced(tdx(), "tdxtcbcomponents", "others")).has_value());
    EXPECT_FALSE(parse_tcb_info(replaced(tdx(), R"("tdxModule":)", R"("other":)")).has_value());
    EXPECT_FALSE(parse_tcb_info(replaced(tdx(), "TDX_0a", "TDX_a")).has_value());
    EXPECT_FALSE(parse_tcb_info(replaced(tdx(), "TDX_0a", "QE")).has_value());
    EXPECT_FALSE(parse_tcb_info(replaced(tdx(), "isvsvn", "svn")).has_value());
}

TEST(TcbInfo, stops_at_its_limits) {
    std::string levels;
    for (std::size_t i = 0; i <= kTcbLevelsMax; ++i) {
        levels += (i == 0 ? "" : ",") +
                  replaced(level(1, false), R"("pcesvn":7)", R"("pcesvn":)" + std::to_string(i));
    }
    // So many levels do not fit the size of a document either way round.
    EXPECT_ERROR(parse_tcb_info(sgx(levels)), Reason::kLimitExceeded);
    EXPECT_ERROR(parse_tcb_info(std::string(kJsonBytesMax + 1, ' ')), Reason::kLimitExceeded);
    std::string advisories = R"(["INTEL-SA-00001")";
    for (std::size_t i = 1; i <= kAdvisoriesMax; ++i) {
        advisories += R"(,"INTEL-SA-00001")";
    }
    EXPECT_ERROR(parse_tcb_info(sgx(replaced(level(1, false), R"(["INTEL-SA-00001"])", advisories + "]"))),
                 Reason::kLimitExceeded);
}

}  // namespace
}  // namespace redoubt::attestation::dcap
