#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tests/support/result_matchers.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <tools/devchain/chain/test_support.hpp>

namespace redoubt::devchain {
namespace {

using namespace tests;

constexpr const char* kFolderVariable = "REDOUBT_DEVCHAIN_TEST_FOLDER";
constexpr const char* kPipeVariable = "REDOUBT_DEVCHAIN_TEST_PIPE";

ChainOptions options_in(const std::filesystem::path& folder) {
    auto out = test_options();
    out.base_path = folder;
    out.authorities = 3;
    out.states_kept = 4;
    out.genesis.raw_children[to_bytes(bytes_of("chest"))] = {{to_bytes(bytes_of("gold")), Bytes(40, 7)}};
    return out;
}

class ChainRestart : public ::testing::Test {
  protected:
    ChainRestart() {
        std::string pattern = (std::filesystem::temp_directory_path() / "redoubt-devchain-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~ChainRestart() override { std::filesystem::remove_all(folder); }

    [[nodiscard]] ChainOptions options() const { return options_in(folder); }

    std::filesystem::path folder;
};

TEST_F(ChainRestart, goes_on_where_it_was) {
    light_client::BlockRef best;
    light_client::BlockRef finalized;
    Hash256 root;
    Hash256 fork;
    Bytes mandatory;
    light_client::AuthorityList authorities;
    {
        const auto chain = open_chain(options());
        for (std::uint64_t nonce = 0; nonce < 7; ++nonce) {
            ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, nonce)).has_value());
            ASSERT_OK(chain->build_block());
        }
        authorities = chain->development_authorities(2, 1).value();
        ASSERT_OK(chain->schedule_authority_change(authorities, 0));
        build(*chain, 2);
        mandatory = chain->justification(chain->hash_by_number(8).value()).value();
        ASSERT_OK(chain->stall_finality(true));
        build(*chain, 2);
        fork = chain
                   ->build_block(
                       {.parent = chain->finalized().hash, .now_ms = kStartMs + 900'000, .extrinsics = {}})
                   .value();
        best = chain->best();
        finalized = chain->finalized();
        root = chain->state(best.hash).value()->root();
    }
    const auto chain = open_chain(options());
    EXPECT_EQ(chain->best(), best);
    EXPECT_EQ(chain->finalized(), finalized);
    EXPECT_EQ(chain->state(best.hash).value()->root(), root);
    EXPECT_EQ(chain->header(best.hash).value().state_root, root);
    EXPECT_EQ(chain->finality().set_id, 1U);
    EXPECT_EQ(chain->finality().authorities, authorities);
    EXPECT_EQ(chain->justification(chain->hash_by_number(8).value()), mandatory);
    EXPECT_EQ(chain->body(chain->hash_by_number(3).value()).value().size(), 2U);
    EXPECT_EQ(chain->hashes_at(10), (std::vector{chain->hash_by_number(10).value(), fork}));
    EXPECT_ERROR(chain->state(chain->hash_by_number(2).value()), ChainError::kStatePruned);
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 7)).has_value());
    ASSERT_OK(chain->build_block());
    EXPECT_EQ(chain->finalized().number, 12U);
}

TEST_F(ChainRestart, refuses_a_base_path_in_use) {
    const auto chain = open_chain(options());
    EXPECT_ERROR(Chain::open(options()), ChainError::kBasePathLocked);
}

TEST_F(ChainRestart, refuses_a_base_path_of_another_genesis) {
    open_chain(options());
    auto other = options();
    other.genesis.balances.front().second += 1;
    EXPECT_ERROR(Chain::open(std::move(other)), ChainError::kOtherGenesis);
}

/// The process that the next test kills.
TEST(ChainRestartChild, builds_until_it_is_killed) {
    const auto* folder = std::getenv(kFolderVariable);
    const auto* pipe = std::getenv(kPipeVariable);
    if (folder == nullptr || pipe == nullptr) {
        GTEST_SKIP() << "runs as a child of the next test";
    }
    const auto chain = open_chain(options_in(folder));
    for (;;) {
        ASSERT_OK(chain->build_block());
        const auto number = chain->best().number;
        ASSERT_EQ(::write(std::stoi(pipe), &number, sizeof number), static_cast<ssize_t>(sizeof number));
    }
}

TEST_F(ChainRestart, survives_being_killed_at_any_moment) {
    std::uint32_t acknowledged_before = 0;
    for (const std::uint32_t blocks : {3U, 1U, 9U, 6U}) {
        std::array<int, 2> pipe_ends{};
        ASSERT_EQ(::pipe(pipe_ends.data()), 0);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            // A process of its own: threads of the database do not come along with a fork.
            ::setenv(kFolderVariable, folder.c_str(), 1);
            ::setenv(kPipeVariable, std::to_string(pipe_ends[1]).c_str(), 1);
            ::execl("/proc/self/exe", "devchain_chain_test",
                    "--gtest_filter=ChainRestartChild.builds_until_it_is_killed", nullptr);
            ::_exit(1);
        }
        ::close(pipe_ends[1]);
        std::uint32_t acknowledged = 0;
        for (std::uint32_t i = 0; i < blocks; ++i) {
            ASSERT_EQ(::read(pipe_ends[0], &acknowledged, sizeof acknowledged),
                      static_cast<ssize_t>(sizeof acknowledged));
        }
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        ::close(pipe_ends[0]);
        EXPECT_GE(acknowledged, acknowledged_before + blocks);

        const auto chain = open_chain(options());
        const auto best = chain->best();
        EXPECT_GE(best.number, acknowledged);
        EXPECT_EQ(chain->finalized(), best);
        EXPECT_EQ(chain->header(best.hash).value().state_root, chain->state(best.hash).value()->root());
        acknowledged_before = best.number;
    }
}

}  // namespace
}  // namespace redoubt::devchain
