#include <gtest/gtest.h>

#include <enclave/state/shard_state.hpp>
#include <map>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using boundary::Refusal;

/// What a host keeps.
class Storage final : public PageStorage {
  public:
    std::optional<Bytes> read(const PageId& id, bool again) override {
        ++reads;
        refusals += again ? 1 : 0;
        const auto found = pages.find(to_bytes(id.view()));
        return found == pages.end() ? std::nullopt : std::optional{found->second};
    }
    std::map<Bytes, Bytes> pages;
    std::size_t reads = 0;
    std::size_t refusals = 0;
};

Hash256 filled(std::uint8_t byte) {
    Hash256 out;
    out.bytes.fill(byte);
    return out;
}

crypto::SecretBytes<32> key_of(std::uint8_t byte) {
    return crypto::SecretBytes<32>::copy_of(filled(byte).bytes);
}

Bytes bytes_of_text(std::string_view text) {
    return to_bytes(bytes_of(text));
}

class ShardStateTest : public ::testing::Test {
  protected:
    /// Sealed and put where a host would put it.
    void save(ShardState& state, std::uint64_t sequence) {
        const auto changes = state.page_changes(sequence);
        for (const auto& id : changes.removed) {
            storage_.pages.erase(to_bytes(id.view()));
        }
        for (const auto& [id, page] : changes.written) {
            storage_.pages[to_bytes(id.view())] = page;
        }
        state.saved(changes);
    }

