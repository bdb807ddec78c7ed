#include <gtest/gtest.h>

#include <enclave/sim_tee.hpp>
#include <enclave/state/state_verifier.hpp>
#include <set>
#include <tests/support/memory_pages.hpp>
#include <tests/support/memory_state.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using boundary::Refusal;

Hash256 filled(std::uint8_t byte) {
    Hash256 out;
    out.bytes.fill(byte);
    return out;
}

SimTee make_tee() {
    return SimTee{crypto::SecretBytes<32>::copy_of(filled(1).bytes), filled(2)};
}

/// The sealed identity of a shard; making one takes a second.
const Bytes& sealed_identity(std::uint8_t shard) {
    static std::map<std::uint8_t, Bytes> made;
    auto& sealed = made[shard];
    if (sealed.empty()) {
        const auto tee = make_tee();
        const IdentityScope scope{.genesis_hash = filled(3),
                                  .shard = filled(shard),
                                  .dev = true,
                                  .unverified_finality = true,
                                  .anchor = std::nullopt,
                                  .relay = std::nullopt};
        sealed = Identity::create(tee, scope, crypto::SecretBuffer{}).value().seal(tee).value();
    }
    return sealed;
}

Identity identity_of(std::uint8_t shard) {
    return Identity::unseal(make_tee(), sealed_identity(shard)).value();
}

/// What a worker and its host have stored.
class Stored {
  public:
    explicit Stored(std::uint8_t shard)
        : identity_(identity_of(shard)),
          pages_(identity_.state_key(), identity_.scope().shard, storage),
          state_(pages_) {}

    /// @param untold  changes the state too, and does not stand in the record
    void commit(const stf::Changes& changes, bool is_base, const stf::Changes& untold = {}) {
        state_.apply(untold);
        state_.apply(changes);
        entries.apply(changes);
        const JournalEntry entry{.block = {.number = static_cast<std::uint32_t>(head_.sequence), .hash = {}},
                                 .changes = is_base ? stf::Changes{} : changes,
                                 .state = state_.head(),
                                 .chain = std::nullopt,
                                 .runtime = {}};
        auto record = seal_record(identity_.state_key(), identity_.scope().shard, head_, is_base, entry);
        head_ = record.value().head;
        if (is_base) {
            storage.save(state_, head_.sequence);
            records.clear();
        }
        records[head_.sequence] = record.value().parts;
    }
    [[nodiscard]] StateHead head() const { return state_.head(); }

    MemoryPages storage;
    std::map<std::uint64_t, std::vector<Bytes>> records;
    stf::MemoryState entries;

  private:
    Identity identity_;
    SealedPages pages_;
    ShardState state_;
    JournalHead head_;
};

