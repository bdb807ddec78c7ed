#include <boundary/refusal.hpp>
#include <enclave/state/state_verifier.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

namespace {

/// What one step of a verification does at most besides reading pages.
constexpr std::size_t kRecordsPerStep = 64;

std::size_t index_of(StatePart part) {
    return static_cast<std::size_t>(part);
}

const TrieHead& head_of(const StateHead& head, StatePart part) {
    return part == StatePart::kShard ? head.shard : head.worker;
}

boundary::PageFault fault_of(const PageId& id, Refusal fault) {
    return {.id = id, .reason = static_cast<std::uint32_t>(fault)};
}

}  // namespace

StateVerifier::StateVerifier(Identity identity, PageStorage& storage, const StateLimits& limits)
    : identity_(std::move(identity)),
      limits_(limits),
      pages_(identity_.state_key(), identity_.scope().shard, storage),
      reader_(identity_.state_key(), identity_.scope().shard) {
}

Result<std::unique_ptr<StateVerifier>> StateVerifier::make(Identity identity,
                                                           PageStorage& storage,
                                                           const StateLimits& limits) {
    std::unique_ptr<StateVerifier> out{new StateVerifier{std::move(identity), storage, limits}};
    BOOST_OUTCOME_TRY(out->view_, view_of(out->identity_.scope()));
    return out;
}

Result<void> StateVerifier::take(const boundary::Restore& part) {
    if (stage_ != Stage::kNotBegun) {
        return Refusal::kOutOfOrder;
    }
    auto taken = reader_.take(part.sequence, part.sealed);
    if (!taken) {
        is_broken_ = true;
        reader_.pass_over();
        return taken.error();
    }
    auto& record = taken.value();
    if (!record) {
        return success();
    }
    if (record->entry.chain.has_value() != view_.has_value() ||
        (view_ && !view_->restore(*record->entry.chain, record->entry.block))) {
        is_broken_ = true;
        return Refusal::kJournalDamaged;
    }
    if (is_broken_) {
        return success();
    }
    if (record->is_base) {
        base_ = record->entry.state;
        base_sequence_ = record->head.sequence;
        changes_.clear();
    } else {
        changes_.push_back({.sequence = record->head.sequence,
                            .changes = std::move(record->entry.changes),
                            .head = record->entry.state});
    }
    sequence_ = record->head.sequence;
    block_ = record->entry.block;
    return success();
}

const StateHead& StateVerifier::newest_head() const {
    return changes_.empty() ? *base_ : changes_.back().head;
}

void StateVerifier::begin() {
    if (!base_) {
        stage_ = Stage::kDone;
        return;
    }
    hasher_.emplace(newest_head().shard.entries);
    begin_walk(StatePart::kShard);
    stage_ = Stage::kShardPages;
}

void StateVerifier::begin_walk(StatePart part) {
    merged_.clear();
    for (const auto& record : changes_) {
        for (const auto& [key, value] : record.changes) {
            if (part_of_key(key) == part) {
                merged_.insert_or_assign(key, value);
            }
        }
    }
    counts_[index_of(part)].next_change = merged_.begin();
    const auto& head = head_of(*base_, part);
    walk_.emplace(pages_, part, head.root, head.entries);
}

void StateVerifier::count(StatePart part, ByteView key, ByteView value) {
    auto& count = counts_[index_of(part)];
    count.entries += 1;
    count.bytes += key.size() + value.size();
    if (part == StatePart::kShard) {
        hasher_->add(key, value);
    }
}

void StateVerifier::pass_changes_before(StatePart part, std::optional<ByteView> key) {
    auto& next = counts_[index_of(part)].next_change;
    for (; next != merged_.end() && (!key || std::ranges::lexicographical_compare(next->first, *key));
         ++next) {
        if (next->second) {
            count(part, next->first, *next->second);
        }
    }
}

void StateVerifier::pass_entry(StatePart part, ByteView key, ByteView value) {
    pass_changes_before(part, key);
    const auto& next = counts_[index_of(part)].next_change;
    if (next == merged_.end() || !equal(next->first, key)) {
        count(part, key, value);
    }
}

bool StateVerifier::walk(StatePart part, std::size_t pages_max, boundary::StateVerified& out) {
    const bool ended = walk_->go_on(
        pages_max, [&](ByteView key, ByteView value) { pass_entry(part, key, value); },
        [&](const PageId& id, Refusal fault) {
            has_bad_page_ = true;
            out.faults.push_back(fault_of(id, fault));
        });
    taken_[index_of(part)] = walk_->pages();
    if (ended) {
        pass_changes_before(part, std::nullopt);
        walk_.reset();
    }
    return ended;
}

void StateVerifier::apply_changes(std::size_t records_max) {
    if (!state_) {
        state_.emplace(pages_, *base_);
    }
    const auto end = std::min(changes_.size(), applied_ + records_max);
    for (; applied_ < end && !differs_at_; ++applied_) {
        const auto& record = changes_[applied_];
        state_->apply(record.changes);
        // The pages were all there a moment ago: one that is not is a storage that changes.
        if (state_->head() != record.head || pages_.take_fault()) {
            differs_at_ = record.sequence;
        }
    }
    state_->free_memory(limits_.memory_bytes_max);
}

boundary::VerifiedTrie StateVerifier::report(StatePart part) const {
    const auto& head = head_of(newest_head(), part);
    const auto& count = counts_[index_of(part)];
    return {.root = head.root,
            .entries = head.entries,
            .bytes = head.bytes,
            .entries_found = count.entries,
            .bytes_found = count.bytes,
            .pages = taken_[index_of(part)]};
}

boundary::StateVerified StateVerifier::go_on(const boundary::VerifyState& message) {
    boundary::StateVerified out;
    const auto pages_max = std::min(message.pages_max, boundary::kVerifyPagesMax);
    switch (stage_) {
        case Stage::kNotBegun:
            begin();
            break;
        case Stage::kShardPages:
            if (walk(StatePart::kShard, pages_max, out)) {
                state_hash_ = has_bad_page_ ? std::nullopt : hasher_->finish();
                begin_walk(StatePart::kWorker);
                stage_ = Stage::kWorkerPages;
            }
            break;
        case Stage::kWorkerPages:
            if (walk(StatePart::kWorker, pages_max, out)) {
                stage_ = has_bad_page_ ? Stage::kDone : Stage::kChanges;
            }
            break;
        case Stage::kChanges:
            apply_changes(kRecordsPerStep);
            if (differs_at_ || applied_ == changes_.size()) {
                stage_ = Stage::kDone;
            }
            break;
        case Stage::kDone:
            break;
    }
    for (const auto& id : message.unreached) {
        if (const auto sealed = pages_.check_seal(id); !sealed) {
            out.faults.push_back(fault_of(id, static_cast<Refusal>(sealed.error().value())));
        }
    }
    out.done = stage_ == Stage::kDone;
    out.sequence = sequence_;
    out.block = block_;
    out.base = base_sequence_;
    out.is_complete = reader_.is_complete();
    if (base_) {
        out.shard = report(StatePart::kShard);
        out.worker = report(StatePart::kWorker);
    }
    out.state_hash = state_hash_;
    out.differs_at = differs_at_;
    return out;
}

}  // namespace redoubt::enclave
