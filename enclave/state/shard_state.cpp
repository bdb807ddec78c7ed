#include <enclave/state/shard_state.hpp>

namespace redoubt::enclave {

using trie::StateTrie;
using trie::StateVersion;

namespace {

constexpr std::array kParts = {StatePart::kShard, StatePart::kWorker};

std::size_t index_of(StatePart part) {
    return static_cast<std::size_t>(part);
}

TrieHead head_of(const StateTrie& trie, std::uint64_t bytes) {
    return {.root = trie.root(), .entries = trie.size(), .bytes = bytes};
}

}  // namespace

StatePart part_of_key(ByteView key) noexcept {
    return stf::has_prefix(key, bytes_of(kWorkerPrefix)) ? StatePart::kWorker : StatePart::kShard;
}

ShardState::ShardState(SealedPages& pages, const StateHead& head) : pages_(&pages) {
    for (const auto part : kParts) {
        const auto& known = part == StatePart::kShard ? head.shard : head.worker;
        parts_[index_of(part)] = {
            .trie = StateTrie::in_pages(known.root, known.entries, pages.source(part), StateVersion::kV1),
            .bytes = known.bytes};
    }
}

ShardState::Part& ShardState::part_of(ByteView key) const {
    return parts_[index_of(part_of_key(key))];
}

std::optional<Bytes> ShardState::get(ByteView key) const {
    if (!restored_.empty()) {
        if (const auto found = restored_.find(to_bytes(key)); found != restored_.end()) {
            return found->second;
        }
    }
    const auto value = part_of(key).trie.get(key);
    return value ? std::optional{to_bytes(*value)} : std::nullopt;
}

void ShardState::for_each(ByteView prefix, const stf::EntryVisitor& visit) const {
    settle();
    // A prefix that is shorter than the worker's can be of both; "worker/" comes after the shard's keys that
    // are below it, and the others follow.
    const auto worker = bytes_of(kWorkerPrefix);
    const bool may_be_worker = stf::has_prefix(prefix, worker) || stf::has_prefix(worker, prefix);
    if (!may_be_worker) {
        parts_[index_of(StatePart::kShard)].trie.for_each(prefix, {}, visit);
        return;
    }
    bool goes_on = true;
    bool worker_done = false;
    const auto visit_worker = [&] {
        worker_done = true;
        parts_[index_of(StatePart::kWorker)].trie.for_each(prefix, {}, [&](ByteView key, ByteView value) {
            goes_on = visit(key, value);
            return goes_on;
        });
    };
    parts_[index_of(StatePart::kShard)].trie.for_each(prefix, {}, [&](ByteView key, ByteView value) {
        if (!worker_done && std::ranges::lexicographical_compare(worker, key)) {
            visit_worker();
        }
        goes_on = goes_on && visit(key, value);
        return goes_on;
    });
    if (goes_on && !worker_done) {
        visit_worker();
    }
}

void ShardState::put(const Bytes& key, const std::optional<Bytes>& value) const {
    auto& part = part_of(key);
    const auto before = part.trie.get(key);
    if (before) {
        part.bytes -= key.size() + before->size();
    }
    if (value) {
        part.trie.put(key, *value);
        part.bytes += key.size() + value->size();
    } else if (before) {
        part.trie.erase(key);
    }
}

void ShardState::apply(const stf::Changes& changes) {
    settle();
    for (const auto& [key, value] : changes) {
        put(key, value);
    }
}

void ShardState::restore(const stf::Changes& changes, const StateHead& head) {
    for (const auto& [key, value] : changes) {
        restored_.insert_or_assign(key, value);
    }
    restored_head_ = head;
}

StateHead ShardState::settled_head() const {
    return {.shard = head_of(parts_[index_of(StatePart::kShard)].trie, parts_[0].bytes),
            .worker = head_of(parts_[index_of(StatePart::kWorker)].trie, parts_[1].bytes)};
}

void ShardState::settle() const {
    if (!restored_head_) {
        return;
    }
    const auto before = parts_;
    for (const auto& [key, value] : restored_) {
        put(key, value);
    }
    if (settled_head() != *restored_head_) {
        pages_->set_fault(boundary::Refusal::kStateDiffers);
    }
    if (pages_->has_fault()) {
        // A page that was withheld once must not make a change disappear.
        parts_ = before;
        return;
    }
    restored_.clear();
    restored_head_.reset();
}

Hash256 ShardState::root() const {
    settle();
    return parts_[index_of(StatePart::kShard)].trie.root();
}

StateHead ShardState::head() const {
    return restored_head_ ? *restored_head_ : settled_head();
}

SealedChanges ShardState::page_changes(std::uint64_t sequence) const {
    settle();
    SealedChanges out;
    SealedPages::Sealer sealer{*pages_, sequence};
    for (const auto part : kParts) {
        auto& changes = out.parts[index_of(part)];
        changes = parts_[index_of(part)].trie.page_changes([&](ByteView name, ByteView page) {
            const auto id = pages_->id_of(part, name);
            out.written.emplace_back(id, sealer.seal(id, page));
        });
        for (const auto& name : changes.removed) {
            out.removed.push_back(pages_->id_of(part, name));
        }
        changes.removed.clear();
    }
    return out;
}

void ShardState::saved(const SealedChanges& changes) {
    for (const auto part : kParts) {
        parts_[index_of(part)].trie.saved(changes.parts[index_of(part)]);
    }
}

void ShardState::free_memory(std::size_t bytes_max) {
    for (auto& part : parts_) {
        part.trie.free_memory(bytes_max / parts_.size());
    }
}

}  // namespace redoubt::enclave
