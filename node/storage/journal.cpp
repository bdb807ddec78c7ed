#include <node/storage/journal.hpp>

#include <fmt/format.h>
#include <primitives/hex.hpp>

namespace redoubt::node {
namespace {

constexpr std::string_view kGenesisKey = "genesis";
constexpr std::string_view kShardKey = "shard";
constexpr std::string_view kIdentityKey = "identity";
constexpr std::string_view kRestoredKey = "restored";

constexpr std::size_t kPartKeyBytes = 1 + 8 + 4;

Bytes part_key(std::uint64_t sequence, std::uint32_t index) {
    Bytes key{'j'};
    for (int shift = 56; shift >= 0; shift -= 8) {
        key.push_back(static_cast<std::uint8_t>(sequence >> shift));
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        key.push_back(static_cast<std::uint8_t>(index >> shift));
    }
    return key;
}

Bytes page_key(const boundary::PageId& id) {
    return concat(bytes_of("p"), id);
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (const auto byte : bytes) {
        value = value << 8 | byte;
    }
    return value;
}

Problem damaged(const std::filesystem::path& folder, std::string_view what) {
    return Problem{ExitCode::kDataDirectory,
                   fmt::format("the database {} is damaged: {}", folder.string(), what),
                   "Restore the data directory from a backup, or move it away to start anew."};
}

}  // namespace

void mark_restored(Batch& batch) {
    batch.put(bytes_of(kRestoredKey), {});
}

bool is_restored_mark(ByteView key) {
    return equal(key, bytes_of(kRestoredKey));
}

Outcome<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder, rocksdb::Env* env) {
    BOOST_OUTCOME_TRY(auto database, Database::open(folder, env));
    return std::unique_ptr<Journal>{new Journal{std::move(database), folder}};
}

Outcome<std::unique_ptr<Journal>> Journal::open_read_only(const std::filesystem::path& folder) {
    BOOST_OUTCOME_TRY(auto database, Database::open_read_only(folder));
    return std::unique_ptr<Journal>{new Journal{std::move(database), folder}};
}

Outcome<> Journal::bind(std::string_view key,
                        const Hash256& value,
                        std::string_view what,
                        std::string_view remedy) {
    BOOST_OUTCOME_TRY(const auto stored, database_->get(bytes_of(key)));
    if (!stored) {
        Batch batch;
        batch.put(bytes_of(key), value.view());
        return database_->write(std::move(batch));
    }
    if (!equal(*stored, value.view())) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("the data directory {} belongs to {} {}, not {}", folder_.parent_path().string(),
                        what, to_hex_0x(*stored), to_hex_0x(value.view())),
            std::string{remedy}};
    }
    return success();
}

Outcome<> Journal::bind_genesis(const Hash256& genesis) {
    return bind(kGenesisKey, genesis, "the chain with genesis",
                "Connect to the chain it was made for (--chain), or name another --data-dir for this chain.");
}

Outcome<> Journal::bind_shard(const Hash256& shard) {
    return bind(
        kShardKey, shard, "the shard",
        "Start with the shard it was made for, or name another --data-dir for this shard. Without --shard "
        "a new directory gets the measurement of the enclave, which changes with every other build of it.");
}

Outcome<std::optional<Hash256>> Journal::shard() const {
    BOOST_OUTCOME_TRY(const auto stored, database_->get(bytes_of(kShardKey)));
    if (!stored) {
        return std::optional<Hash256>{};
    }
    if (stored->size() != Hash256::kSize) {
        return damaged(folder_, "the shard has a wrong length");
    }
    return std::optional<Hash256>{Hash256::copy_of(std::span<const std::uint8_t, Hash256::kSize>{*stored})};
}

Outcome<std::optional<Bytes>> Journal::sealed_identity() const {
    return database_->get(bytes_of(kIdentityKey));
}

Outcome<> Journal::store_identity(ByteView sealed) {
    BOOST_OUTCOME_TRY(const auto stored, database_->get(bytes_of(kIdentityKey)));
    if (stored && !equal(*stored, sealed)) {
        return damaged(folder_, "the enclave made a second identity although one is stored");
    }
    Batch batch;
    batch.put(bytes_of(kIdentityKey), sealed);
    return database_->write(std::move(batch));
}

Outcome<bool> Journal::is_restored() const {
    BOOST_OUTCOME_TRY(const auto mark, database_->get(bytes_of(kRestoredKey)));
    return mark.has_value();
}

Outcome<> Journal::forget_restored() {
    BOOST_OUTCOME_TRY(const auto restored, is_restored());
    if (!restored) {
        return success();
    }
    Batch batch;
    batch.erase(bytes_of(kRestoredKey));
    return database_->write(std::move(batch));
}

Outcome<> Journal::append(const JournalRecord& record) {
    Batch batch;
    const Bytes past_all{'j' + 1};
    BOOST_OUTCOME_TRY(
        database_->scan(part_key(record.sequence, 0), past_all, [&batch](ByteView key, ByteView) {
            batch.erase(key);
            return true;
        }));
    if (record.is_base) {
        batch.erase_range(part_key(0, 0), part_key(record.sequence, 0));
    }
    for (const auto& id : record.pages_removed) {
        batch.erase(page_key(id));
    }
    for (const auto& page : record.pages_written) {
        batch.put(page_key(page.id), page.sealed);
    }
    for (std::size_t i = 0; i < record.sealed.size(); ++i) {
        batch.put(part_key(record.sequence, static_cast<std::uint32_t>(i)), record.sealed[i]);
    }
    if (record.is_base) {
        database_->hold();
    }
    return database_->write(std::move(batch));
}

Outcome<Journal::StoredPage> Journal::page(const boundary::PageId& id, bool again) const {
    const bool has_other = database_->holds();
    BOOST_OUTCOME_TRY(auto sealed,
                      has_other && !again ? database_->get_held(page_key(id)) : database_->get(page_key(id)));
    return StoredPage{std::move(sealed), has_other};
}

Outcome<> Journal::for_each_page(
    const std::function<void(const boundary::PageId& id, ByteView sealed)>& visit) const {
    bool readable = true;
    BOOST_OUTCOME_TRY(database_->scan(bytes_of("p"), bytes_of("q"), [&](ByteView key, ByteView sealed) {
        if (key.size() == 1 + boundary::PageId::kSize) {
            visit(boundary::PageId::copy_of(key.subspan<1, boundary::PageId::kSize>()), sealed);
        } else {
            readable = false;
        }
        return true;
    }));
    if (!readable) {
        return damaged(folder_, "the key of a page has a wrong length");
    }
    return success();
}

Outcome<std::vector<JournalPart>> Journal::read_after(const std::optional<JournalPart>& last,
                                                      std::size_t bytes_max) const {
    std::vector<JournalPart> out;
    std::size_t bytes = 0;
    bool readable = true;
    const auto first = last ? part_key(last->sequence, last->index + 1) : part_key(0, 0);
    const Bytes past_all{'j' + 1};
    BOOST_OUTCOME_TRY(database_->scan(first, past_all, [&](ByteView key, ByteView value) {
        readable = key.size() == kPartKeyBytes;
        bytes += value.size();
        if (!readable || (!out.empty() && bytes > bytes_max)) {
            return false;
        }
        const auto index = static_cast<std::uint32_t>(big_endian(key.subspan(9)));
        out.push_back({big_endian(key.subspan(1, 8)), index, to_bytes(value)});
        return true;
    }));
    if (!readable) {
        return damaged(folder_, "a journal key has a wrong length");
    }
    return out;
}

}  // namespace redoubt::node