stf::Changes many(std::uint8_t value) {
    stf::Changes changes;
    for (std::uint16_t i = 0; i < 700; ++i) {
        const Bytes key{'k', static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
        changes[key] = Bytes(40, value);
        changes[concat(bytes_of(kWorkerPrefix), key)] = Bytes(20, value);
    }
    return changes;
}

const Bytes kOld{'k', 5, 1};
const Bytes kNew{'k', 5, 1, 1};
const Bytes kGone{'k', 6, 1};
const Bytes kOfWorker = concat(bytes_of(kWorkerPrefix), bytes_of("x"));

/// Two bases and three records after them.
struct TwoBases : Stored {
    explicit TwoBases(std::uint8_t shard = 9) : Stored(shard) {
        commit(many(1), true);
        commit({{kOld, Bytes(40, 2)}}, true);
        commit({{kOld, Bytes(9, 3)}, {kNew, Bytes{1}}, {kOfWorker, Bytes{2}}}, false);
        commit({{kGone, std::nullopt}, {kOld, Bytes(9, 4)}}, false);
        commit({{kNew, Bytes{5}}}, false);
    }
};

struct Found {
    boundary::StateVerified state;
    std::vector<std::pair<std::uint64_t, Refusal>> records;
    std::map<PageId, Refusal> pages;
    std::size_t steps = 0;
};

Found verify(Stored& stored, std::uint32_t pages_max = 8, std::uint8_t shard = 9) {
    Found out;
    auto verifier = StateVerifier::make(identity_of(shard), stored.storage, {}).value();
    for (const auto& [sequence, parts] : stored.records) {
        for (const auto& part : parts) {
            if (const auto taken = verifier->take({.sequence = sequence, .sealed = part}); !taken) {
                out.records.emplace_back(sequence, static_cast<Refusal>(taken.error().value()));
            }
        }
    }
    do {
        ++out.steps;
        out.state = verifier->go_on({.pages_max = pages_max, .unreached = {}});
        EXPECT_LE(out.state.faults.size(), pages_max + 1);
        for (const auto& fault : out.state.faults) {
            EXPECT_TRUE(out.pages.emplace(fault.id, static_cast<Refusal>(fault.reason)).second);
        }
    } while (!out.state.done && out.steps < 10'000);
    EXPECT_TRUE(out.state.done);
    return out;
}

TEST(StateVerifier, finds_everything_that_was_stored_and_the_hash_of_the_state) {
    TwoBases stored;
    for (const std::uint32_t pages_max : {1U, 8U, 4'096U}) {
        const auto found = verify(stored, pages_max);
        EXPECT_TRUE(found.records.empty() && found.pages.empty());
        EXPECT_EQ(found.state.sequence, 5U);
        EXPECT_EQ(found.state.block->number, 4U);
        EXPECT_EQ(found.state.base, 2U);
        EXPECT_TRUE(found.state.is_complete);
        EXPECT_EQ(found.state.differs_at, std::nullopt);
        const auto head = stored.head();
        for (const auto& [trie, expected] :
             {std::pair{found.state.shard, head.shard}, std::pair{found.state.worker, head.worker}}) {
            EXPECT_EQ(trie.root, expected.root);
            EXPECT_EQ(trie.entries, expected.entries);
            EXPECT_EQ(trie.entries_found, expected.entries);
            EXPECT_EQ(trie.bytes, expected.bytes);
            EXPECT_EQ(trie.bytes_found, expected.bytes);
        }
        EXPECT_EQ(found.state.shard.pages + found.state.worker.pages, stored.storage.pages.size());
        stf::MemoryState::Entries of_shard;
        for (const auto& [key, value] : stored.entries.entries()) {
            if (part_of_key(key) == StatePart::kShard) {
                of_shard.emplace(key, value);
            }
        }
        EXPECT_EQ(found.state.state_hash, stf::state_hash(stf::MemoryState{of_shard}));
    }
}

TEST(StateVerifier, ends_at_once_where_nothing_was_stored) {
    Stored stored{9};
    const auto found = verify(stored);
    EXPECT_EQ(found.state.sequence, 0U);
    EXPECT_EQ(found.state.base, std::nullopt);
    EXPECT_EQ(found.state.block, std::nullopt);
}

TEST(StateVerifier, names_every_kind_of_page_that_cannot_be_used) {
    TwoBases stored;
    Stored first{9};
    first.commit(many(1), true);
    const auto intact = stored.storage.pages;
    // The pages that the second base wrote anew, on the way to one key.
    std::size_t replaced = 0;
    for (const auto& [id, page] : intact) {
        stored.storage.pages = intact;
        stored.storage.pages.at(id).back() ^= 1;
        EXPECT_EQ(verify(stored).pages, (std::map<PageId, Refusal>{{id, Refusal::kPageDamaged}}));
        stored.storage.pages.erase(id);
        EXPECT_EQ(verify(stored).pages, (std::map<PageId, Refusal>{{id, Refusal::kPageMissing}}));
        stored.storage.pages[id] = first.storage.pages.at(id);
        const auto older = verify(stored).pages;
        replaced += older.empty() ? 0U : 1U;
        EXPECT_TRUE(older.empty() || older == (std::map<PageId, Refusal>{{id, Refusal::kPageOutdated}}));
    }
    EXPECT_GE(replaced, 2U);
    EXPECT_LT(replaced, intact.size());
}

TEST(StateVerifier, names_pages_that_were_exchanged_or_are_of_another_shard) {
    TwoBases stored;
    const TwoBases other{8};
    const auto intact = stored.storage.pages;
    // Two that lie beside each other: none is below the other.
    const auto found_at = [&](const std::set<PageId>& ids) {
        std::set<PageId> named;
        for (const auto& [id, fault] : verify(stored).pages) {
            EXPECT_EQ(fault, Refusal::kPageDamaged);
            named.insert(id);
        }
        return !named.empty() && std::ranges::includes(ids, named);
    };
    const auto a = intact.begin()->first;
    const auto b = std::next(intact.begin())->first;
    std::swap(stored.storage.pages.at(a), stored.storage.pages.at(b));
    EXPECT_TRUE(found_at({a, b}));
    stored.storage.pages = intact;
    stored.storage.pages.at(a) = other.storage.pages.begin()->second;
    EXPECT_TRUE(found_at({a}));
}

TEST(StateVerifier, names_the_record_whose_changes_do_not_give_its_state) {
    Stored stored{9};
    stored.commit(many(1), true);
    stored.commit({{kNew, Bytes{5}}}, false);
    stored.commit({{kNew, Bytes{6}}}, false, {{kOld, Bytes(40, 9)}});
    stored.commit({{kNew, Bytes{7}}}, false);
    const auto found = verify(stored);
    EXPECT_EQ(found.state.differs_at, 3U);
    EXPECT_TRUE(found.pages.empty() && found.records.empty());
}

TEST(StateVerifier, gives_no_state_hash_and_no_verdict_on_changes_without_all_pages) {
    TwoBases stored;
    stored.storage.pages.erase(stored.storage.pages.begin());
    const auto found = verify(stored);
    EXPECT_EQ(found.pages.size(), 1U);
    EXPECT_EQ(found.state.differs_at, std::nullopt);
    const bool of_shard = found.state.shard.entries_found < found.state.shard.entries;
    EXPECT_NE(of_shard, found.state.state_hash.has_value());
}

TEST(StateVerifier, opens_pages_that_nothing_leads_to) {
    TwoBases stored;
    auto verifier = StateVerifier::make(identity_of(9), stored.storage, {}).value();
    const auto genuine = stored.storage.pages.begin()->first;
    PageId foreign;
    foreign.bytes.fill(7);
    stored.storage.pages[foreign] = stored.storage.pages.at(genuine);
    PageId absent;
    absent.bytes.fill(8);
    const auto answer = verifier->go_on({.pages_max = 0, .unreached = {genuine, foreign, absent}});
    ASSERT_EQ(answer.faults.size(), 2U);
    EXPECT_EQ(answer.faults[0],
              (boundary::PageFault{foreign, static_cast<std::uint32_t>(Refusal::kPageDamaged)}));
    EXPECT_EQ(answer.faults[1],
              (boundary::PageFault{absent, static_cast<std::uint32_t>(Refusal::kPageMissing)}));
}

TEST(StateVerifier, names_a_damaged_record_and_opens_those_after_it) {
    TwoBases stored;
    const auto intact = stored.records;
    stored.records[3][0].back() ^= 1;
    auto found = verify(stored);
    EXPECT_EQ(found.records, (std::vector<std::pair<std::uint64_t, Refusal>>{{3, Refusal::kJournalDamaged}}));
    EXPECT_EQ(found.state.sequence, 2U) << "the state before it is still verified";
    EXPECT_TRUE(found.pages.empty());
    EXPECT_TRUE(found.state.state_hash.has_value());

    stored.records[5][0].back() ^= 1;
    EXPECT_EQ(verify(stored).records.size(), 2U);

    stored.records = intact;
    stored.records.erase(4);
    found = verify(stored);
    EXPECT_EQ(found.records, (std::vector<std::pair<std::uint64_t, Refusal>>{{5, Refusal::kJournalGap}}));
    EXPECT_EQ(found.state.sequence, 3U);
}

TEST(StateVerifier, names_records_that_were_exchanged_or_are_older_or_of_another_shard) {
    TwoBases stored;
    const auto intact = stored.records;
    std::swap(stored.records[3], stored.records[4]);
    EXPECT_EQ(verify(stored).records.front(), std::pair(std::uint64_t{3}, Refusal::kJournalGap));

    // One that was sealed for the same place when the worker stood elsewhere.
    stored.records = intact;
    Stored before{9};
    before.commit(many(1), true);
    before.commit({}, false);
    before.commit({}, false);
    stored.records[3] = before.records[3];
    EXPECT_EQ(verify(stored).records.front(), std::pair(std::uint64_t{3}, Refusal::kJournalGap));

    stored.records = intact;
    TwoBases other{8};
    stored.records[4] = other.records[4];
    EXPECT_EQ(verify(stored).records.front(), std::pair(std::uint64_t{4}, Refusal::kJournalSealedElsewhere));
}

TEST(StateVerifier, takes_no_record_when_it_has_begun_with_the_pages) {
    TwoBases stored;
    auto verifier = StateVerifier::make(identity_of(9), stored.storage, {}).value();
    EXPECT_OK(verifier->take({.sequence = 2, .sealed = stored.records[2][0]}));
    static_cast<void>(verifier->go_on({.pages_max = 1, .unreached = {}}));
    EXPECT_ERROR(verifier->take({.sequence = 3, .sealed = stored.records[3][0]}), Refusal::kOutOfOrder);
}

TEST(StateVerifier, has_nothing_to_follow_without_a_base) {
    TwoBases stored;
    stored.records[2][0].back() ^= 1;
    const auto found = verify(stored);
    EXPECT_EQ(found.records.front().first, 2U);
    EXPECT_EQ(found.state.base, std::nullopt);
    EXPECT_EQ(found.state.sequence, 0U);
}

}  // namespace
}  // namespace redoubt::enclave
