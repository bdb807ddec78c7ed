#include <node/endorsements_file.hpp>

#include <gtest/gtest.h>

#include <boundary/limits.hpp>
#include <fstream>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

constexpr std::string_view kCertificates = R"({"vek":"AQ==","ask":"Ag==","ark":"Aw=="})";

class EndorsementsFileTest : public ::testing::Test {
  protected:
    void write(std::string_view text) const { std::ofstream{path_, std::ios::binary} << text; }
    [[nodiscard]] std::string cause() {
        const auto read = file_.read_changed();
        return read ? "" : read.error().cause;
    }

    tests::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "endorsements.json";
    EndorsementsFile file_{path_};
};

TEST_F(EndorsementsFileTest, is_read_when_it_changes) {
    EXPECT_NE(cause(), "") << "it is not there";
    EXPECT_EQ(file_.read_changed().value(), std::nullopt) << "told once";
    write(kCertificates);
    EXPECT_EQ(file_.read_changed().value(), to_bytes(bytes_of(kCertificates)));
    EXPECT_EQ(file_.read_changed().value(), std::nullopt);
    write(std::string{kCertificates} + "\n");
    EXPECT_TRUE(file_.read_changed().value().has_value());
    std::filesystem::remove(path_);
    EXPECT_NE(cause(), "");
}

TEST_F(EndorsementsFileTest, is_refused_with_its_cause) {
    write("{}");
    EXPECT_NE(cause().find("holds no endorsements"), std::string::npos);
    write(std::string(boundary::kEndorsementsBytesMax + 1, ' '));
    EXPECT_NE(cause().find("is longer than"), std::string::npos);
    EndorsementsFile folder{folder_.path()};
    EXPECT_EQ(folder.read_changed().error().exit_code, ExitCode::kUsage);
    EXPECT_EQ(EndorsementsFile{{}}.read_changed().value(), std::nullopt) << "none is named";
}

}  // namespace
}  // namespace redoubt::node
