#include <tools/devchain/chain/transaction_pool.hpp>

#include <substrate/extrinsic.hpp>

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

namespace redoubt::devchain {
namespace {

constexpr std::size_t kBansMax = 16'384;

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/// What a block takes first: high priority, then soon to expire, then old.
auto rank(const PoolTransaction& txn) {
    return std::tuple{~txn.validity.priority, txn.valid_until, txn.arrival};
}

}  // namespace

TransactionPool::TransactionPool(PoolLimits limits, std::vector<std::string> peers)
    : limits_(limits), peers_(std::move(peers)) {
}

void TransactionPool::emit(const Hash256& txn,
                           PoolEventKind kind,
                           const Hash256& subject,
                           std::uint32_t index) {
    events_.push_back({txn, kind, subject, index, {}});
}

std::vector<PoolEvent> TransactionPool::take_events() {
    return std::exchange(events_, {});
}

// Bans ---------------------------------------------------------------------------------------------------

bool TransactionPool::is_banned(const Hash256& txn, std::uint64_t now_ms) const {
    const auto ban = banned_until_ms_.find(txn);
    return ban != banned_until_ms_.end() && now_ms < ban->second;
}

void TransactionPool::ban(const Hash256& txn, std::uint64_t now_ms) {
    if (banned_until_ms_.size() >= kBansMax) {
        std::erase_if(banned_until_ms_, [&](const auto& ban) { return ban.second <= now_ms; });
    }
    if (banned_until_ms_.size() >= kBansMax) {
        banned_until_ms_.clear();
    }
    banned_until_ms_[txn] = now_ms + limits_.ban_ms;
}

// Coming in ----------------------------------------------------------------------------------------------

bool TransactionPool::is_satisfied(const PoolTransaction& txn) const {
    return std::ranges::all_of(txn.validity.requires_tags,
                               [this](const Bytes& tag) { return providers_.contains(tag); });
}

bool TransactionPool::make_room_for(const PoolTransaction& txn, std::uint64_t& old_priority) {
    std::set<Hash256> replaced;
    for (const auto& tag : txn.validity.provides_tags) {
        if (const auto provider = providers_.find(tag); provider != providers_.end()) {
            replaced.insert(provider->second);
        }
    }
    old_priority = 0;
    for (const auto& hash : replaced) {
        old_priority = saturating_sum(old_priority, transactions_.at(hash).txn.validity.priority);
    }
    if (!replaced.empty() && old_priority >= txn.validity.priority) {
        return false;
    }
    for (const auto& hash : replaced) {
        const auto tags = transactions_.at(hash).txn.validity.provides_tags;
        erase(hash);
        emit(hash, PoolEventKind::kUsurped, txn.hash);
        drop_dependants(tags, txn.validity.provides_tags);
    }
    return true;
}

/// Drops what needs one of `tags` that nobody provides any more.
void TransactionPool::drop_dependants(const std::vector<Bytes>& tags,
                                      const std::vector<Bytes>& still_provided) {
    for (const auto& tag : tags) {
        if (std::ranges::find(still_provided, tag) != still_provided.end()) {
            continue;
        }
        std::vector<Hash256> orphans;
        for (const auto& [hash, entry] : transactions_) {
            const auto& needs = entry.txn.validity.requires_tags;
            if (entry.is_ready && std::ranges::find(needs, tag) != needs.end()) {
                orphans.push_back(hash);
            }
        }
        for (const auto& orphan : orphans) {
            erase_subtree(orphan, PoolEventKind::kDropped);
        }
    }
}

void TransactionPool::make_ready(Entry& entry) {
    entry.is_ready = true;
    ++ready_count_;
    ready_bytes_ += entry.txn.extrinsic.size();
    for (const auto& tag : entry.txn.validity.provides_tags) {
        providers_[tag] = entry.txn.hash;
    }
    const auto taken = taken_.find(entry.txn.hash);
    if (taken != taken_.end() && taken->second) {
        return;
    }
    emit(entry.txn.hash, PoolEventKind::kReady);
    if (!peers_.empty() && entry.txn.validity.propagate) {
        emit(entry.txn.hash, PoolEventKind::kBroadcast);
        events_.back().peers = peers_;
    }
}

void TransactionPool::make_future(Entry& entry) {
    future_bytes_ += entry.txn.extrinsic.size();
    const auto taken = taken_.find(entry.txn.hash);
    if (taken == taken_.end() || taken->second) {
        emit(entry.txn.hash, PoolEventKind::kFuture);
    }
}

SubmitResult TransactionPool::submit(Bytes extrinsic, ValidTransaction validity, std::uint32_t best_number) {
    PoolTransaction txn;
    txn.hash = substrate::extrinsic_hash(extrinsic);
    if (transactions_.contains(txn.hash)) {
        return SubmitError{SubmitFailure::kAlreadyImported, {}, 0, 0};
    }
    txn.valid_until = saturating_sum(best_number, validity.longevity);
    txn.extrinsic = std::move(extrinsic);
    txn.validity = std::move(validity);
    txn.arrival = next_arrival_++;
    const auto hash = txn.hash;
    if (is_satisfied(txn)) {
        std::uint64_t old_priority = 0;
        if (!make_room_for(txn, old_priority)) {
            return SubmitError{SubmitFailure::kTooLowPriority, {}, old_priority, txn.validity.priority};
        }
        auto& entry = transactions_[hash];
        entry.txn = std::move(txn);
        make_ready(entry);
        promote_future();
    } else {
        auto& entry = transactions_[hash];
        entry.txn = std::move(txn);
        make_future(entry);
    }
    enforce_limits();
    if (!transactions_.contains(hash)) {
        return SubmitError{SubmitFailure::kImmediatelyDropped, {}, 0, 0};
    }
    return hash;
}

void TransactionPool::promote_future() {
    for (bool goes_on = future_bytes_ > 0; goes_on;) {
        goes_on = false;
        for (const auto* waiting : future()) {
            if (!is_satisfied(*waiting)) {
                continue;
            }
            goes_on = true;
            const auto hash = waiting->hash;
            std::uint64_t old_priority = 0;
            if (!make_room_for(*waiting, old_priority)) {
                erase(hash);
                emit(hash, PoolEventKind::kDropped);
                break;
            }
            auto& entry = transactions_.at(hash);
            future_bytes_ -= entry.txn.extrinsic.size();
            make_ready(entry);
        }
    }
}

void TransactionPool::enforce_limits() {
    const auto drop_last = [this](bool is_ready) {
        const PoolTransaction* last = nullptr;
        for (const auto& [hash, entry] : transactions_) {
            if (entry.is_ready == is_ready && (last == nullptr || rank(*last) < rank(entry.txn))) {
                last = &entry.txn;
            }
        }
        erase_subtree(last->hash, PoolEventKind::kDropped);
    };
    while (ready_count_ > limits_.ready_count_max || ready_bytes_ > limits_.ready_bytes_max) {
        drop_last(true);
    }
    while (transactions_.size() - ready_count_ > limits_.future_count_max ||
           future_bytes_ > limits_.future_bytes_max) {
        drop_last(false);
    }
}

// Reading ------------------------------------------------------------------------------------------------

const PoolTransaction* TransactionPool::find(const Hash256& txn) const {
    const auto found = transactions_.find(txn);
    return found == transactions_.end() ? nullptr : &found->second.txn;
}

std::vector<const PoolTransaction*> TransactionPool::ready() const {
    const auto is_worse = [](const PoolTransaction* a, const PoolTransaction* b) {
        return rank(*b) < rank(*a);
    };
    std::priority_queue<const PoolTransaction*, std::vector<const PoolTransaction*>, decltype(is_worse)> open{
        is_worse};
    std::unordered_map<Hash256, std::size_t> missing;
    std::map<Bytes, std::vector<const PoolTransaction*>> waiting_for;
    for (const auto& [hash, entry] : transactions_) {
        if (!entry.is_ready) {
            continue;
        }
        std::size_t count = 0;
        for (const auto& tag : entry.txn.validity.requires_tags) {
            if (providers_.contains(tag)) {
                waiting_for[tag].push_back(&entry.txn);
                ++count;
            }
        }
        if (count == 0) {
            open.push(&entry.txn);
        } else {
            missing[hash] = count;
        }
    }
    std::vector<const PoolTransaction*> out;
    out.reserve(ready_count_);
    while (!open.empty()) {
        const auto* txn = open.top();
        open.pop();
        out.push_back(txn);
        for (const auto& tag : txn->validity.provides_tags) {
            for (const auto* next : waiting_for[tag]) {
                if (--missing[next->hash] == 0) {
                    open.push(next);
                }
            }
        }
    }
    return out;
}

std::vector<const PoolTransaction*> TransactionPool::future() const {
    std::vector<const PoolTransaction*> out;
    for (const auto& [hash, entry] : transactions_) {
        if (!entry.is_ready) {
            out.push_back(&entry.txn);
        }
    }
    std::ranges::sort(out, {}, &PoolTransaction::arrival);
    return out;
}

// Going out ----------------------------------------------------------------------------------------------

void TransactionPool::erase(const Hash256& txn) {
    const auto found = transactions_.find(txn);
    const auto& entry = found->second;
    if (entry.is_ready) {
        --ready_count_;
        ready_bytes_ -= entry.txn.extrinsic.size();
        for (const auto& tag : entry.txn.validity.provides_tags) {
            if (const auto provider = providers_.find(tag);
                provider != providers_.end() && provider->second == txn) {
                providers_.erase(provider);
            }
        }
    } else {
        future_bytes_ -= entry.txn.extrinsic.size();
    }
    transactions_.erase(found);
}

void TransactionPool::erase_subtree(const Hash256& txn, PoolEventKind kind) {
    std::vector<Hash256> open{txn};
    while (!open.empty()) {
        const auto hash = open.back();
        open.pop_back();
        const auto found = transactions_.find(hash);
        if (found == transactions_.end()) {
            continue;
        }
        const auto tags = found->second.txn.validity.provides_tags;
        const bool was_ready = found->second.is_ready;
        erase(hash);
        emit(hash, kind);
        if (!was_ready) {
            continue;
        }
        for (const auto& [other, entry] : transactions_) {
            const bool needs_it =
                entry.is_ready &&
                std::ranges::any_of(entry.txn.validity.requires_tags, [&](const Bytes& tag) {
                    return std::ranges::find(tags, tag) != tags.end();
                });
            if (needs_it) {
                open.push_back(other);
            }
        }
    }
}

void TransactionPool::remove_invalid(const Hash256& txn, std::uint64_t now_ms) {
    if (contains(txn)) {
        ban(txn, now_ms);
        erase_subtree(txn, PoolEventKind::kInvalid);
    }
}

// Blocks -------------------------------------------------------------------------------------------------

void TransactionPool::remove_overtaken(const std::set<Bytes>& tags,
                                       std::uint32_t number,
                                       std::uint64_t now_ms) {
    std::vector<Hash256> expired;
    std::vector<Hash256> overtaken;
    for (const auto& [hash, entry] : transactions_) {
        if (entry.txn.valid_until <= number) {
            expired.push_back(hash);
        } else if (std::ranges::any_of(entry.txn.validity.provides_tags,
                                       [&](const Bytes& tag) { return tags.contains(tag); })) {
            overtaken.push_back(hash);
        }
    }
    for (const auto& hash : overtaken) {
        ban(hash, now_ms);
        erase(hash);
        emit(hash, PoolEventKind::kInvalid);
    }
    for (const auto& hash : expired) {
        remove_invalid(hash, now_ms);
    }
}

/// Takes a transaction out of the pool, or from a retracted block.
std::optional<Bytes> TransactionPool::take_extrinsic(const Hash256& txn) {
    if (const auto known = transactions_.find(txn); known != transactions_.end()) {
        auto extrinsic = known->second.txn.extrinsic;
        erase(txn);
        return extrinsic;
    }
    const auto held = std::ranges::find(retracted_, txn, &InBlock::txn);
    if (held == retracted_.end()) {
        return std::nullopt;
    }
    auto extrinsic = std::move(held->extrinsic);
    retracted_.erase(held);
    return extrinsic;
}

void TransactionPool::on_enacted(const Hash256& block,
                                 std::uint32_t number,
                                 const std::vector<Included>& included,
                                 std::uint64_t now_ms) {
    std::vector<InBlock> found_here;
    std::set<Bytes> tags;
    for (const auto& one : included) {
        tags.insert(one.provides_tags.begin(), one.provides_tags.end());
        ban(one.txn, now_ms);
        auto extrinsic = take_extrinsic(one.txn);
        if (extrinsic) {
            found_here.push_back({one.txn, one.extrinsic_index, *std::move(extrinsic)});
            emit(one.txn, PoolEventKind::kInBlock, block, one.extrinsic_index);
        }
    }
    for (auto& [hash, entry] : transactions_) {
        std::erase_if(entry.txn.validity.requires_tags, [&](const Bytes& tag) { return tags.contains(tag); });
    }
    // Others that would provide the same can never be applied after this block.
    remove_overtaken(tags, number, now_ms);
    if (!found_here.empty()) {
        in_blocks_[block] = std::move(found_here);
        in_blocks_order_.push_back(block);
    }
    while (in_blocks_order_.size() > limits_.finality_blocks_max) {
        const auto oldest = in_blocks_order_.front();
        for (const auto& one : in_blocks_.at(oldest)) {
            emit(one.txn, PoolEventKind::kFinalityTimeout, oldest);
        }
        forget_block(oldest);
    }
    promote_future();
}

void TransactionPool::forget_block(const Hash256& block) {
    if (in_blocks_.erase(block) > 0) {
        std::erase(in_blocks_order_, block);
    }
}

void TransactionPool::on_retracted(const Hash256& block) {
    const auto held = in_blocks_.find(block);
    if (held == in_blocks_.end()) {
        return;
    }
    for (const auto& one : held->second) {
        emit(one.txn, PoolEventKind::kRetracted, block);
    }
    // Blocks come highest first.
    retracted_.insert(retracted_.begin(), held->second.begin(), held->second.end());
    forget_block(block);
}

void TransactionPool::on_finalized(const Hash256& block) {
    const auto held = in_blocks_.find(block);
    if (held == in_blocks_.end()) {
        return;
    }
    for (const auto& one : held->second) {
        emit(one.txn, PoolEventKind::kFinalized, block, one.extrinsic_index);
    }
    forget_block(block);
}

std::vector<Bytes> TransactionPool::take_all() {
    std::vector<const PoolTransaction*> ordered = ready();
    const auto waiting = future();
    for (const auto* txn : ordered) {
        taken_[txn->hash] = true;
    }
    for (const auto* txn : waiting) {
        taken_[txn->hash] = false;
    }
    ordered.insert(ordered.end(), waiting.begin(), waiting.end());
    std::vector<Bytes> out;
    out.reserve(retracted_.size() + ordered.size());
    for (auto& one : retracted_) {
        out.push_back(std::move(one.extrinsic));
    }
    retracted_.clear();
    for (const auto* txn : ordered) {
        out.push_back(txn->extrinsic);
    }
    transactions_.clear();
    providers_.clear();
    ready_count_ = 0;
    ready_bytes_ = 0;
    future_bytes_ = 0;
    return out;
}

void TransactionPool::resubmit(const Bytes& extrinsic,
                               const Validity& validity,
                               std::uint32_t best_number,
                               std::uint64_t now_ms) {
    const auto hash = substrate::extrinsic_hash(extrinsic);
    banned_until_ms_.erase(hash);
    if (!validity) {
        ban(hash, now_ms);
        emit(hash, PoolEventKind::kInvalid);
    } else if (const auto submitted = submit(extrinsic, validity.value(), best_number);
               !submitted && submitted.error().failure == SubmitFailure::kTooLowPriority) {
        emit(hash, PoolEventKind::kDropped);
    }
    taken_.erase(hash);
}

}  // namespace redoubt::devchain
