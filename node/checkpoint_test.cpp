#include <node/checkpoint.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <node/test_support.hpp>
#include <primitives/hex.hpp>
#include <substrate/header.hpp>

#include <fstream>

namespace redoubt::node {
namespace {

using nlohmann::json;

class Checkpoint : public ::testing::Test {
  protected:
    Checkpoint() {
        header_.number = 7;
        genesis_.bytes.fill(1);
        file_ = {{"format", "redoubt-checkpoint/1"},
                 {"genesis", to_hex_0x(genesis_.view())},
                 {"number", header_.number},
                 {"hash", to_hex_0x(substrate::header_hash(header_).view())},
                 {"header", to_hex_0x(substrate::encode(header_))},
                 {"stateProof", {"0x0102"}}};
    }
    Outcome<boundary::TrustAnchor> read() const {
        const auto path = folder_.path() / "checkpoint.json";
        std::ofstream{path} << file_;
        return read_checkpoint(path, genesis_);
    }
    /// The file is refused as a wrong argument is, with this in the cause and what to do about it.
    void expect_refused(const std::string& cause) const {
        const auto read_back = read();
        ASSERT_FALSE(read_back);
        EXPECT_EQ(read_back.error().exit_code, ExitCode::kUsage);
        EXPECT_NE(read_back.error().cause.find(cause), std::string::npos) << read_back.error().cause;
        EXPECT_NE(read_back.error().remedy.find("redoubt chain checkpoint"), std::string::npos);
    }

    tests::TemporaryFolder folder_;
    substrate::Header header_;
    Hash256 genesis_;
    json file_;
};

TEST_F(Checkpoint, gives_header_and_proof_as_they_stand_in_the_file) {
    const auto anchor = read();
    ASSERT_TRUE(anchor) << anchor.error().cause;
    EXPECT_EQ(anchor.value().header, substrate::encode(header_));
    EXPECT_EQ(anchor.value().state_proof, (std::vector<Bytes>{{1, 2}}));
}

TEST_F(Checkpoint, rejects_a_number_that_is_not_the_headers) {
    file_["number"] = 8;
    expect_refused("names the number 8, and its header is of block 7");
    file_["number"] = (std::uint64_t{1} << 32U) + 7;
    expect_refused("names the number 4294967303");
}

TEST_F(Checkpoint, rejects_a_number_that_is_missing_or_no_number) {
    file_["number"] = "7";
    expect_refused("lacks");
    file_["number"] = -7;
    expect_refused("lacks");
    file_.erase("number");
    expect_refused("lacks");
}

TEST_F(Checkpoint, rejects_a_hash_that_is_not_the_headers) {
    file_["hash"] = to_hex_0x(genesis_.view());
    expect_refused("names a hash that is not its header's");
}

TEST_F(Checkpoint, rejects_a_header_that_cannot_be_decoded) {
    const Bytes bytes{1, 2, 3};
    file_["header"] = to_hex_0x(bytes);
    file_["hash"] = to_hex_0x(substrate::header_hash(ByteView{bytes}).view());
    expect_refused("has a header that cannot be decoded");
}

TEST_F(Checkpoint, rejects_another_chains) {
    file_["genesis"] = to_hex_0x(Hash256{}.view());
    expect_refused("is of the chain");
}

}  // namespace
}  // namespace redoubt::node