    /// A state of many entries, saved twice: `before_` has the pages of the first time.
    ShardState saved_twice() {
        ShardState state{pages_};
        stf::Changes changes;
        for (std::uint16_t i = 0; i < 600; ++i) {
            const Bytes key{'k', static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
            changes[key] = Bytes(40, static_cast<std::uint8_t>(i));
            changes[concat(bytes_of(kWorkerPrefix), key)] = Bytes(20, static_cast<std::uint8_t>(i));
        }
        state.apply(changes);
        save(state, 1);
        before_ = storage_.pages;
        state.apply({{kKey, Bytes(40, 0xee)}});
        save(state, 2);
        return state;
    }

    /// Reads one entry in a new process; why that failed.
    std::optional<Refusal> read_again(const StateHead& head) {
        const ShardState state{pages_, head};
        const auto value = state.get(kKey);
        const auto fault = pages_.take_fault();
        EXPECT_NE(fault.has_value(), value.has_value());
        EXPECT_TRUE(!value || *value == Bytes(40, 0xee));
        return fault;
    }

    const Bytes kKey{'k', 7, 1};
    Storage storage_;
    SealedPages pages_{key_of(1), filled(9), storage_};
    std::map<Bytes, Bytes> before_;
};

TEST_F(ShardStateTest, is_read_again_from_its_pages) {
    const auto head = saved_twice().head();
    EXPECT_EQ(head.shard.entries, 600U);
    EXPECT_EQ(head.worker.entries, 600U);
    EXPECT_EQ(head.shard.bytes, 600U * 43);
    storage_.reads = 0;
    EXPECT_EQ(read_again(head), std::nullopt);
    EXPECT_GT(storage_.reads, 0U);
    EXPECT_LT(storage_.reads, 6U);
}

TEST_F(ShardStateTest, keeps_the_shards_root_apart_from_what_is_the_workers_own) {
    auto state = saved_twice();
    const auto root = state.root();
    state.apply({{concat(bytes_of(kWorkerPrefix), bytes_of("x")), Bytes{1}}});
    EXPECT_EQ(state.root(), root);
    state.apply({{bytes_of_text("x"), Bytes{1}}});
    EXPECT_NE(state.root(), root);
}

TEST_F(ShardStateTest, visits_both_parts_in_the_order_of_keys) {
    ShardState state{pages_};
    for (const auto* key : {"v", "worker/a", "worker/b", "x", "w", "wz"}) {
        state.apply({{bytes_of_text(key), Bytes{1}}});
    }
    const auto visited = [&](std::string_view prefix) {
        std::string out;
        state.for_each(bytes_of(prefix), [&](ByteView key, ByteView) {
            out += std::string{text_of(key)} + " ";
            return true;
        });
        return out;
    };
    EXPECT_EQ(visited(""), "v w worker/a worker/b wz x ");
    EXPECT_EQ(visited("w"), "w worker/a worker/b wz ");
    EXPECT_EQ(visited("worker/b"), "worker/b ");
    EXPECT_EQ(visited("v"), "v ");
}

TEST_F(ShardStateTest, refuses_pages_that_were_altered_exchanged_removed_or_are_older) {
    const auto head = saved_twice().head();
    const auto intact = storage_.pages;
    std::size_t flips = 0;
    for (const auto& [id, page] : intact) {
        for (const std::size_t at : {std::size_t{0}, std::size_t{6}, std::size_t{30}, page.size() - 1}) {
            storage_.pages = intact;
            storage_.pages.at(id)[at] ^= 0x40;
            const auto fault = read_again(head);
            EXPECT_TRUE(!fault || *fault == Refusal::kPageDamaged);
            flips += fault ? 1U : 0U;
        }
    }
    EXPECT_GE(flips, 8U) << "the pages on the way to the key";
    storage_.pages = intact;
    for (auto& [id, page] : storage_.pages) {
        page = intact.rbegin()->second;
    }
    EXPECT_EQ(read_again(head), Refusal::kPageDamaged) << "another page of the same shard";
    storage_.pages = before_;
    EXPECT_EQ(read_again(head), Refusal::kPageOutdated);
    storage_.pages.clear();
    EXPECT_EQ(read_again(head), Refusal::kPageMissing);
    storage_.pages = intact;
    EXPECT_EQ(read_again(head), std::nullopt);
    EXPECT_GT(storage_.refusals, 0U) << "storage is told what was refused";
}

TEST_F(ShardStateTest, refuses_pages_of_another_shard_or_identity) {
    const auto head = saved_twice().head();
    for (const auto& [key, shard] : {std::pair{1, 8}, std::pair{2, 9}}) {
        SealedPages other{key_of(static_cast<std::uint8_t>(key)), filled(static_cast<std::uint8_t>(shard)),
                          storage_};
        const auto name = trie::page_name({});
        storage_.pages[to_bytes(other.id_of(StatePart::kShard, name).view())] =
            storage_.pages.at(to_bytes(pages_.id_of(StatePart::kShard, name).view()));
        const ShardState state{other, head};
        EXPECT_FALSE(state.get(kKey));
        EXPECT_EQ(other.take_fault(), Refusal::kPageDamaged);
    }
}

TEST_F(ShardStateTest, takes_restored_changes_when_they_are_needed_and_checks_what_they_give) {
    auto state = saved_twice();
    const auto head = state.head();
    state.apply({{kKey, std::nullopt}, {bytes_of_text("new"), Bytes{5}}});
    for (const bool honest : {true, false}) {
        ShardState again{pages_, head};
        storage_.reads = 0;
        again.restore(
            {{kKey, honest ? std::nullopt : std::optional{Bytes{1}}}, {bytes_of_text("new"), Bytes{5}}},
            state.head());
        EXPECT_EQ(again.head(), state.head());
        EXPECT_EQ(again.get(bytes_of_text("new")), Bytes{5});
        EXPECT_EQ(storage_.reads, 0U);
        EXPECT_EQ(again.root() == state.root(), honest);
        EXPECT_EQ(pages_.take_fault(), honest ? std::nullopt : std::optional{Refusal::kStateDiffers});
    }
}

TEST_F(ShardStateTest, loses_no_restored_change_when_a_page_is_withheld_for_a_while) {
    auto state = saved_twice();
    const auto head = state.head();
    const stf::Changes changes = {{kKey, Bytes{1}}, {bytes_of_text("new"), Bytes{5}}};
    state.apply(changes);
    ShardState again{pages_, head};
    again.restore(changes, state.head());
    const auto intact = std::exchange(storage_.pages, {});
    static_cast<void>(again.root());
    EXPECT_EQ(pages_.take_fault(), Refusal::kPageMissing);
    storage_.pages = intact;
    EXPECT_EQ(again.get(kKey), Bytes{1});
    EXPECT_EQ(again.root(), state.root());
    EXPECT_EQ(again.get(kKey), Bytes{1});
    EXPECT_EQ(again.get(bytes_of_text("new")), Bytes{5});
    EXPECT_EQ(pages_.take_fault(), std::nullopt);
}

TEST_F(ShardStateTest, shows_nothing_of_its_content_outside) {
    ShardState state{pages_};
    const auto secret = bytes_of("a plaintext that nobody may read outside of the enclave");
    stf::Changes changes;
    for (std::uint8_t i = 0; i < 100; ++i) {
        changes[concat(secret, Bytes{i})] = to_bytes(secret);
    }
    state.apply(changes);
    save(state, 1);
    EXPECT_GT(storage_.pages.size(), 1U);
    for (const auto& [id, page] : storage_.pages) {
        EXPECT_TRUE(std::ranges::search(page, secret.first(8)).empty());
        EXPECT_TRUE(std::ranges::search(id, secret.first(8)).empty());
    }
}

}  // namespace
}  // namespace redoubt::enclave
