#include <tools/devchain/chain/block_store.hpp>

#include <concepts>
#include <string_view>

namespace redoubt::devchain {
namespace {

// The first byte of a key says what it holds.
constexpr char kHeader = 'h';
constexpr char kBody = 'b';
constexpr char kJustification = 'j';
constexpr char kFinalizedAt = 'f';
constexpr char kTree = 't';
constexpr char kBaseMain = 'm';
constexpr char kBaseChild = 'c';
constexpr std::string_view kGenesisKey = "genesis-hash";
constexpr std::string_view kBaseKey = "base";
constexpr std::string_view kFinalityKey = "finality";

Bytes key_of(char kind, ByteView rest) {
    Bytes key{static_cast<std::uint8_t>(kind)};
    append(key, rest);
    return key;
}

/// Big-endian, so that the order of keys is the order of numbers.
template <std::unsigned_integral Integer>
Bytes key_of(char kind, Integer number) {
    Bytes key{static_cast<std::uint8_t>(kind)};
    for (std::size_t i = sizeof(Integer); i > 0; --i) {
        key.push_back(static_cast<std::uint8_t>(number >> (8 * (i - 1)) & 0xff));
    }
    return key;
}

Bytes name(std::string_view text) {
    // Upper case stays apart from the kinds above.
    return concat(std::string_view{"N"}, text);
}

Bytes child_entry_key(const Bytes& child_key, ByteView key) {
    auto out = key_of(kBaseChild, scale::encode(child_key));
    append(out, key);
    return out;
}

}  // namespace

template <class Record>
Result<std::optional<Record>> BlockStore::read(const Bytes& key) const {
    BOOST_OUTCOME_TRY(const auto bytes, store_->get(key));
    if (!bytes) {
        return std::optional<Record>{};
    }
    auto record = scale::decode<Record>(*bytes);
    if (!record) {
        return ChainError::kDamagedDatabase;
    }
    return std::optional<Record>{std::move(record).value()};
}

Result<std::optional<Hash256>> BlockStore::genesis_hash() const {
    return read<Hash256>(name(kGenesisKey));
}

Result<std::optional<Bytes>> BlockStore::header(const Hash256& hash) const {
    return store_->get(key_of(kHeader, hash.view()));
}

Result<std::optional<std::vector<Bytes>>> BlockStore::body(const Hash256& hash) const {
    return read<std::vector<Bytes>>(key_of(kBody, hash.view()));
}

Result<std::optional<Bytes>> BlockStore::justification(const Hash256& hash) const {
    return store_->get(key_of(kJustification, hash.view()));
}

Result<std::optional<Hash256>> BlockStore::finalized_at(std::uint32_t number) const {
    return read<Hash256>(key_of(kFinalizedAt, number));
}

Result<BaseRecord> BlockStore::base() const {
    BOOST_OUTCOME_TRY(auto record, read<BaseRecord>(name(kBaseKey)));
    if (!record) {
        return ChainError::kDamagedDatabase;
    }
    return *std::move(record);
}

Result<FinalityRecord> BlockStore::finality() const {
    BOOST_OUTCOME_TRY(auto record, read<FinalityRecord>(name(kFinalityKey)));
    if (!record) {
        return ChainError::kDamagedDatabase;
    }
    return *std::move(record);
}

Result<Changes> BlockStore::base_changes() const {
    Changes out;
    bool is_damaged = false;
    const auto add = [&is_damaged](TrieChanges& changes, ByteView key, ByteView value) {
        auto decoded = scale::decode<std::optional<Bytes>>(value);
        is_damaged = is_damaged || !decoded;
        if (decoded) {
            changes.insert_or_assign(to_bytes(key), std::move(decoded).value());
        }
    };
    BOOST_OUTCOME_TRY(store_->scan(key_of(kBaseMain, ByteView{}), [&](ByteView key, ByteView value) {
        add(out.main, key.subspan(1), value);
        return true;
    }));
    BOOST_OUTCOME_TRY(store_->scan(key_of(kBaseChild, ByteView{}), [&](ByteView key, ByteView value) {
        ByteCursor in{key.subspan(1)};
        const auto child_key = scale::read<Bytes>(in);
        is_damaged = is_damaged || !child_key;
        if (child_key) {
            add(out.children[child_key.value()], in.rest(), value);
        }
        return true;
    }));
    if (is_damaged) {
        return ChainError::kDamagedDatabase;
    }
    return out;
}

Result<std::vector<std::pair<std::uint64_t, TreeRecord>>> BlockStore::tree() const {
    std::vector<std::pair<std::uint64_t, TreeRecord>> out;
    bool is_damaged = false;
    BOOST_OUTCOME_TRY(store_->scan(key_of(kTree, ByteView{}), [&](ByteView key, ByteView value) {
        std::uint64_t arrival = 0;
        for (const auto byte : key.subspan(1)) {
            arrival = arrival << 8 | byte;
        }
        auto record = scale::decode<TreeRecord>(value);
        is_damaged = !record;
        if (record) {
            out.emplace_back(arrival, std::move(record).value());
        }
        return !is_damaged;
    }));
    if (is_damaged) {
        return ChainError::kDamagedDatabase;
    }
    return out;
}

void BlockStore::put_genesis(StoreBatch& batch, const Hash256& hash) const {
    batch.emplace_back(name(kGenesisKey), scale::encode(hash));
}

void BlockStore::put_block(StoreBatch& batch,
                           const Hash256& hash,
                           ByteView header,
                           const std::vector<Bytes>& body) const {
    batch.emplace_back(key_of(kHeader, hash.view()), to_bytes(header));
    batch.emplace_back(key_of(kBody, hash.view()), scale::encode(body));
}

void BlockStore::put_tree_record(StoreBatch& batch, std::uint64_t arrival, const TreeRecord& record) const {
    if (keeps_states_) {
        batch.emplace_back(key_of(kTree, arrival), scale::encode(record));
    }
}

void BlockStore::erase_tree_record(StoreBatch& batch, std::uint64_t arrival) const {
    if (keeps_states_) {
        batch.emplace_back(key_of(kTree, arrival), std::nullopt);
    }
}

void BlockStore::put_justification(StoreBatch& batch, const Hash256& hash, ByteView justification) const {
    batch.emplace_back(key_of(kJustification, hash.view()), to_bytes(justification));
}

void BlockStore::put_finalized_at(StoreBatch& batch, std::uint32_t number, const Hash256& hash) const {
    batch.emplace_back(key_of(kFinalizedAt, number), scale::encode(hash));
}

void BlockStore::put_finality(StoreBatch& batch, const FinalityRecord& record) const {
    if (keeps_states_) {
        batch.emplace_back(name(kFinalityKey), scale::encode(record));
    }
}

void BlockStore::put_base(StoreBatch& batch, const BaseRecord& record) const {
    if (keeps_states_) {
        batch.emplace_back(name(kBaseKey), scale::encode(record));
    }
}

Result<void> BlockStore::advance_base(StoreBatch& batch, std::uint64_t child_arrival) const {
    if (!keeps_states_) {
        return success();
    }
    const auto key = key_of(kTree, child_arrival);
    BOOST_OUTCOME_TRY(const auto record, read<TreeRecord>(key));
    if (!record) {
        return ChainError::kDamagedDatabase;
    }
    for (const auto& [entry_key, value] : record->main) {
        batch.emplace_back(key_of(kBaseMain, entry_key), scale::encode(value));
    }
    for (const auto& [child_key, changes] : record->children) {
        for (const auto& [entry_key, value] : changes) {
            batch.emplace_back(child_entry_key(child_key, entry_key), scale::encode(value));
        }
    }
    batch.emplace_back(key, std::nullopt);
    put_base(batch, {record->hash, record->state_root, record->slot});
    return success();
}

}  // namespace redoubt::devchain
